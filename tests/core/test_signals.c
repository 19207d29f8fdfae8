/*
 * test_signals.c: wakes and stops from signal handlers and other threads, storms of signals, and
 * calls in places where they are refused. Over every strategy.
 *
 * The test backend of the trace takes a lock, so it is mute while handlers wake.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "core/loop.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/support.h"
#include "tests/core/trace_test.h"

static struct wg_loop *_Atomic handled_loop;
static _Atomic int handler_calls;
static _Atomic bool handler_stops;

static void wake_in_handler(int signo)
{
	struct wg_loop *loop = atomic_load(&handled_loop);

	(void)signo;
	atomic_fetch_add(&handler_calls, 1);
	if (!loop)
		return;
	if (atomic_load(&handler_stops))
		wg_loop_stop(loop);
	else
		wg_loop_wake(loop);
}

static void handle(struct wg_loop *loop, bool stops)
{
	struct sigaction sa = { .sa_handler = wake_in_handler }; /* no SA_RESTART */

	atomic_store(&handler_calls, 0);
	atomic_store(&handler_stops, stops);
	atomic_store(&handled_loop, loop);
	(void)sigaction(SIGUSR2, &sa, NULL);
}

/* ---- from handlers ---- */

/*
 * It runs a handler not when the signal comes but at the next call it knows, and it knows neither
 * futex(2) nor io_uring_enter(2): a signal just before one of these waits until it ends.
 */
static bool tsan_delays(void)
{
#ifdef WG_UNDER_TSAN
	wg_skip("ThreadSanitizer runs handlers late");
	return true;
#else
	return false;
#endif
}

struct sender {
	pthread_t target;
	int count;
	_Atomic int returned; /* waits that ended so far */
};

/* One signal for each wait: the next one when the last has ended it. */
static void *send_main(void *arg)
{
	struct sender *s = arg;
	int i;

	for (i = 0; i < s->count; i++) {
		(void)pthread_kill(s->target, SIGUSR2);
		while (atomic_load(&s->returned) <= i)
			(void)sched_yield();
	}
	return NULL;
}

static void woken(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sender s = { .target = pthread_self(), .count = 200 };
	pthread_t thread;
	int i, wrong = 0;

	if (!(ops->caps & WG_CAP_SIGNAL_SAFE))
		return;
	wg_trace_test_mute(true);
	handle(loop, false);
	/* To itself, before the wait and so before the ticket. */
	for (i = 0; i < 100; i++) {
		(void)raise(SIGUSR2);
		wrong += wg_loop_run_once(loop, 0) != 0;
	}
	/* From another thread at any moment: before the wait, between arm and sleep, asleep. */
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, send_main, &s), 0);
	for (i = 0; i < s.count; i++) {
		wrong += wg_loop_run_once(loop, 0) != 0;
		atomic_fetch_add(&s.returned, 1);
	}
	(void)pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(atomic_load(&handler_calls), 300);
	handle(NULL, false);
	wg_trace_test_mute(false);
}

static void a_handler_may_wake_the_loop(void)
{
	if (tsan_delays())
		return;
	wg_test_over_all(1, woken);
}

static void *kill_once_main(void *arg)
{
	(void)pthread_kill(*(pthread_t *)arg, SIGUSR2);
	return NULL;
}

static void stopped_by_handler(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	pthread_t self = pthread_self(), thread;
	struct wg_op far;
	int64_t result;
	int i;

	if (!(ops->caps & WG_CAP_SIGNAL_SAFE))
		return;
	wg_trace_test_mute(true);
	handle(loop, true);
	wg_op_timer(&far, INT64_MAX);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &far), 0);
	for (i = 0; i < 50; i++) {
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, kill_once_main, &self), 0);
		CU_ASSERT_EQUAL(wg_loop_run(loop), 1);
		(void)pthread_join(thread, NULL);
	}
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &far), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &far, &result), 0);
	handle(NULL, false);
	wg_trace_test_mute(false);
}

static void a_handler_may_stop_the_loop(void)
{
	if (tsan_delays())
		return;
	wg_test_over_all(1, stopped_by_handler);
}

/* ---- storms ---- */

static void count_down(struct wg_op *op, int64_t result)
{
	int *left = op->user;

	CU_ASSERT_EQUAL(result, op->kind == WG_OP_TIMER ? 0 : -EBADF);
	--*left;
}

