/*
 * test_measure.c: the measures M1..M7, each on traces of a few events written by hand.
 *
 * A trace is a string of steps, "100 wait" or "130 done 1", and what is expected of it a string of
 * figures, so that a case reads like the definition it checks.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/measure/measure.h"

struct example {
	const char *name;
	const char *steps;   /* "TIME EVENT [NUMBER]; ..." of loop 1 of process 7 */
	const char *figures; /* "NAME VALUE; ..." */
};

/* One step into an event. */
static bool parse_step(const char *step, struct wg_event *ret)
{
	struct wg_event ev = { .pid = 7, .tid = 7, .loop = 1, .procname = "prog" };
	char what[32] = "", arg[32] = "";
	int64_t at, timeout_ns = 0;

	if (sscanf(step, " %" SCNd64 " %31s %31s %" SCNd64, &at, what, arg, &timeout_ns) < 2)
		return false;
	ev.ts_ns = at;
	if (strcmp(what, "lost") == 0) {
		ev.type = WG_EV_LOST;
		ev.lost.begin_ns = at - 10;
		ev.lost.count = strtoull(arg, NULL, 10);
		*ret = ev;
		return true;
	}
	ev.type = wg_event_type_of(what);
	if (ev.type == WG_EV_WAKE)
		ev.wake.reason = wg_reason_of(arg);
	else if (ev.type == WG_EV_POLL)
		ev.poll.found = (uint32_t)strtoul(arg, NULL, 10);
	else if (ev.type == WG_EV_LOOP)
		ev.loop_.wait = "tick";
	else
		ev.op = strtoull(arg, NULL, 10);
	if (ev.type == WG_EV_NOTIFY)
		ev.notify.sent = ev.op != 0;
	if (ev.type == WG_EV_WAIT) {
		ev.wait.ready = (uint32_t)ev.op;
		ev.wait.timeout_ns = timeout_ns;
		ev.op = 0;
	}
	*ret = ev;
	return true;
}

static void feed_steps(struct wg_measure *m, const char *steps)
{
	char *text = strdup(steps), *save = NULL, *step;

	for (step = strtok_r(text, ";", &save); step; step = strtok_r(NULL, ";", &save)) {
		struct wg_event ev;

		if (!parse_step(step, &ev)) {
			CU_FAIL("a step that is none");
			break;
		}
		CU_ASSERT_EQUAL(wg_measure_feed(m, &ev), 0);
	}
	free(text);
}

static int64_t figure(const struct wg_measure *m, const char *name)
{
	static const struct wg_loop_stats none;
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);
	const struct {
		const char *name;
		int64_t value;
	} table[] = {
#define F(field) { #field, (int64_t)(s ? s : &none)->field }
		F(submitted),
		F(started),
		F(done),
		F(delivered),
		F(waits),
		F(unclosed_waits),
		F(asleep_ns),
		F(empty_wakes),
		F(late_wakes),
		F(stuck),
		F(stuck_results),
		F(stuck_ns),
		F(ready_at_end),
		{ "life_ns", wg_measure_life_ns(m, 0) },
		F(polls),
		F(empty_polls),
		F(wasted_ns),
		F(working_ns),
		F(gap.count),
		F(gap.min),
		F(gap.max),
		F(service.count),
		F(notifies_sent),
		F(notifies_coalesced),
		{ "timeout", (int64_t)(s ? s : &none)->wakes[WG_REASON_TIMEOUT] },
		{ "notified", (int64_t)(s ? s : &none)->wakes[WG_REASON_NOTIFIED] },
		{ "spurious", (int64_t)(s ? s : &none)->wakes[WG_REASON_SPURIOUS] },
		{ "discarded", (int64_t)wg_measure_discarded(m) },
		{ "events", (int64_t)wg_measure_events(m) },
#undef F
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, name) == 0)
			return table[i].value;
	}
	CU_FAIL("a figure that is none");
	return -1;
}

