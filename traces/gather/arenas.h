/*
 * arenas.h: what libwakegap-preload.so left in a folder, read and checked.
 *
 * Nothing in it is believed: a program may have written anything. What does not fit is left out.
 */
#ifndef TRACES_GATHER_ARENAS_H
#define TRACES_GATHER_ARENAS_H

#include <stddef.h>

#include "traces/preload/arena.h"

struct wg__arena_thread {
	uint32_t arena, pid, tid, number;
	char name[17];
	bool is_ended;
	struct wg_preload_open open; /* begin_ns 0: none */
};

struct wg__arena_record {
	const struct wg_preload_record *r;
	uint32_t thread; /* index */
};

struct wg__arenas {
	struct {
		void *bytes;
		size_t len;
	} * arena;
	size_t count, cap;
	struct wg__arena_thread *thread;
	size_t thread_count, thread_cap;
	struct wg__arena_record *record; /* by time; those of one thread in their order */
	size_t record_count, record_cap;
	uint64_t lost, nobody; /* records without room; notifies that were only counted */
	bool have_lttng;       /* a program was built with it */
	bool have_fence;       /* one has confined itself */
	bool have_uring;       /* with liburing */
};

/* Read all arenas in the folder; they may go on growing. 0 or a negative errno; in any case fini.
 */
int wg__arenas_read(const char *dir, struct wg__arenas *ret);
void wg__arenas_fini(struct wg__arenas *arenas);

#endif