static void stormy(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_storm *storm = wg_storm_start();
	int64_t begin_ns = wg_now_ns();
	int left, i, round;

	(void)ops;
	for (round = 0; round < 10; round++) {
		struct wg_op op[20];

		left = 20;
		for (i = 0; i < 20; i++) {
			if (i % 2)
				wg_op_close(&op[i], -1);
			else
				wg_op_timer(&op[i], i * 100000);
			op[i].done = count_down;
			op[i].user = &left;
			CU_ASSERT_EQUAL(wg_loop_submit(loop, &op[i]), 0);
		}
		CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
		CU_ASSERT_EQUAL(left, 0);
	}
	CU_ASSERT(wg_now_ns() - begin_ns >= INT64_C(10) * 18 * 100000); /* no timer was early */
	begin_ns = wg_now_ns();
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 5), 0);
	CU_ASSERT(wg_now_ns() - begin_ns >= 5 * WG_NS_PER_MS);
	CU_ASSERT(wg_storm_stop(storm) > 0);
}

static void a_storm_of_signals_ends_no_operation(void)
{
	wg_test_over_all(2, stormy);
}

/* ---- stop ---- */

static void *stop_main(void *arg)
{
	wg_loop_stop(arg);
	return NULL;
}

static void stopped(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	pthread_t thread;
	struct wg_op far;
	int64_t result;
	int i;

	(void)ops;
	wg_op_timer(&far, INT64_MAX);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &far), 0);
	for (i = 0; i < 50; i++) {
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, stop_main, loop), 0);
		CU_ASSERT_EQUAL(wg_loop_run(loop), 1);
		(void)pthread_join(thread, NULL);
	}
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &far), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &far, &result), 0);
}

static void another_thread_stops_a_loop_that_waits(void)
{
	wg_test_over_all(1, stopped);
}

static void stop_inside(struct wg_op *op, int64_t result)
{
	(void)result;
	wg_loop_stop(op->user);
}

static void stopped_before(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct wg_op op, later;
	int left = 1;

	(void)ops;
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0); /* nothing in flight */
	wg_loop_stop(loop);
	wg_loop_stop(loop);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 1); /* two stops, one answer, even with nothing to do */
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	wg_op_timer(&op, 0);
	op.done = stop_inside;
	op.user = loop;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 1); /* its last callback stopped it */
	wg_op_close(&later, -1);
	later.done = count_down;
	later.user = &left;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &later), 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0); /* and not the next run as well */
	CU_ASSERT_EQUAL(left, 0);
}

static void a_stop_before_the_run_and_in_its_last_callback(void)
{
	wg_test_over_all(1, stopped_before);
}

/* ---- refused ---- */

struct nested {
	struct wg_loop *loop;
	struct wg_op other;
	int run_once, run, wait;
};

static void nest(struct wg_op *op, int64_t result)
{
	struct nested *n = op->user;
	int64_t other_result;

	(void)result;
	n->run_once = wg_loop_run_once(n->loop, 0);
	n->run = wg_loop_run(n->loop);
	n->wait = wg_loop_wait_result(n->loop, &n->other, &other_result);
}

static void nested(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct nested n = { .loop = loop };
	struct wg_op op;
	int64_t result;

	(void)ops;
	wg_op_timer(&n.other, INT64_MAX);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &n.other), 0);
	wg_op_timer(&op, 0);
	op.done = nest;
	op.user = &n;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	while (n.run_once == 0)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
	CU_ASSERT_EQUAL(n.run_once, -EBUSY);
	CU_ASSERT_EQUAL(n.run, -EBUSY);
	CU_ASSERT_EQUAL(n.wait, -EBUSY);
	CU_ASSERT_EQUAL(wg_loop_cancel(loop, &n.other), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &n.other, &result), 0);
}

static void a_turn_inside_a_turn_is_refused(void)
{
	wg_test_over_all(1, nested);
}

void suite_signals(void)
{
	WG_TEST(a_handler_may_wake_the_loop);
	WG_TEST(a_handler_may_stop_the_loop);
	WG_TEST(a_storm_of_signals_ends_no_operation);
	WG_TEST(another_thread_stops_a_loop_that_waits);
	WG_TEST(a_stop_before_the_run_and_in_its_last_callback);
	WG_TEST(a_turn_inside_a_turn_is_refused);
}
