/*
 * loop.c: the whole loop with its pool, over each strategy: results, and what may come between.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/loop_state.h"
#include "core/pool.h"
#include "tests/prove/prove.h"

static int64_t give(struct wg_op *op, void *arg)
{
	(void)op;
	return (int64_t)(intptr_t)arg;
}

static void submit(struct wg_loop *loop, struct wg_op *op, int result)
{
	wg_op_work(op, give, (void *)(intptr_t)result);
	lab_check("submitted", wg_loop_submit(loop, op) == 0, "submit failed");
}

static void results(const char *wait, unsigned workers, int count)
{
	struct wg_loop *loop = prove_loop(wait, workers, NULL);
	struct wg_op op[2];
	int i;

	for (i = 0; i < count; i++)
		submit(loop, &op[i], i + 1);
	for (i = 0; i < count; i++)
		prove_result(loop, &op[i], i + 1);
	wg_loop_destroy(loop);
	prove_end();
}

void prove_result_one(const char *wait)
{
	results(wait, 1, 1);
}

void prove_results(const char *wait)
{
	results(wait, 1, 2);
}

/* As many workers as operations, of which at most half may be slow: four threads for two. */
void prove_workers(const char *wait)
{
	results(wait, 3, 2);
}

/* A result that is an error comes as any other does. */
void prove_result_fails(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op;

	wg_op_close(&op, -1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, -EBADF);
	wg_loop_destroy(loop);
	prove_end();
}