static void check_figures(const struct wg_measure *m, const struct example *e)
{
	char *text = strdup(e->figures), *save = NULL, *part;

	for (part = strtok_r(text, ";", &save); part; part = strtok_r(NULL, ";", &save)) {
		char name[32] = "";
		int64_t wanted = 0, got;

		CU_ASSERT_EQUAL(sscanf(part, " %31s %" SCNd64, name, &wanted), 2);
		got = figure(m, name);
		if (got != wanted)
			printf("  %s: %s is %" PRId64 ", not %" PRId64 "\n", e->name, name, got,
				wanted);
		CU_ASSERT_EQUAL(got, wanted);
	}
	free(text);
}

static void run_examples(const struct example *e, size_t count)
{
	for (; count > 0; count--, e++) {
		struct wg_measure *m = NULL;

		CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
		feed_steps(m, e->steps);
		wg_measure_finish(m);
		check_figures(m, e);
		wg_measure_destroy(m);
	}
}

#define RUN(table) run_examples(table, sizeof(table) / sizeof((table)[0]))

static void gaps(void)
{
	static const struct example table[] = {
		{ "done while asleep", "10 submit 1; 100 wait; 130 done 1; 200 wake timeout",
			"waits 1; asleep_ns 100; wasted_ns 70; gap.count 1; late_wakes 1; done 1" },
		{ "done before the wait", "50 done 1; 100 wait; 200 wake timeout",
			"asleep_ns 100; wasted_ns 100; gap.count 1; late_wakes 1" },
		{ "nothing ready", "100 wait; 200 wake timeout",
			"asleep_ns 100; wasted_ns 0; gap.count 0; late_wakes 0" },
		{ "the earliest counts", "100 wait; 120 done 2; 150 done 1; 200 wake notified",
			"wasted_ns 80; gap.count 1; late_wakes 0" },
		{ "delivered before the wait",
			"50 done 1; 60 deliver 1; 100 wait; 200 wake timeout",
			"wasted_ns 0; gap.count 0; late_wakes 0; delivered 1" },
		{ "taken by another thread while asleep",
			"100 wait; 120 done 1; 150 deliver 1; 200 wake timeout",
			"wasted_ns 80; gap.count 1; late_wakes 0" },
		{ "a result in two waits",
			"100 wait; 150 done 1; 200 wake spurious; 210 wait; 250 wake timeout; 260 "
			"deliver 1",
			"gap.count 2; wasted_ns 90; gap.min 40; gap.max 50; late_wakes 1; spurious "
			"1" },
		{ "in the nanosecond of the wake", "100 wait; 200 done 1; 200 wake notified",
			"gap.count 0; wasted_ns 0" },
		{ "ready, and back at once", "50 done 1; 100 wait; 100 wake ready",
			"gap.count 1; gap.max 0; wasted_ns 0; asleep_ns 0" },
		{ "the second of two was delivered",
			"10 done 1; 20 done 2; 30 deliver 2; 100 wait; 140 wake ready",
			"gap.count 1; wasted_ns 40" },
		{ "the first of two was delivered",
			"10 done 1; 20 done 2; 30 deliver 1; 35 deliver 2; 100 wait; 140 wake "
			"ready",
			"gap.count 0" },
	};
	RUN(table);
}

