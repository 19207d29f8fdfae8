/*
 * arena_tail.h: arenas that go on growing: each look reads what was written since the last one.
 *
 * What is read and will not be written to any more is freed, and its bytes are room again for
 * whoever records: so the arenas take a bounded part of memory, however long it lasts. As in
 * arenas.h nothing in them is believed.
 */
#ifndef TRACES_GATHER_ARENA_TAIL_H
#define TRACES_GATHER_ARENA_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/map.h"
#include "traces/gather/arenas.h"
#include "traces/gather/room.h"

struct wg__tail_file;

struct wg__tail_record {
	struct wg_preload_record r;
	uint32_t thread; /* index */
	uint64_t number; /* in the order in which they were read */
};

struct wg__arena_tail {
	const struct wg__room *room;
	struct wg__tail_file *file;
	size_t files, file_cap;
	struct wg__map by_name;
	unsigned looks;
	/*
	 * NULL: records are read. Else whole chunks are moved instead: called with each that is not
	 * written to any more, at the last look with all, and with the first page of each file. 0,
	 * or a negative errno, which ends the look.
	 */
	int (*move)(void *user, int fd, const char *name, uint64_t at, uint32_t bytes);
	void *move_user;
	bool is_over;	 /* nobody writes these files any more: nothing is freed */
	int64_t next_ns; /* then: the first record that is left; INT64_MAX: none */
	/* the last look: by time */
	struct wg__tail_record *record;
	size_t count, cap;
};

/*
 * Read the records until until_ns; later ones are left for the next look, is_last: there is none.
 * Threads are in `threads`, from look to look; `lost` and `nobody` there grow. 0 or a negative
 * errno.
 */
int wg__arena_tail_look(
	struct wg__arena_tail *tail, struct wg__arenas *threads, int64_t until_ns, bool is_last);
void wg__arena_tail_fini(struct wg__arena_tail *tail);

#endif
