/*
 * loop.h: the event loop: submit operations, wait until results are there, have them delivered.
 *
 * One loop belongs to one thread. Workers perform its operations and publish the results. The loop
 * sleeps meanwhile, in the way of its wait strategy (wait.h). One turn:
 *
 *        ┌─► arm ──► look again ──nothing──► sleep ──► look ──► deliver ──┐
 *        │               └──────────results──────────────────────┘        │
 *        └────────────────────────────────────────────────────────────────┘
 *
 * Arm before the look, look before the sleep: DOC(turn). Why this order, see wait.h.
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

#include "core/net.h"
#include "core/op.h"
#include "core/pool.h"
#include "core/run.h" /* the rest of a loop's calls */

struct wg_loop;
struct wg_wait_ops;

struct wg_loop_options {
	const char *wait;	       /* strategy name; NULL: "eventfd" */
	const struct wg_wait_ops *ops; /* the caller's own strategy instead; outlives the loop */
	int64_t tick_ns;	       /* for strategies that poll; 0: 10 ms */
	unsigned workers;	       /* threads of the loop's own pool; 0: 4 */
	struct wg_pool *pool;	       /* use this pool instead; borrowed, outlives the loop */
};

/*
 * Make a loop for the calling thread. options may be NULL. Blocks until its workers are made.
 * 0 and *ret_loop yours; -EINVAL unknown strategy or bad number; -ENOSYS, -EPERM the strategy is
 * not available on this machine; -ENOMEM, -EAGAIN, -EMFILE.
 */
int wg_loop_create(const struct wg_loop_options *options, struct wg_loop **ret_loop);

/*
 * Take back what no worker has begun, wait for what runs, drop undelivered results and free the
 * loop. Then every operation is the caller's again; no `done` is called. Close all sockets before.
 * Not from inside `done`. NULL is fine.
 */
void wg_loop_destroy(struct wg_loop *loop);

/*
 * Hand op in. Never blocks long, never allocates (but a timer may double the timers' array; a
 * socket may be tried at once, and be ready when this returns). 0; -EBUSY op is already submitted;
 * -ENOMEM. All other errors come as op's result.
 */
int wg_loop_submit(struct wg_loop *loop, struct wg_op *op);

/*
 * Wait until results are there, and deliver those that have a `done`. timeout_ms: 0 waits for ever,
 * N up to N ms. (poll(2) and epoll_wait(2) use -1 for ever and 0 for at once; this 0 is that of the
 * runtime whose plan this project examines.) A signal does not end the wait or move its end.
 * Returns how many results became ready since the last call; 0: the time is over, or wg_loop_wake()
 * was called; -EINVAL negative timeout; -EBUSY called from inside `done`; or the sleep's error.
 */
int wg_loop_run_once(struct wg_loop *loop, int timeout_ms);

/*
 * End the present or the next wait of run_once. Any thread; async-signal-safe if the strategy has
 * WG_CAP_SIGNAL_SAFE. Never blocks long. Many calls may count as one. A polling strategy notices
 * when its tick is over. The loop must not be destroyed before this returns.
 */
void wg_loop_wake(struct wg_loop *loop);

#endif
