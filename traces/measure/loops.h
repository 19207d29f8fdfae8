/*
 * loops.h: which loop an event is of. It is decided here and nowhere else; the measure, the model
 * and the exports all use it. Private to traces/.
 *
 * Ids are unique in a process, but a pid is not one process: a program may exec itself, a pid is
 * used again, and two pid namespaces have the same ones. So processes and loops are numbered here
 * in the order of their appearance, and all else uses these numbers.
 *
 *   I1 Events of one pid and one space (struct wg_event) are of one process, until it begins anew.
 *   I2 A `loop` event begins a new loop, whatever was seen of its id before. Any other event is of
 *      the loop of its id that began last; if there is none, it begins one.
 *   I3 A `loop` event whose id the process has used already says that the process began anew. It
 *      gets another number then, for the loops that begin from now on.
 *   I4 A loop that is not heard of after its process began anew ended at that time.
 */
#ifndef TRACES_MEASURE_LOOPS_H
#define TRACES_MEASURE_LOOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/read/schema.h"

struct wg__loop_id {
	uint32_t who;	 /* number of its process */
	uint32_t life;	 /* of all that had this pid it is in the 1st, 2nd, ... */
	bool is_another; /* there was one of the same pid and id before */
};

struct wg__who {
	size_t pid_idx;
	uint32_t life;
	int64_t anew_ns; /* when the next one of this pid began; WG_NO_TIME: it is the last */
};

/* All zero is empty. */
struct wg__loops {
	/* read only */
	struct wg__loop_id *loop; /* by number of the loop */
	struct wg__who *who;	  /* by number of the process */
	size_t loop_count, who_count;
	/* private */
	size_t loop_cap, who_cap, pid_count, pid_cap;
	uint32_t *now; /* by pid_idx: its process of today */
	struct wg__map pid_map, loop_map;
	bool has_last; /* events of one loop often follow each other */
	uint32_t last_space, last_pid;
	uint64_t last_id;
	size_t last;
};

#define WG__NO_LOOP SIZE_MAX
#define WG__NO_WHO  UINT32_MAX

/* The number of the event's loop; WG__NO_LOOP without memory. Not for WG_EV_LOST and _OTHER. */
size_t wg__loops_of(struct wg__loops *loops, const struct wg_event *event);

/* The number of the process of an event that is of no loop; WG__NO_WHO without memory. */
uint32_t wg__loops_process(struct wg__loops *loops, const struct wg_event *event);

/* When the loop ended, if its last event was at last_ns; WG_NO_TIME: it did not (I4). */
int64_t wg__loops_end_ns(const struct wg__loops *loops, size_t loop, int64_t last_ns);

void wg__loops_fini(struct wg__loops *loops);

#endif