static void empty_wakes(void)
{
	static const struct example table[] = {
		{ "nothing until the next wait", "10 wait; 20 wake timeout; 30 wait",
			"empty_wakes 1; waits 2" },
		{ "polled nothing", "10 wait; 20 wake timeout; 25 poll 0; 30 wait",
			"empty_wakes 1; empty_polls 1; polls 1" },
		{ "polled something", "10 wait; 20 wake timeout; 25 poll 1; 30 wait",
			"empty_wakes 0" },
		{ "delivered", "10 wait; 20 wake notified; 25 deliver 1; 30 wait",
			"empty_wakes 0" },
		{ "nothing, then something",
			"10 wait; 20 wake ready; 22 poll 0; 25 poll 2; 30 wait", "empty_wakes 0" },
		{ "spurious is counted apart", "10 wait; 20 wake spurious; 25 poll 0; 30 wait",
			"empty_wakes 0; spurious 1" },
		{ "so is interrupted", "10 wait; 20 wake interrupted; 25 poll 0; 30 wait",
			"empty_wakes 0" },
		{ "at the end it looked", "10 wait; 20 wake notified; 25 poll 0", "empty_wakes 1" },
		{ "at the end it did not look", "10 wait; 20 wake notified", "empty_wakes 0" },
		{ "each wake for itself",
			"10 wait; 20 wake timeout; 30 wait; 40 wake timeout; 45 poll 1; 50 wait",
			"empty_wakes 1; timeout 2" },
	};
	RUN(table);
}

static void stuck(void)
{
	static const struct example table[] = {
		{ "asleep with a result", "10 wait; 30 done 1; 90 submit 2",
			"stuck 1; stuck_results 1; stuck_ns 60; asleep_ns 0; wasted_ns 0; "
			"gap.count 0" },
		{ "ready before it slept", "5 done 1; 6 done 2; 10 wait; 100 submit 3",
			"stuck 1; stuck_results 2; stuck_ns 90" },
		{ "asleep with nothing", "10 wait; 90 submit 2", "stuck 0; stuck_ns 0" },
		{ "awake with a result", "10 wait; 30 done 1; 40 wake notified; 90 submit 2",
			"stuck 0" },
		{ "asleep, all delivered", "5 done 1; 6 deliver 1; 10 wait; 90 submit 2",
			"stuck 0" },
		{ "a hole in its sleep", "10 wait; 30 done 1; 90 lost 1", "stuck 0; stuck_ns 0" },
		{ "a hole before it", "5 lost 1; 10 wait; 30 done 1; 90 submit 2",
			"stuck 1; stuck_ns 60" },
		{ "its timeout is to come", "10 wait 0 50; 30 done 1; 31 done 2; 59 submit 3",
			"stuck 0; stuck_results 0; stuck_ns 0; ready_at_end 2; gap.count 0" },
		{ "it has just passed", "10 wait 0 50; 30 done 1; 60 submit 2",
			"stuck 1; stuck_results 1; stuck_ns 30; ready_at_end 0" },
		{ "it has passed", "5 done 1; 10 wait 0 50; 61 submit 2", "stuck 1; stuck_ns 51" },
		{ "it has none", "10 wait 0 -1; 30 done 1", "stuck 1; ready_at_end 0" },
		{ "the longest", "10 wait 0 9223372036854775807; 30 done 1", "stuck 0" },
		{ "to come, in a hole", "10 wait 0 50; 30 done 1; 40 lost 1", "ready_at_end 0" },
		{ "to come, with nothing", "10 wait 0 50", "stuck 0; ready_at_end 0" },
	};
	RUN(table);
}

