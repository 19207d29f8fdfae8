/*
 * loop_state.h: the inside of a loop, for the files that make it up.
 */
#ifndef CORE_LOOP_STATE_H
#define CORE_LOOP_STATE_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "core/inbox.h"
#include "core/loop.h"
#include "core/timers.h"
#include "core/wait/wait.h"

struct wg_loop {
	/* immutable after create, but for what fork replaces */
	uint32_t id; /* unique in the process */
	pthread_t thread;
	struct wg_waiter *waiter;
	unsigned caps; /* the strategy's, WG_CAP_* */
	struct wg_pool *pool;
	bool owns_pool;
	int64_t tick_ns; /* as the strategy was made with; 0: it does not poll */

	/* owned by the loop's thread */
	unsigned in_flight;   /* operations submitted, not yet delivered */
	unsigned net_waits;   /* socket operations submitted, not yet ready */
	unsigned ready_count; /* length of ready */
	unsigned unreported;  /* those of ready that no run_once has counted yet */
	uint64_t turns;	      /* of run_once so far */
	unsigned callbacks;   /* those of ready with a `done` */
	struct wg_list ready; /* results here, not yet delivered */
	struct wg__timers timers;
	struct wg_list watched; /* of wg_sock.link: sockets that the strategy watches for us */
	bool is_turning;	/* inside run_once: `done` may not start another turn */

	struct wg__inbox inbox; /* results from other threads */

	/* atomic */
	_Atomic uint64_t submitted, delivered; /* operations so far */
	_Atomic bool is_woken;	  /* wg_loop_wake() was called, no run_once returned for it */
	_Atomic bool is_stopping; /* wg_loop_stop() was called, no wg_loop_run() returned for it */
};

static inline void wg__assert_own_thread(const struct wg_loop *loop)
{
	(void)loop; /* with NDEBUG */
	assert(pthread_equal(loop->thread, pthread_self()));
}

#endif
