/*
 * life.h: the lives of operations in a stream: each is handed out once, when it is over, and
 * forgotten. Memory is that of what is in flight. Private to traces/.
 *
 * A life is over when the result was delivered. What else is told of it may come a little later: a
 * worker publishes the result, the loop delivers it, and only then the worker's `notify` is in the
 * trace. So a delivered life lingers until its notify came, or WG__LINGER more were delivered.
 * Lives end in the order in which their results were delivered; those never delivered at the end of
 * the trace, in the order in which they began.
 */
#ifndef TRACES_EXPORT_LIFE_H
#define TRACES_EXPORT_LIFE_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/map.h"
#include "traces/model/model.h"

#define WG__LINGER 256 /* far more than there are workers between `done` and `notify` */

struct wg__life {
	struct wg_op_life is; /* worker_lane is of no meaning */
	uint32_t worker, worker_tid;
	const char *process; /* as its first event says; the reader's */
	uint64_t seq;	     /* 1, 2, ... in the order of beginning */
	size_t loop_idx;     /* into lives->loops */
	bool is_done, is_delivered, is_flowing;
	size_t prev, next; /* in a list of lives, or the next unused */
};

/* Lives by index, first in first out. */
struct wg__life_list {
	size_t head, tail; /* SIZE_MAX: empty */
	uint64_t count;
};

struct wg__life_loop {
	struct wg__life_list ready; /* done and not delivered */
};

typedef int (*wg__life_fn)(void *user, struct wg__life *life); /* 0 or -ENOMEM */

/* All zero but for ended, woke and user, which are the caller's to set. */
struct wg__lives {
	wg__life_fn ended; /* it is over and will be forgotten */
	wg__life_fn woke;  /* the loop woke with it ready, for the first time; may be NULL */
	void *user;
	struct wg__life *v;
	size_t count, cap, unused; /* unused: 1 + head of the list of free nodes, 0: none */
	struct wg__life_loop *loops;
	size_t loop_count, loop_cap;
	struct wg__map map, loop_map;
	struct wg__life_list lingering;
	bool has_lingering; /* lingering was initialised */
	uint64_t seq;
	bool has_hole;
	int64_t hole_end_ns;
};

/*
 * Take one event, in time order; holes too. *ret_life (may be NULL) is the life that it belongs to,
 * or NULL; valid until the next call. 0 or -ENOMEM.
 */
int wg__lives_feed(struct wg__lives *lives, const struct wg_event *ev, struct wg__life **ret_life);

/* End all that is left. 0 or -ENOMEM. */
int wg__lives_finish(struct wg__lives *lives);

/* Results of a loop that are ready now. */
uint64_t wg__lives_ready(const struct wg__lives *lives, uint32_t pid, uint32_t loop);

void wg__lives_fini(struct wg__lives *lives);

#endif
