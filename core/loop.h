/*
 * loop.h: the event loop: submit operations, wait until results are there, get them delivered.
 *
 * One loop belongs to one thread. Workers perform its operations and publish the results; the loop
 * sleeps meanwhile, in the way of its wait strategy (wait.h). One turn:
 *
 *        ┌─► arm ──► look again ──nothing──► sleep ──► look ──► deliver ──┐
 *        │               └──────────results──────────────────────┘        │
 *        └────────────────────────────────────────────────────────────────┘
 *
 * Arm before the look, look before the sleep: DOC(turn). Why that order, see wait.h.
 *
 *     struct wg_loop *loop;
 *     struct wg_op op;
 *     char buf[4096];
 *     int64_t n;
 *     int rc = wg_loop_create(&(struct wg_loop_options){ .wait = "eventfd" }, &loop);
 *     if (rc == 0) {
 *             wg_op_read(&op, fd, buf, sizeof(buf), 0);
 *             rc = wg_loop_submit(loop, &op);
 *             if (rc == 0)
 *                     rc = wg_loop_wait_result(loop, &op, &n);
 *             wg_loop_destroy(loop);
 *     }
 *
 * L1 An operation is the caller's memory; it stays valid from submit until its delivery.
 * L2 Every submitted operation gets exactly one result, errors included.
 * L3 All calls except wg_loop_wake() and wg_loop_stop() are for the thread that created the loop
 *    (asserted).
 * L4 Results of one worker are delivered in the order in which it published them; timers in the
 *    order of their deadlines, equal ones in the order of submit.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include <stdint.h>
#include <sys/types.h>

#include "core/net.h"
#include "core/op.h"
#include "core/pool.h"

struct wg_loop;
struct wg_wait_ops;

struct wg_loop_options {
	const char *wait; /* strategy name; NULL: "eventfd" */
	const struct wg_wait_ops
		*ops;	      /* a strategy of the caller's own instead; it outlives the loop */
	int64_t tick_ns;      /* for strategies that poll; 0: 10 ms */
	unsigned workers;     /* threads of the loop's own pool; 0: 4 */
	struct wg_pool *pool; /* use this pool instead; borrowed, must outlive the loop */
};

/*
 * Make a loop for the calling thread. options may be NULL. Blocks until its workers are made.
 * 0 and *ret_loop yours; -EINVAL unknown strategy or bad number; -ENOSYS, -EPERM the strategy is
 * not to be had on this machine; -ENOMEM, -EAGAIN, -EMFILE.
 */
int wg_loop_create(const struct wg_loop_options *options, struct wg_loop **ret_loop);

/*
 * Take back what no worker has begun, wait for what is running, drop undelivered results and free
 * the loop. Every operation is the caller's again afterwards; no `done` is called. Sockets must
 * have been closed. Not from inside `done`. NULL is fine.
 */
void wg_loop_destroy(struct wg_loop *loop);

/*
 * Hand op in. Never blocks long, never allocates (a timer may double the timers' array; a socket
 * may be tried at once and be ready when this returns). 0; -EBUSY op is submitted already; -ENOMEM.
 * Everything else comes as op's result.
 */
int wg_loop_submit(struct wg_loop *loop, struct wg_op *op);

/*
 * Ask that op end early. 0: it ends with -ECANCELED, delivered like any result; -EBUSY: too late,
 * it runs, and its own result will come (a `work` function is told by wg_op_is_cancelled());
 * -EINVAL: op is not submitted to this loop, or has its result already. Never blocks long.
 */
int wg_loop_cancel(struct wg_loop *loop, struct wg_op *op);

/*
 * Wait until results are there, and deliver those that have a `done`. timeout_ms: 0 waits for ever,
 * N up to N ms. (poll(2) and epoll_wait(2) say -1 for ever and 0 for at once; this meaning of 0 is
 * that of the runtime whose plan this project examines. To look without waiting:
 * wg_loop_poll_result().)
 * Returns how many results became ready since the last call; 0: the time is over or wg_loop_wake()
 * was called; -EINVAL negative timeout; -EBUSY called from inside `done`; or what the strategy's
 * sleep failed with. A signal handler's return does not end the wait and does not move its end.
 */
int wg_loop_run_once(struct wg_loop *loop, int timeout_ms);

/*
 * Turn until nothing is in flight or wg_loop_stop() was called; for programs of callbacks. 0: idle,
 * 1: stopped, or what run_once failed with. Results without `done` count as in flight until they
 * are asked for.
 */
int wg_loop_run(struct wg_loop *loop);

/*
 * Have the present wg_loop_run() return after its turn, or the next one at once. Any thread;
 * signal-safe as wg_loop_wake(), which it includes.
 */
void wg_loop_stop(struct wg_loop *loop);

/*
 * Ask for the result of an operation without `done`. Never blocks. 1: delivered, *ret_result is set
 * and op is idle; 0: not there yet; -EINVAL: op was not submitted here, or has a `done`.
 */
int wg_loop_poll_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result);

/*
 * wg_loop_run_once() for ever until op has its result; results of others are delivered meanwhile.
 * 0 and *ret_result; -EINVAL as above; or what run_once failed with.
 */
int wg_loop_wait_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result);

/*
 * Sleep for ms on the loop: a timer, waited for; results of others are delivered meanwhile. 0, or
 * what wait_result failed with (-EBUSY inside `done`).
 */
int wg_loop_sleep(struct wg_loop *loop, int ms);

/*
 * End the present or the next wait of run_once. Any thread; async-signal-safe if the strategy has
 * WG_CAP_SIGNAL_SAFE. Never blocks long. Many wakes may count as one. A polling strategy notices
 * when its tick is over. The loop must not be destroyed before this returns.
 */
void wg_loop_wake(struct wg_loop *loop);

/*
 * fork(2), with a loop that goes on in both processes; for loops with a pool of their own. In the
 * child, what was queued, running or waiting for a socket ends with -ECANCELED: the parent has it.
 * What was published is delivered in both, timers fire in both, and sockets can be used (and are to
 * be closed) in both. Blocks until the child has its workers. The pid, or 0 in the child; -ENOTSUP
 * the pool is borrowed, -EBUSY inside `done`, or what fork(2) or making the child's loop failed
 * with: then there is no child.
 */
pid_t wg_loop_fork(struct wg_loop *loop);

/* Operations handed in and not yet delivered. */
unsigned wg_loop_in_flight(const struct wg_loop *loop);

/* How far a loop is, for an onlooker: each number right by itself, a moment ago. */
struct wg_loop_progress {
	uint64_t submitted, delivered; /* operations, since the loop was made */
	unsigned ready; /* results that workers published and the loop has not taken */
};

/* Any thread; the loop must not be destroyed before this returns. Never blocks long. */
void wg_loop_progress(struct wg_loop *loop, struct wg_loop_progress *ret);

#endif
