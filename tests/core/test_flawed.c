/*
 * test_flawed.c: the strategies of labs/waits fail as they say, in a schedule that is forced.
 *
 * No registry that other suites use contains them. Here a notification comes in the moment that
 * they do not guard: through calls in a row, or through a sleep that begins only when the result is
 * published. No luck is needed, and a strategy that kept its promise would make these tests fail.
 */
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "labs/waits/waits.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/core/loop_cases.h"
#include "tests/core/trace_test.h"

#define FAR	(wg_now_ns() + 30 * WG_NS_PER_SEC)
#define SOON_NS (2 * WG_NS_PER_MS)

static struct wg_waiter *make(const struct wg_wait_ops *ops)
{
	struct wg_waiter *w = NULL;

	CU_ASSERT_EQUAL_FATAL(ops->create(0, &w), 0);
	return w;
}

/* ---- a notification between the look and the sleep ---- */

/* Notify once after arm(), then sleep for a while. */
static int notified_too_early(const struct wg_wait_ops *ops)
{
	struct wg_waiter *w = make(ops);
	uint64_t ticket = ops->arm(w);
	int woke;

	(void)wg_notify(w);
	do
		woke = ops->sleep(w, ticket, wg_now_ns() + SOON_NS);
	while (woke == WG_WOKE_SPURIOUS);
	ops->destroy(w);
	return woke;
}

static void a_notification_before_the_wait_is_lost(void)
{
	CU_ASSERT_EQUAL(notified_too_early(&wg_lab_wait_forever), WG_WOKE_TIMEOUT);
	CU_ASSERT_EQUAL(notified_too_early(&wg_lab_wait_generation), WG_WOKE_TIMEOUT);
	CU_ASSERT_EQUAL(notified_too_early(&wg_lab_wait_cap50), WG_WOKE_TIMEOUT);
	CU_ASSERT_EQUAL(notified_too_early(&wg_lab_wait_sleep1ms), WG_WOKE_TIMEOUT);
	/* For comparison. */
	CU_ASSERT_EQUAL(notified_too_early(&wg__wait_condvar), WG_WOKE_NOTIFIED);
}

static void *notify_a_sleeper(void *arg)
{
	struct wg_waiter *w = arg;

	while (wg_lab_generation_sleeps(w) == 0)
		(void)sched_yield();
	(void)wg_notify(w);
	return NULL;
}

/* This is why it passes simple tests: notified while it waits, it wakes up. */
static void a_notification_during_the_wait_wakes_up(void)
{
	struct wg_waiter *w = make(&wg_lab_wait_generation);
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, notify_a_sleeper, w), 0);
	CU_ASSERT_EQUAL(w->ops->sleep(w, w->ops->arm(w), FAR), WG_WOKE_NOTIFIED);
	(void)pthread_join(thread, NULL);
	w->ops->destroy(w);
}

/* The cap ends a wait that would not end, and does nothing else. */
static void the_cap_ends_a_wait_for_ever(void)
{
	struct wg_waiter *w = make(&wg_lab_wait_cap50);
	int64_t begin_ns = wg_now_ns();

	(void)wg_notify(w);
	CU_ASSERT_EQUAL(w->ops->sleep(w, w->ops->arm(w), WG_FOREVER), WG_WOKE_TIMEOUT);
	CU_ASSERT(wg_now_ns() - begin_ns >= 50 * WG_NS_PER_MS);
	w->ops->destroy(w);
}

/* ---- the same in a loop ---- */

/*
 * A strategy whose sleep lets the worker go, waits until its notify is over, and only then begins;
 * and it does not sleep for ever. So the notify always comes after the look and before the sleep.
 */
static struct {
	sem_t gate; /* the worker may go on */
	const struct wg_wait_ops *inner;
	struct wg_wait_ops ops;
	_Atomic int notified;
	int lost; /* sleeps that ended by timeout, with a result ready */
} late;