static void traces_that_are_not_whole(void)
{
	static const struct example table[] = {
		{ "a wake without its wait", "10 submit 1; 20 done 1; 30 wake timeout",
			"waits 0; timeout 1; late_wakes 1; asleep_ns 0; gap.count 0" },
		{ "a wait without its wake", "10 wait; 15 done 1; 50 wait; 80 wake timeout",
			"waits 2; unclosed_waits 1; asleep_ns 30; gap.count 1; wasted_ns 30" },
		{ "deliver before done",
			"5 submit 1; 10 deliver 1; 11 done 1; 20 wait; 30 wake timeout",
			"gap.count 0; done 1; delivered 1; late_wakes 0" },
		{ "deliver of an unknown operation", "10 deliver 9; 20 wait; 30 wake timeout",
			"delivered 1; gap.count 0" },
		{ "done without submit", "20 wait; 25 done 9; 30 wake timeout",
			"submitted 0; done 1; gap.count 1; wasted_ns 5" },
		{ "done twice",
			"20 wait; 25 done 9; 27 done 9; 30 wake timeout; 31 deliver 9; 40 wait",
			"gap.count 1; wasted_ns 5; done 2; stuck 0" },
		{ "an id that comes again, without submits",
			"5 done 9; 6 deliver 9; 20 wait; 25 done 9; 30 wake timeout; 31 deliver 9",
			"gap.count 1; wasted_ns 5; late_wakes 1; done 2; delivered 2" },
		{ "an id that comes again while its first result is ready",
			"1 submit 9; 2 done 9; 3 submit 9; 20 wait; 30 wake timeout",
			"gap.count 0; submitted 2; late_wakes 0" },
		{ "discarded events are counted", "10 wait; 20 lost 7; 30 wake timeout; 40 lost 0",
			"discarded 8; events 2; asleep_ns 20" },
		{ "a deliver that was lost: the loop says nothing is ready",
			"10 done 1; 30 lost 3; 40 wait 0; 50 wake timeout",
			"gap.count 0; late_wakes 0" },
		{ "a hole, and it is still ready",
			"10 done 1; 30 lost 3; 40 wait 1; 50 wake timeout",
			"gap.count 1; wasted_ns 10" },
		{ "without a hole the count of the program is not used",
			"10 done 1; 40 wait 0; 50 wake timeout", "gap.count 1" },
		{ "ready after the hole", "10 lost 3; 20 done 1; 40 wait 0; 50 wake timeout",
			"gap.count 1" },
		{ "no event at all", "", "events 0; discarded 0" },
	};
	RUN(table);
}

static void work_and_notifies(void)
{
	static const struct example table[] = {
		{ "service",
			"10 submit 1; 20 start 1; 50 done 1; 60 submit 2; 61 start 2; 71 done 2",
			"working_ns 40; service.count 2; submitted 2; started 2; done 2" },
		{ "done without start", "10 submit 1; 50 done 1", "working_ns 0; service.count 0" },
		{ "sent and coalesced", "10 notify 1; 11 notify 2; 12 notify 0",
			"notifies_sent 2; notifies_coalesced 1" },
	};
	RUN(table);
}

