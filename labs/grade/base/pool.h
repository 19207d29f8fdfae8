/*
 * pool.h: many pieces of work, each in a process of its own, some of them at a time.
 *
 * A check forks, waits, catches signals and counts what memory lacks; none of that is for threads.
 * And a process that dies takes one answer with it, not all.
 */
#ifndef LABS_GRADE_BASE_POOL_H
#define LABS_GRADE_BASE_POOL_H

#include <jansson.h>
#include <stddef.h>

#include "traces/base/error.h"

struct wg_pool {
	/* In the process of piece i: its answer, taken over; NULL: there is none. */
	json_t *(*work)(void *data, size_t i);
	/* In the caller: the answer of piece i, taken over; NULL: the process has none. */
	void (*take)(void *data, size_t i, json_t *answer);
	void *data;
	size_t count;
	unsigned jobs; /* at a time, at least 1 */
};

/*
 * 0 when all are taken, in any order. -EINTR if a signal came (stop.h): those that run are
 * interrupted and taken, and the others are not begun. Blocks. Main thread.
 */
int wg_pool_run(const struct wg_pool *pool, struct wg_error *err);

/* How many processors this process may use. */
unsigned wg_pool_processors(void);

#endif
