/*
 * run.h: a loop as programs use it: ask for one result, cancel, run until nothing is in flight.
 *
 * Included by loop.h. All is built on wg_loop_run_once().
 */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct wg_loop;
struct wg_op;

/*
 * Ask for the result of an operation without `done`. Never blocks. 1: delivered, *ret_result is set
 * and op is idle; 0: not there yet; -EINVAL: op was not submitted here, or has a `done`.
 */
int wg_loop_poll_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result);

/*
 * Call wg_loop_run_once() until op has its result; others are delivered meanwhile. 0 and
 * *ret_result; -EINVAL as above; or run_once's error.
 */
int wg_loop_wait_result(struct wg_loop *loop, struct wg_op *op, int64_t *ret_result);

/*
 * Ask that op end early. 0: it ends with -ECANCELED, delivered like any result. -EBUSY: too late,
 * it runs and its own result will come (a `work` function may ask wg_op_is_cancelled()). -EINVAL:
 * op is not submitted to this loop, or has its result already. Never blocks long.
 */
int wg_loop_cancel(struct wg_loop *loop, struct wg_op *op);

/* Was it cancelled while it runs? The worker's thread, inside `work`. */
bool wg_op_is_cancelled(struct wg_op *op);

/*
 * Sleep for ms on the loop: submit a timer and wait for it. 0, or wait_result's error (-EBUSY
 * inside `done`).
 */
int wg_loop_sleep(struct wg_loop *loop, int ms);

/*
 * Turn until nothing is in flight or wg_loop_stop() was called; for programs of callbacks. 0: idle,
 * 1: stopped, or run_once's error. A result without `done` is in flight until somebody asks for it.
 */
int wg_loop_run(struct wg_loop *loop);

/* Make wg_loop_run() return after its turn, or the next one at once. As wg_loop_wake(). */
void wg_loop_stop(struct wg_loop *loop);

/* Operations handed in and not yet delivered. */
unsigned wg_loop_in_flight(const struct wg_loop *loop);

/* How far a loop is, for an onlooker: each number was right by itself a moment ago. */
struct wg_loop_progress {
	uint64_t submitted, delivered; /* operations, since the loop was made */
	unsigned ready; /* results that workers published and the loop has not taken */
};

/* Any thread; the loop must not be destroyed before this returns. Never blocks. */
void wg_loop_progress(struct wg_loop *loop, struct wg_loop_progress *ret);

#endif