void prove_result_freed(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op *op = malloc(sizeof(*op));

	submit(loop, op, 1);
	prove_result(loop, op, 1);
	free(op); /* it is ours again: nobody may look at it */
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- callbacks ---- */

static struct {
	struct wg_loop *loop;
	int calls;
} again;

static void submit_again(struct wg_op *op, int64_t result)
{
	lab_check("result", result == 7, "the result is %d, not 7", (int)result);
	if (++again.calls == 1)
		lab_check("submitted", wg_loop_submit(again.loop, op) == 0, "submit failed");
}

void prove_callback(const char *wait)
{
	struct wg_op op;

	again.loop = prove_loop(wait, 1, NULL);
	wg_op_work(&op, give, (void *)(intptr_t)7);
	op.done = submit_again;
	(void)wg_loop_submit(again.loop, &op);
	lab_check("run", wg_loop_run(again.loop) == 0, "run did not end idle");
	lab_check("calls", again.calls == 2, "`done` was called %d times, not twice", again.calls);
	/* A count that only grows is 0 again after 4294967296 results, and `done` is not called. */
	lab_check("counts", again.loop->callbacks == 0, "it still counts %u results with `done`",
		again.loop->callbacks);
	wg_loop_destroy(again.loop);
	prove_end();
}

static struct wg_op *plain;

static void cancel_another(struct wg_op *op, int64_t result)
{
	(void)op;
	lab_check("result", result == 2, "the result is %d, not 2", (int)result);
	again.calls++;
	lab_check("busy", wg_loop_run_once(again.loop, 0) == -EBUSY, "a turn inside of a turn");
	lab_check("cancelled", wg_loop_cancel(again.loop, plain) == 0, "cancel failed");
}

/* Results with `done` and without; what a callback makes ready is not lost. */
void prove_kept(const char *wait)
{
	struct wg_op first, second, timer;

	again.loop = prove_loop(wait, 1, NULL);
	plain = &timer;
	wg_op_timer(&timer, WG_NS_PER_SEC);
	(void)wg_loop_submit(again.loop, &timer);
	submit(again.loop, &first, 1);
	wg_op_work(&second, give, (void *)(intptr_t)2);
	second.done = cancel_another;
	(void)wg_loop_submit(again.loop, &second);
	prove_result(again.loop, &timer, -ECANCELED);
	prove_result(again.loop, &first, 1);
	lab_check("calls", again.calls == 1, "`done` was called %d times", again.calls);
	wg_loop_destroy(again.loop);
	prove_end();
}

/* ---- other threads ---- */

static void *wake_loop(void *loop)
{
	wg_loop_wake(loop);
	return NULL;
}

void prove_wake(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	pthread_t thread;

	prove.wakes_are_empty = true;
	pthread_create(&thread, NULL, wake_loop, loop);
	lab_check("woken", wg_loop_run_once(loop, 0) == 0, "run_once returned a result");
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

static int behind;

static void *write_and_wake(void *loop)
{
	behind = 1;
	wg_loop_wake(loop);
	return NULL;
}

/* What was written before wg_loop_wake() is there when run_once() returns for it. */
void prove_wake_behind(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	pthread_t thread;

	prove.wakes_are_empty = true;
	pthread_create(&thread, NULL, write_and_wake, loop);
	lab_check("woken", wg_loop_run_once(loop, 0) == 0, "run_once returned a result");
	lab_check("behind", behind == 1, "what came before is not there");
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

static void *write_and_stop(void *loop)
{
	behind = 1;
	wg_loop_stop(loop);
	return NULL;
}

/* The same of wg_loop_stop(), when wg_loop_run() returns for it. */
void prove_stop_behind(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op timer;
	pthread_t thread;

	prove.wakes_are_empty = prove.drops_ops = true;
	wg_op_timer(&timer, WG_NS_PER_SEC);
	(void)wg_loop_submit(loop, &timer);
	pthread_create(&thread, NULL, write_and_stop, loop);
	lab_check("stopped", wg_loop_run(loop) == 1, "run was not stopped");
	lab_check("behind", behind == 1, "what came before is not there");
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

/* A result and wg_loop_wake() at the same time: neither covers for the other. */
void prove_wake_and_result(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	pthread_t thread;
	struct wg_op op;
	int i;

	prove.wakes_are_empty = true;
	submit(loop, &op, 1);
	pthread_create(&thread, NULL, wake_loop, loop);
	for (i = 0; op.state != WG_OP_READY; i++)
		lab_check("woken", i < 2 && wg_loop_run_once(loop, 0) >= 0, "a turn for nothing");
	prove_result(loop, &op, 1);
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

static void *stop_loop(void *loop)
{
	wg_loop_stop(loop);
	return NULL;
}

void prove_stop(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op timer;
	pthread_t thread;

	prove.wakes_are_empty = prove.drops_ops = true;
	wg_op_timer(&timer, INT64_C(3600) * 1000 * WG_NS_PER_MS);
	(void)wg_loop_submit(loop, &timer);
	pthread_create(&thread, NULL, stop_loop, loop);
	lab_check("stopped", wg_loop_run(loop) == 1, "run was not stopped");
	pthread_join(thread, NULL);
	lab_check("on time", wg_now_ns() < INT64_C(60) * 1000 * WG_NS_PER_MS,
		"the stop was noticed only when the timer was due");
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- time ---- */

void prove_timer(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t due_ns = wg_now_ns() + WG_NS_PER_MS;
	struct wg_op op, timer;

	wg_op_timer(&timer, WG_NS_PER_MS);
	(void)wg_loop_submit(loop, &timer);
	submit(loop, &op, 1);
	prove_result(loop, &op, 1);
	prove_result(loop, &timer, 0);
	lab_check("due", wg_now_ns() >= due_ns, "the timer is early");
	wg_loop_destroy(loop);
	prove_end();
}

/* 0 only when the time is over; else the one result. */
void prove_run_until(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t end_ns = wg_now_ns() + WG_NS_PER_MS;
	struct wg_op op;
	int found;

	submit(loop, &op, 1);
	found = wg_loop_run_once(loop, 1);
	lab_check("found", found == 1 || (found == 0 && wg_now_ns() >= end_ns),
		"run_once returned %d before its end", found);
	prove_result(loop, &op, 1);
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t take_a_millisecond(struct wg_op *op, void *arg)
{
	struct timespec ts = { .tv_nsec = WG_NS_PER_MS };

	(void)op;
	(void)nanosleep(&ts, NULL);
	return (int64_t)(intptr_t)arg;
}

/* The result comes at the very moment at which run_once() ends: found now or by the next turn, and
 * never by a wake-up that says timeout. */
void prove_same_moment(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op;
	int found;

	wg_op_work(&op, take_a_millisecond, (void *)(intptr_t)1);
	(void)wg_loop_submit(loop, &op);
	found = wg_loop_run_once(loop, 1);
	lab_check("found", found == 0 || found == 1, "run_once returned %d", found);
	prove_result(loop, &op, 1);
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- cancel, destroy, stop ---- */

void prove_cancel(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op first, second;
	int rc;

	submit(loop, &first, 1);
	submit(loop, &second, 2);
	rc = wg_loop_cancel(loop, &second);
	lab_check("cancelled", rc == 0 || rc == -EBUSY, "cancel returned %d", rc);
	prove_result(loop, &second, rc == 0 ? -ECANCELED : 2);
	prove_result(loop, &first, 1);
	wg_loop_destroy(loop);
	prove_end();
}

void prove_destroy(const char *wait)
{
	struct wg_pool *pool;
	struct wg_loop *loop;
	struct wg_op op;

	prove.drops_ops = true;
	lab_check("made", wg_pool_create(1, &pool) == 0, "no pool");
	loop = prove_loop(wait, 0, pool);
	submit(loop, &op, 1);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	prove_end();
}

static void *stop_pool(void *pool)
{
	wg_pool_stop(pool);
	return NULL;
}

void prove_pool_stop(const char *wait)
{
	struct wg_pool *pool;
	struct wg_loop *loop;
	struct wg_op op;
	int64_t result = 0;
	pthread_t thread;

	lab_check("made", wg_pool_create(1, &pool) == 0, "no pool");
	loop = prove_loop(wait, 0, pool);
	pthread_create(&thread, NULL, stop_pool, pool);
	submit(loop, &op, 1);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", result == 1 || result == -ESHUTDOWN, "the result is %d", (int)result);
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	prove_end();
}

static struct {
	const char *wait;
	struct wg_pool *pool;
} shared;

static void *own_loop(void *unused)
{
	struct wg_loop *loop = prove_loop(shared.wait, 0, shared.pool);
	struct wg_op op;

	(void)unused;
	submit(loop, &op, 1);
	prove_result(loop, &op, 1);
	wg_loop_destroy(loop);
	return NULL;
}

void prove_two_loops(const char *wait)
{
	pthread_t thread;

	shared.wait = wait;
	lab_check("made", wg_pool_create(1, &shared.pool) == 0, "no pool");
	pthread_create(&thread, NULL, own_loop, NULL);
	(void)own_loop(NULL);
	pthread_join(thread, NULL);
	wg_pool_destroy(shared.pool);
	prove_end();
}

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

void prove_worker_ends(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op last, next;

	wg_op_work(&last, end_thread, NULL);
	(void)wg_loop_submit(loop, &last);
	submit(loop, &next, 1);
	prove_result(loop, &last, -EOWNERDEAD);
	prove_result(loop, &next, 1);
	wg_loop_destroy(loop);
	prove_end();
}