static int late_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = late.inner->create(tick_ns, ret_waiter);

	if (rc == 0)
		(*ret_waiter)->ops = &late.ops;
	return rc;
}

static int late_notify(struct wg_waiter *waiter)
{
	int must_kick = late.inner->notify(waiter);

	if (!must_kick)
		atomic_store(&late.notified, 1);
	return must_kick;
}

static void late_kick(struct wg_waiter *waiter)
{
	late.inner->kick(waiter);
	atomic_store(&late.notified, 1);
}

static int late_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	int woke;

	(void)deadline_ns;
	(void)sem_post(&late.gate);
	while (atomic_load(&late.notified) == 0)
		(void)sched_yield();
	woke = late.inner->sleep(waiter, ticket, wg_now_ns() + SOON_NS);
	late.lost += woke == WG_WOKE_TIMEOUT;
	return woke;
}

static int64_t work(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	while (sem_wait(&late.gate) < 0)
		;
	return 7;
}

/* One operation; returns how many sleeps missed its notification. */
static int lost_in_a_loop(const struct wg_wait_ops *ops)
{
	struct wg_loop_progress p;
	struct wg_loop *loop = NULL;
	struct wg_op op;
	int64_t result = 0;

	late.inner = ops;
	late.ops = *ops;
	late.ops.create = late_create;
	late.ops.notify = late_notify;
	late.ops.kick = late_kick;
	late.ops.sleep = late_sleep;
	atomic_store(&late.notified, 0);
	late.lost = 0;
	CU_ASSERT_EQUAL_FATAL(sem_init(&late.gate, 0, 0), 0);
	wg_trace_test_reset();
	CU_ASSERT_EQUAL_FATAL(
		wg_loop_create(&(struct wg_loop_options){ .ops = &late.ops }, &loop), 0);
	wg_op_work(&op, work, NULL);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &result), 0);
	CU_ASSERT_EQUAL(result, 7);
	wg_loop_progress(loop, &p);
	CU_ASSERT(p.submitted == 1 && p.delivered == 1 && p.ready == 0);
	wg_loop_destroy(loop);
	(void)sem_destroy(&late.gate);
	return late.lost;
}

static void a_loop_loses_what_comes_before_its_sleep(void)
{
	CU_ASSERT_EQUAL(lost_in_a_loop(&wg_lab_wait_forever), 1);
	CU_ASSERT_EQUAL(lost_in_a_loop(&wg_lab_wait_generation), 1);
	CU_ASSERT_EQUAL(lost_in_a_loop(&wg_lab_wait_cap50), 1);
	CU_ASSERT_EQUAL(lost_in_a_loop(&wg__wait_condvar), 0);
}

/* The trace calls it a late wake-up: what the clock found was not notified. */
static void a_lost_notification_is_a_late_wake_in_the_trace(void)
{
	const struct wg_test_event *e;
	size_t i;
	int late_wakes = 0;

	(void)lost_in_a_loop(&wg_lab_wait_cap50);
	for (i = 0; (e = wg_trace_test_at(i)); i++)
		late_wakes += strcmp(e->name, "wake") == 0 && e->a == WG_WOKE_TIMEOUT && e->b > 0;
	CU_ASSERT_EQUAL(late_wakes, 1);
	CU_ASSERT_EQUAL(wg_trace_test_count("notify"), 1);
}

static size_t idle_wakes(const struct wg_wait_ops *ops)
{
	struct wg_loop *loop = NULL;

	wg_trace_test_reset();
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&(struct wg_loop_options){ .ops = ops }, &loop), 0);
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 200), 0);
	wg_loop_destroy(loop);
	return wg_trace_test_count("wake");
}

static void polling_faster_wakes_more_often_for_nothing(void)
{
	CU_ASSERT(idle_wakes(&wg_lab_wait_sleep1ms) > 1);
	CU_ASSERT(idle_wakes(&wg_lab_wait_cap50) > 1);
	CU_ASSERT(idle_wakes(&wg__wait_condvar) <= 1); /* the end of the 200 ms */
}