static void percentiles_are_nearest_rank(void)
{
	static const struct {
		size_t n; /* samples 1..n, given backwards */
		int64_t p50, p90, p99, p999;
	} table[] = {
		{ 1, 1, 1, 1, 1 },
		{ 2, 1, 2, 2, 2 },
		{ 3, 2, 3, 3, 3 },
		{ 10, 5, 9, 10, 10 },
		{ 100, 50, 90, 99, 100 },
		{ 101, 51, 91, 100, 101 },
		{ 1000, 500, 900, 990, 999 },
		{ 2500, 1250, 2250, 2475, 2498 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct wg_dist d = { 0 };

		for (k = table[i].n; k > 0; k--)
			CU_ASSERT_EQUAL(wg_dist_add(&d, (int64_t)k), 0);
		wg_dist_finish(&d);
		CU_ASSERT_EQUAL(d.min, 1);
		CU_ASSERT_EQUAL(d.max, (int64_t)table[i].n);
		CU_ASSERT_EQUAL(d.p50, table[i].p50);
		CU_ASSERT_EQUAL(d.p90, table[i].p90);
		CU_ASSERT_EQUAL(d.p99, table[i].p99);
		CU_ASSERT_EQUAL(d.p999, table[i].p999);
		CU_ASSERT_EQUAL(d.sum, (int64_t)(table[i].n * (table[i].n + 1) / 2));
		free(d.v);
	}
}

/* The same operation and loop ids in two processes are four things, not two. */
static void processes_do_not_mix(void)
{
	const struct wg_loop_stats *a, *b;
	struct wg_measure *m = NULL;
	struct wg_event ev;
	uint32_t pid;

	CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
	for (pid = 7; pid <= 8; pid++) {
		(void)parse_step(pid == 7 ? "10 done 1" : "20 wait", &ev);
		ev.pid = pid;
		CU_ASSERT_EQUAL(wg_measure_feed(m, &ev), 0);
	}
	(void)parse_step("30 wake timeout", &ev);
	ev.pid = 8;
	CU_ASSERT_EQUAL(wg_measure_feed(m, &ev), 0);
	wg_measure_finish(m);
	a = wg_measure_loop(m, 0);
	b = wg_measure_loop(m, 1);
	CU_ASSERT_PTR_NULL(wg_measure_loop(m, 2));
	CU_ASSERT_EQUAL(a->pid, 7);
	CU_ASSERT_EQUAL(a->done, 1);
	CU_ASSERT_EQUAL(b->gap.count, 0);
	CU_ASSERT_EQUAL(b->late_wakes, 0);
	CU_ASSERT_STRING_EQUAL(b->wait, "?");
	wg_measure_destroy(m);
}

struct seen {
	int intervals, open, late, empty;
	int64_t gap_begin_ns, empty_at_ns;
	uint64_t gap_op;
};

static void see_interval(void *user, const struct wg_interval *interval)
{
	struct seen *seen = user;

	seen->intervals++;
	seen->open += interval->open;
	seen->late += interval->late;
	if (interval->gap_begin_ns >= 0) {
		seen->gap_begin_ns = interval->gap_begin_ns;
		seen->gap_op = interval->gap_op;
	}
}

static void see_empty(void *user, size_t loop_idx, int64_t wake_ns)
{
	struct seen *seen = user;

	CU_ASSERT_EQUAL(loop_idx, 0);
	seen->empty++;
	seen->empty_at_ns = wake_ns;
}

static void hooks_see_what_is_counted(void)
{
	struct seen seen = { 0 };
	const struct wg_measure_hooks hooks = {
		.interval = see_interval, .empty_wake = see_empty, .user = &seen
	};
	struct wg_measure *m = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_measure_create(&hooks, &m), 0);
	feed_steps(m, "10 wait; 20 wake timeout; 30 wait; 35 done 5; 40 wake timeout; 41 poll 1;"
		      "42 deliver 5; 50 wait; 60 submit 6");
	wg_measure_finish(m);
	CU_ASSERT_EQUAL(seen.intervals, 3);
	CU_ASSERT_EQUAL(seen.open, 1);
	CU_ASSERT_EQUAL(seen.late, 1);
	CU_ASSERT_EQUAL(seen.empty, 1);
	CU_ASSERT_EQUAL(seen.empty_at_ns, 20);
	CU_ASSERT_EQUAL(seen.gap_begin_ns, 35);
	CU_ASSERT_EQUAL(seen.gap_op, 5);
	wg_measure_destroy(m);
}

static void a_life_ends_with_the_loop(void)
{
	struct wg_measure *m = NULL;
	const struct wg_event later = { .ts_ns = 1000, .type = WG_EV_POLL, .pid = 8, .loop = 1 };

	CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
	feed_steps(m, "100 loop; 110 wait; 130 wake timeout");
	CU_ASSERT_EQUAL(wg_measure_feed(m, &later), 0);
	CU_ASSERT_EQUAL(wg_measure_life_ns(m, 0), 30); /* another loop's event is not its life */
	feed_steps(m, "1010 wait");
	wg_measure_restart(m, 1100);
	wg_measure_cut(m, 1300);
	CU_ASSERT_EQUAL(wg_measure_life_ns(m, 0), 200); /* asleep in all of the window */
	CU_ASSERT_EQUAL(wg_measure_life_ns(m, 1), 0);	/* it ended before */
	wg_measure_destroy(m);
}

void suite_measure(void)
{
	WG_TEST(gaps);
	WG_TEST(empty_wakes);
	WG_TEST(stuck);
	WG_TEST(traces_that_are_not_whole);
	WG_TEST(work_and_notifies);
	WG_TEST(percentiles_are_nearest_rank);
	WG_TEST(processes_do_not_mix);
	WG_TEST(hooks_see_what_is_counted);
	WG_TEST(a_life_ends_with_the_loop);
}
