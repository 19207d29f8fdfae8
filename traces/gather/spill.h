/*
 * spill.h: what does not fit into the arenas goes to the disk while it is recorded, and becomes a
 * trace from there. Private to traces/.
 *
 *   S1 The program writes to memory only: it is the recorder that copies, so no disk stalls it.
 *   S2 A copy is a file like the arena, with each chunk at the same place. So what was copied
 * twice, because the recorder was killed in between, is there once. S3 Nothing is copied as long as
 * half of the arenas' room is free. S4 It stops when the trace would not fit on the disk beside it:
 * then records are lost as they were before, and counted. S5 A trace of any length is made in
 * bounded memory: a pair is found if the thread woke at most a second after the notify, or where
 * there is very much, 50 ms (spill_out.c).
 */
#ifndef TRACES_GATHER_SPILL_H
#define TRACES_GATHER_SPILL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "traces/gather/arena_tail.h"
#include "traces/gather/gather.h"
#include "traces/gather/room.h"

#define WG__SPILL_DIR "recorded-more"

struct wg__spill {
	const struct wg__room *room;
	char dir[PATH_MAX];
	struct wg__arena_tail tail;
	struct wg__arenas threads;
	uint64_t most, bytes; /* that may be, and were, copied; most 0: what the disk allows */
	char *buffer;
	bool is_on;   /* there are copies */
	bool is_full; /* it has stopped */
};

/* Of that room, to the folder of that trace. Copies that are there already are used. */
void wg__spill_open(
	struct wg__spill *spill, const struct wg__room *room, const char *trace_dir, uint64_t most);

/* Copy what is to be copied. In how many ms it wants to be called again. */
int64_t wg__spill_step(struct wg__spill *spill);

/*
 * The recording is over: copy the rest, and hand out everything, nearly in the order of time. As
 * wg_gather(), but for the line.
 */
int wg__spill_gather(struct wg__spill *spill,
	int (*on_event)(void *user, const struct wg_event *event), void *user,
	struct wg_gather_stats *ret_stats);

/* is_done: there is a trace, and the copies are removed. */
void wg__spill_close(struct wg__spill *spill, bool is_done);

#endif