/* ---- where they are, and are not ---- */

static void the_library_has_none_of_them(void)
{
	static const char *const names[] = { "forever", "generation", "cap50", "sleep1ms" };
	const char *members[] = { "ar", "t", wg_build_path("libwakegap.a"), NULL };
	const char *waits[] = { wg_build_path("wakegap-workload"), "--waits", NULL };
	char *in_library, *in_workload;
	size_t i;

	CU_ASSERT_EQUAL(wg_run(&in_library, NULL, members), 0);
	CU_ASSERT_EQUAL(wg_run(&in_workload, NULL, waits), 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CU_ASSERT(wg_wait_find(names[i]) == NULL);
		CU_ASSERT(!wg_has(in_library, names[i]));
		CU_ASSERT(wg_has(in_workload, names[i]));
	}
	CU_ASSERT(wg_has(in_library, "condvar") && wg_has(in_workload, "flawed: "));
	free(in_library);
	free(in_workload);
}

/* ---- the watch ---- */

static int storm(const char *wait, const char *ops, const char *window_ns, char **out)
{
	const char *argv[] = { wg_build_path("wakegap-workload"), "storm", "--ops", ops,
		"--inflight", "1", "--wait", wait, "--window-ns", window_ns, "--patience-ns",
		"200000000", NULL };

	return wg_run(out, NULL, argv);
}

/* With a moment of 20 ms, a result falls into it unless it is there before the loop looks. Two
 * threads that both run may do hundreds of operations that way, not ten million. */
static void a_hang_is_ended_and_reported(void)
{
	static const char *const hang[] = { "forever", "generation" };
	static const char *const fine[] = { "condvar", "eventfd", "elide", "sleep1ms" };
	json_int_t delivered, planned, ready;
	json_t *root;
	char *out;
	size_t i;

	for (i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(storm(hang[i], "10000000", "20000000", &out), 3);
		root = json_loads(out, 0, NULL);
		CU_ASSERT_EQUAL_FATAL(json_unpack(root, "{s:{s:I, s:I, s:I}}", "hangs", "delivered",
					      &delivered, "planned", &planned, "ready", &ready),
			0);
		CU_ASSERT(delivered < planned && planned == 10000000 && ready == 1);
		json_decref(root);
		free(out);
	}
	for (i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(storm(fine[i], "20", "1000000", &out), 0);
		CU_ASSERT(wg_has(out, "\"ops\":20,"));
		free(out);
	}
}

/* stat, open, 15 whole reads, one of a byte, the one that finds the end, close; a million times. */
static void what_was_planned_is_said(void)
{
	const char *argv[] = { wg_build_path("wakegap-workload"), "read", "--file",
		wg_make_file(wg_tmpdir(), "file", 15 * 4096 + 1), "--chunk", "4096", "--passes",
		"1000000", "--wait", "forever", "--window-ns", "20000000", "--patience-ns",
		"200000000", NULL };
	char *out;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 3);
	CU_ASSERT(wg_has(out, ",\"planned\":20000000,"));
	free(out);
}

