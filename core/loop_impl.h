/*
 * loop_impl.h: the inside of a loop, for the files that make it up: loop.c (life and submit),
 * turn.c (the turn), inbox.c (results come in), and the pool and the net thread, which publish.
 */
#ifndef CORE_LOOP_IMPL_H
#define CORE_LOOP_IMPL_H

#include <assert.h>
#include <pthread.h>
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
	struct wg_pool *pool;
	bool owns_pool;
	bool is_polling, is_blind, has_fds; /* the strategy's capabilities */
	bool is_deaf;			    /* it may not hear a ring: polls, or loses some */
	int64_t tick_ns;		    /* for files and timers; 0 unless is_polling */

	/* owned by the loop's thread */
	uint64_t next_op;
	unsigned in_flight;   /* submitted, not yet delivered */
	unsigned net_waits;   /* those of in_flight that are socket operations */
	unsigned ready_count; /* length of ready */
	unsigned fresh;	      /* those of ready that no run_once has reported */
	unsigned callbacks;   /* those of ready with a `done` */
	struct wg_list ready; /* results here, not yet delivered */
	struct wg__timers timers;
	struct wg_list watched; /* of wg_sock.link: sockets that the strategy watches for us */
	bool is_turning;	/* inside run_once: `done` may not start another turn */

	struct wg__inbox inbox; /* results from other threads */

	/* atomic */
	_Atomic uint64_t submitted, delivered; /* written by the loop's thread only */
	_Atomic bool is_woken; /* wg_loop_wake() was called and no run_once returned for it */
	_Atomic bool
		is_stopping; /* wg_loop_stop() was called and no wg_loop_run() returned for it */
};

static inline void wg__assert_own_thread(const struct wg_loop *loop)
{
	assert(pthread_equal(loop->thread, pthread_self()));
	(void)loop;
}

/*
 * Publish op's result to its loop and ring. A worker's or the net thread, no loop's lock held. op
 * belongs to the loop from here on. *running (it may be NULL) is where the caller keeps op while it
 * performs it: cleared in the same step, under the inbox lock.
 */
void wg__loop_publish(struct wg_op *op, int64_t result, struct wg_op **running);

/* The same from the loop's own thread: no inbox, no bell. */
void wg__loop_complete(struct wg_loop *loop, struct wg_op *op, int64_t result);

/* The list and the ready list apart: those are the loop's. 0 or a negative errno. */
int wg__inbox_init(struct wg__inbox *in);
void wg__inbox_fini(struct wg__inbox *in);

/* Block until nobody is about to kick. Before the waiter or the loop goes away. */
void wg__inbox_await_quiet(struct wg_loop *loop);

/* Move what is published to the ready list; returns how many. */
unsigned wg__inbox_take(struct wg_loop *loop);

/* The same after a sleep, with the `wake` stamped in the same critical section. */
unsigned wg__inbox_take_awake(struct wg_loop *loop, enum wg_woke woke);

/* How many are published and not taken. */
unsigned wg__inbox_count(struct wg_loop *loop);

/* op became ready just now: note it. */
void wg__loop_note_ready(struct wg_loop *loop, struct wg_op *op);

/* Deliver: op is the caller's again; returns its result. */
int64_t wg__loop_finish(struct wg_loop *loop, struct wg_op *op);

/* One turn, see loop.h: results that became ready, or a negative errno. */
int wg__loop_turn(struct wg_loop *loop, int64_t deadline_ns);

/* Look at everything that can be ready without sleeping; returns how many became so. */
unsigned wg__loop_look(struct wg_loop *loop);

/* Hand a socket operation to the strategy's sleep, or to the net thread. */
void wg__net_submit(struct wg_loop *loop, struct wg_op *op);

/* Take it back: true if it was still waiting. */
bool wg__net_cancel(struct wg_loop *loop, struct wg_op *op);

/* Finish what can be finished of the descriptors that the last sleep reported; returns how many. */
unsigned wg__net_harvest(struct wg_loop *loop);

#endif