/* Nothing is delivered for longer than the patience, and nothing is ready: as with a timer. */
static void what_waits_for_a_timer_does_not_hang(void)
{
	const char *argv[] = { wg_build_path("wakegap-workload"), "sleep", "--timers", "2",
		"--every-ns", "300000000", "--wait", "condvar", "--patience-ns", "20000000", NULL };

	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

/* wakegap: the row says so, the others are compared, the status is 1. */
static void a_run_that_hangs_is_a_row_of_the_table(void)
{
	const char *table[] = { wg_build_path("wakegap"), "run", "storm", "--ops", "20",
		"--inflight", "1", "--wait", "forever,condvar", "--window", "20ms", "--patience",
		"200ms", NULL, NULL };
	char *out, *err;
	json_t *root, *runs;

	CU_ASSERT_EQUAL(wg_run(&out, &err, table), 1);
	CU_ASSERT(wg_has(err, "wakegap: forever: hangs: "));
	CU_ASSERT(wg_has(err, " of 20 operations delivered, 1 result is ready and nothing wakes "
			      "the loop; ended after 200ms without progress\n"));
	CU_ASSERT(wg_has(out, "\nforever        hangs  "));
	CU_ASSERT(wg_has(out, "of the runs that finished, all did the same: 20 operations"));
	CU_ASSERT(wg_has(out, "\nforever hangs; condvar slept "));
	free(out);
	free(err);
	/* Alone, too: a sleep without end is in no sum. */
	table[8] = "forever";
	CU_ASSERT_EQUAL(wg_run(&out, NULL, table), 1);
	CU_ASSERT(wg_has(out, "\nforever hangs\n"));
	CU_ASSERT_FALSE(wg_has(out, "no loop slept"));
	free(out);
	table[8] = "forever,condvar";
	table[13] = "--json";
	CU_ASSERT_EQUAL(wg_run(&out, NULL, table), 1);
	root = json_loads(out, 0, NULL);
	runs = json_object_get(root, "runs");
	CU_ASSERT(json_object_get(json_array_get(runs, 0), "hangs") != NULL);
	CU_ASSERT(json_object_get(json_array_get(runs, 0), "seconds") == NULL);
	CU_ASSERT(json_object_get(json_array_get(runs, 1), "hangs") == NULL);
	CU_ASSERT(json_object_get(json_array_get(runs, 1), "seconds") != NULL);
	json_decref(root);
	free(out);
}

/* The trace of a run that was ended is complete, and shows that the loop slept to the end. */
static void the_trace_of_a_hang_is_readable(void)
{
	const char *dir = wg_tmpdir(), *wakegap = wg_build_path("wakegap");
	const char *run[] = { wakegap, "run", "storm", "--inflight", "1", "--wait", "forever",
		"--window", "20ms", "--patience", "200ms", "--record", dir, NULL };
	char trace[300], *out;
	json_t *root, *loop;
	json_int_t done = 0, delivered = 0;

	if (access("/usr/bin/lttng-sessiond", X_OK) != 0) {
		wg_skip("lttng-sessiond is not installed");
		return;
	}
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, run), 1);
	(void)snprintf(trace, sizeof(trace), "%s/forever", dir);
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *const[]){ wakegap, "stats", "--json", trace, NULL }),
		0);
	root = json_loads(out, 0, NULL);
	loop = json_object_get(json_array_get(json_object_get(root, "traces"), 0), "loops");
	loop = json_array_get(loop, 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(loop, "stuck")), 1);
	CU_ASSERT_EQUAL(
		json_unpack(loop, "{s:{s:I, s:I}}", "ops", "done", &done, "delivered", &delivered),
		0);
	CU_ASSERT_EQUAL(done, delivered + 1);
	json_decref(root);
	free(out);
}

void suite_flawed(void)
{
	WG_TEST(the_trace_of_a_hang_is_readable);
	WG_TEST(a_notification_before_the_wait_is_lost);
	WG_TEST(a_notification_during_the_wait_wakes_up);
	WG_TEST(the_cap_ends_a_wait_for_ever);
	WG_TEST(a_loop_loses_what_comes_before_its_sleep);
	WG_TEST(a_lost_notification_is_a_late_wake_in_the_trace);
	WG_TEST(polling_faster_wakes_more_often_for_nothing);
	WG_TEST(the_library_has_none_of_them);
	WG_TEST(a_hang_is_ended_and_reported);
	WG_TEST(what_was_planned_is_said);
	WG_TEST(what_waits_for_a_timer_does_not_hang);
	WG_TEST(a_run_that_hangs_is_a_row_of_the_table);
}
