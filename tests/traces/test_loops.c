/*
 * test_loops.c: a pid and a loop id that are used twice are two loops, in everything that is
 * counted and drawn; and what is said of a loop that is asleep where the trace ends.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "traces/model/figures.h"
#include "traces/model/filter.h"

/* One operation that waits for the loop from `done` to the wake, at t + 40 to t + 60. */
static void one_read(struct fake *fake, int64_t t, uint32_t loop, uint64_t op)
{
	fake_submit(fake, t, loop, op);
	fake_wait(fake, t + 10, loop, -1, 0);
	fake_start(fake, t + 20, loop, op, 0);
	fake_done(fake, t + 40, loop, op);
	fake_notify(fake, t + 50, loop, op);
	fake_wake(fake, t + 60, loop, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, t + 70, loop, op);
}

static const struct wg_lane *loop_lane(const struct wg_trace *t, size_t loop_idx)
{
	size_t i;

	for (i = 0; i < t->lane_count; i++) {
		if (t->lanes[i].kind == WG_LANE_LOOP && t->lanes[i].loop_idx == loop_idx)
			return &t->lanes[i];
	}
	CU_FAIL_FATAL("no such lane");
	return NULL;
}

/* A program that execs itself: it numbers loops and operations from 1 again. */
static void a_second_loop_event_begins_a_loop(void)
{
	struct fake *fake = fake_create();
	const struct wg_loop_stats *a, *b;
	struct wg_trace *t;

	fake_loop(fake, 0, 1, "tick", 10);
	one_read(fake, 100, 1, 1);
	fake_loop(fake, 1000, 1, "eventfd", 0);
	one_read(fake, 1100, 1, 1);
	one_read(fake, 1200, 1, 2);
	t = fake_finish(fake, "exec");
	a = wg_measure_loop(t->measure, 0);
	b = wg_measure_loop(t->measure, 1);
	CU_ASSERT_FATAL(a && b && !wg_measure_loop(t->measure, 2));
	CU_ASSERT_STRING_EQUAL(a->wait, "tick");
	CU_ASSERT_STRING_EQUAL(b->wait, "eventfd");
	CU_ASSERT(a->pid == b->pid && a->loop == b->loop && a->who != b->who);
	CU_ASSERT(a->life == 1 && b->life == 2);
	CU_ASSERT_EQUAL(a->delivered, 1);
	CU_ASSERT_EQUAL(b->delivered, 2);
	CU_ASSERT_EQUAL(a->wasted_ns, 20);
	CU_ASSERT_EQUAL(b->wasted_ns, 40);
	CU_ASSERT_EQUAL(wg_measure_life_ns(t->measure, 0), 170);
	/* Each operation 1 is found by the number of its process. */
	CU_ASSERT_EQUAL(t->op_count, 3);
	CU_ASSERT_EQUAL(wg_trace_op_number(t, a->who, 1), 0);
	CU_ASSERT_EQUAL(wg_trace_op_number(t, b->who, 1), 1);
	CU_ASSERT_EQUAL(WG_OP(t, 0)->submit_ns, 100);
	CU_ASSERT_EQUAL(WG_OP(t, 1)->submit_ns, 1100);
	/* A worker of each, too: two lanes each. */
	CU_ASSERT_EQUAL(t->lane_count, 4);
	CU_ASSERT_STRING_EQUAL(loop_lane(t, 0)->name, "loop 1 tick");
	CU_ASSERT_STRING_EQUAL(loop_lane(t, 1)->name, "loop 1 eventfd");
	CU_ASSERT_EQUAL(WG_EVENT(t, 0)->who, a->who);
	CU_ASSERT_EQUAL(WG_EVENT(t, t->event_count - 1)->who, b->who);
	fake_trace_free(t);
}

/* What was open in the old loop ends when the new one begins, not at the end of the trace. */
static void what_is_open_ends_there(void)
{
	struct fake *fake = fake_create();
	const struct wg_loop_stats *a, *b;
	const struct wg_lane *lane;
	struct wg_trace *t;
	size_t i;

	fake_loop(fake, 0, 1, "tick", 10);
	fake_submit(fake, 100, 1, 1);
	fake_submit(fake, 110, 1, 2);
	fake_start(fake, 120, 1, 1, 0);
	fake_wait(fake, 130, 1, -1, 0);
	fake_done(fake, 200, 1, 1);
	fake_start(fake, 210, 1, 2, 0);
	fake_loop(fake, 1000, 1, "tick", 10);
	one_read(fake, 1100, 1, 1);
	fake_wait(fake, 1500, 1, -1, 0);
	fake_wake(fake, 9000, 1, WG_REASON_TIMEOUT, 0);
	t = fake_finish(fake, "killed");
	a = wg_measure_loop(t->measure, 0);
	b = wg_measure_loop(t->measure, 1);
	CU_ASSERT_FATAL(a && b);
	CU_ASSERT(a->stuck == 1 && a->stuck_ns == 800 && a->stuck_results == 1);
	CU_ASSERT(b->stuck == 0 && b->late_wakes == 0);
	CU_ASSERT_EQUAL(a->late_wakes, 0);
	CU_ASSERT_EQUAL(wg_measure_life_ns(t->measure, 0), 1000);
	lane = loop_lane(t, 0);
	CU_ASSERT_FATAL(lane->span_count > 0);
	CU_ASSERT_EQUAL(WG_SPAN(lane, lane->span_count - 1)->end_ns, 1000);
	CU_ASSERT_EQUAL(WG_SPAN(lane, lane->span_count - 1)->state, WG_SPAN_WASTED);
	CU_ASSERT(WG_SPAN(lane, lane->span_count - 1)->open);
	for (i = 0; i < t->lane_count; i++) {
		lane = &t->lanes[i];
		if (lane->kind == WG_LANE_WORKER && lane->who == a->who)
			CU_ASSERT_EQUAL(WG_SPAN(lane, lane->span_count - 1)->end_ns, 1000);
	}
	fake_trace_free(t);
}

/* All loops of the old image are gone, though only the first one's id has come back. */
static void the_other_loops_of_the_old_process_end_too(void)
{
	struct fake *fake = fake_create();
	struct wg_trace *t;

	fake_loop(fake, 0, 1, "tick", 10);
	fake_loop(fake, 5, 2, "tick", 10);
	fake_submit(fake, 10, 2, 1);
	fake_wait(fake, 20, 2, -1, 0);
	fake_done(fake, 30, 2, 1);
	fake_loop(fake, 1000, 1, "tick", 10);
	fake_loop(fake, 1010, 2, "tick", 10);
	one_read(fake, 1100, 1, 1);
	one_read(fake, 1200, 2, 2);
	t = fake_finish(fake, "two");
	CU_ASSERT_FATAL(wg_measure_loop(t->measure, 3) && !wg_measure_loop(t->measure, 4));
	CU_ASSERT_EQUAL(wg_measure_loop(t->measure, 1)->stuck_ns, 970);
	/* The second image is one process with two loops. */
	CU_ASSERT_EQUAL(wg_measure_loop(t->measure, 2)->who, wg_measure_loop(t->measure, 3)->who);
	CU_ASSERT_EQUAL(wg_measure_loop(t->measure, 3)->delivered, 1);
	fake_trace_free(t);
}

/* Ids should be unique in a process. If a runtime uses one again, its other loops go on. */
static void a_loop_that_is_heard_of_goes_on(void)
{
	struct fake *fake = fake_create();
	const struct wg_loop_stats *two;
	struct wg_trace *t;

	fake_loop(fake, 0, 1, "tick", 10);
	fake_loop(fake, 5, 2, "eventfd", 0);
	one_read(fake, 100, 2, 7);
	fake_submit(fake, 300, 2, 8);
	fake_wait(fake, 310, 2, -1, 0);
	fake_loop(fake, 400, 1, "tick", 10);
	fake_done(fake, 500, 2, 8);
	fake_wake(fake, 600, 2, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, 610, 2, 8);
	t = fake_finish(fake, "again");
	CU_ASSERT_FATAL(wg_measure_loop(t->measure, 2) && !wg_measure_loop(t->measure, 3));
	two = wg_measure_loop(t->measure, 1);
	CU_ASSERT(two->loop == 2 && two->delivered == 2 && two->submitted == 2);
	CU_ASSERT_EQUAL(two->wasted_ns, 120);
	CU_ASSERT_EQUAL(two->unclosed_waits, 0);
	fake_trace_free(t);
}

/* One that was there before the recording began has no `loop` event; a later one is another. */
static void a_loop_event_after_others_begins_a_loop(void)
{
	struct fake *fake = fake_create();
	struct wg_trace *t;

	one_read(fake, 100, 1, 40);
	fake_loop(fake, 1000, 1, "eventfd", 0);
	one_read(fake, 1100, 1, 1);
	t = fake_finish(fake, "late");
	CU_ASSERT_FATAL(wg_measure_loop(t->measure, 1) && !wg_measure_loop(t->measure, 2));
	CU_ASSERT_STRING_EQUAL(wg_measure_loop(t->measure, 0)->wait, "?");
	CU_ASSERT_STRING_EQUAL(wg_measure_loop(t->measure, 1)->wait, "eventfd");
	fake_trace_free(t);
}

/* Two pid namespaces, or no pids: the old one is not over. Its figures mean nothing, which is said.
 */
static void two_at_a_time_are_said(void)
{
	struct fake *fake = fake_create();
	struct wg_trace *t;
	char line[320] = "";

	fake_loop(fake, 0, 1, "tick", 10);
	fake_submit(fake, 10, 1, 1);
	fake_wait(fake, 20, 1, -1, 0);
	fake_loop(fake, 30, 1, "tick", 10);
	fake_wake(fake, 40, 1, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, 50, 1, 1);
	t = fake_finish(fake, "mixed");
	CU_ASSERT(wg_measure_mixed(t->measure, 0, line, sizeof(line)));
	CU_ASSERT(wg_has(line, "two processes with pid 4242 have a loop 1 at the same time"));
	CU_ASSERT_FALSE(wg_measure_mixed(t->measure, 1, line, sizeof(line)));
	fake_trace_free(t);

	fake = fake_create();
	fake_loop(fake, 0, 1, "tick", 10);
	one_read(fake, 100, 1, 1);
	fake_loop(fake, 1000, 1, "tick", 10);
	one_read(fake, 1100, 1, 1);
	t = fake_finish(fake, "exec");
	CU_ASSERT_FALSE(wg_measure_mixed(t->measure, 0, line, sizeof(line)));
	fake_trace_free(t);
}

/* A program of tests/data/emit becomes $D/prog, and the script records it to $D/t, with wakegap
 * from $B. NULL: it cannot be; a word has been said. */
static struct wg_trace *recorded(const char *name, const char *script)
{
	static const char compile[] =
		"cc -Icore/emit -o $D/prog tests/data/emit/$0.c $B/libwakegap-trace.a "
		"$(pkg-config --libs lttng-ust) && eval \"$1\"";
	char dir[256], build[256], path[300];
	struct wg_error err = { 0 };
	struct wg_trace *t = NULL;

#if defined(WG_UNDER_ASAN) || defined(WG_UNDER_TSAN)
	wg_skip("the library has a sanitizer, an ordinary program has none");
	return NULL;
#endif
	if (access("/usr/bin/lttng-sessiond", X_OK) < 0) {
		wg_skip("lttng-sessiond is not installed");
		return NULL;
	}
	(void)snprintf(dir, sizeof(dir), "D=%s", wg_tmpdir());
	(void)snprintf(build, sizeof(build), "B=%s", wg_build_path("."));
	(void)snprintf(path, sizeof(path), "%s/t", dir + 2);
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL,
				      (const char *const[]){ "env", dir, build, "sh", "-c", compile,
					      name, script, NULL }),
		0);
	CU_ASSERT_EQUAL_FATAL(wg_trace_load(path, &t, &err), 0);
	return t;
}

/* A real one, recorded: three images of one process, each with a loop 1. */
static void a_program_that_execs_itself(void)
{
	static const char *const name[] = { "first", "second", "third" };
	struct wg_trace *t = recorded("again", "$B/wakegap record -o $D/t -- $D/prog");
	uint32_t i;

	if (!t)
		return;
	for (i = 0; i < 3; i++) {
		const struct wg_loop_stats *s = wg_measure_loop(t->measure, i);

		CU_ASSERT_FATAL(s != NULL);
		CU_ASSERT_STRING_EQUAL(s->wait, name[i]);
		CU_ASSERT(s->loop == 1 && s->life == i + 1);
		CU_ASSERT_EQUAL(s->pid, wg_measure_loop(t->measure, 0)->pid);
		CU_ASSERT(s->submitted == i + 2 && s->done == i + 2 && s->delivered == i + 1);
		CU_ASSERT(s->stuck == 1 && s->stuck_results == 1 && s->late_wakes == 0);
	}
	CU_ASSERT_PTR_NULL(wg_measure_loop(t->measure, 3));
	CU_ASSERT_EQUAL(t->op_count, 9);
	CU_ASSERT_EQUAL(t->note_count, 0);
	wg_trace_free(t);
}

/* A loop that hangs is silent: it is asleep until recording ended. Of any other, the last event
 * counts. */
static void who_hangs_is_asleep_to_the_end(void)
{
	int hangs;

	for (hangs = 0; hangs < 2; hangs++) {
		struct fake *fake = fake_create();
		const struct wg_event *events;
		const struct wg_loop_stats *s;
		struct wg_measure *m;
		size_t i, count;

		fake_loop(fake, 0, 1, "forever", 0);
		fake_submit(fake, 10, 1, 1);
		fake_wait(fake, 20, 1, -1, 0);
		fake_done(fake, 30, 1, 1);
		if (!hangs)
			fake_wake(fake, 40, 1, WG_REASON_NOTIFIED, 1);
		CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
		count = fake_events(fake, &events);
		for (i = 0; i < count; i++)
			CU_ASSERT_EQUAL(wg_measure_feed(m, &events[i]), 0);
		wg_measure_recorded(m, events[0].ts_ns + 5000);
		wg_measure_finish(m);
		s = wg_measure_loop(m, 0);
		CU_ASSERT_EQUAL(s->stuck, hangs ? 1 : 0);
		CU_ASSERT_EQUAL(s->stuck_ns, hangs ? 4970 : 0);
		CU_ASSERT_EQUAL(wg_measure_end_ns(m) - events[0].ts_ns, hangs ? 5000 : 40);
		wg_measure_destroy(m);
		fake_destroy(fake);
	}
}

static size_t stuck_waits(const struct wg_trace *t)
{
	struct wg_filter filter;
	struct wg_found found;
	char why[8];

	CU_ASSERT_EQUAL_FATAL(wg_filter_parse("stuck", &filter, why, sizeof(why)), 0);
	(void)wg_filter_next(&filter, t, INT64_MIN, true, &found);
	return found.count;
}

/* What each command says of that trace. */
static void all_say_stuck(const char *dir, bool stuck)
{
	static const struct {
		const char *command, *yes, *no;
	} said[] = {
		{ "stats --by=loop", "stuck: asleep for", "1 result ready, not stuck" },
		{ "check --max-stuck=0", "stuck: 1 > 0", "ok: 1 bound" },
		{ "view --frame=100x20", "tick is stuck", "tick slept" },
		{ "export --format=html -o -", ": 1 stuck, then all 1 gap<", ": all 1 gap<" },
	};
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		char *out = NULL, line[256];

		(void)snprintf(line, sizeof(line), "\"$0\" %s \"$1\"", said[i].command);
		CU_ASSERT_EQUAL(wg_run(&out, NULL,
					(const char *const[]){ "sh", "-c", line,
						wg_build_path("wakegap"), dir, NULL }),
			i == 1 && stuck);
		CU_ASSERT(wg_has(out, stuck ? said[i].yes : said[i].no));
		CU_ASSERT(!wg_has(out, stuck ? said[i].no : said[i].yes));
		free(out);
	}
}

/* Where a recording is cut, a loop with a tick is asleep beside a result. That is no hang. */
static void a_timeout_to_come_ends_the_wait(void)
{
	static const struct {
		int64_t timeout_ns;
		bool stuck;
	} cases[] = { { 101, false }, { 100, true }, { 99, true }, { -1, true } };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *dir = wg_tmpdir();
		struct fake *fake = fake_create();
		struct wg_error err = { 0 };
		struct wg_figures f;
		struct wg_trace *t;

		fake_loop(fake, 0, 1, "tick", 100);
		one_read(fake, 1000, 1, 1);
		fake_submit(fake, 2000, 1, 2);
		fake_wait(fake, 2010, 1, cases[i].timeout_ns, 0);
		fake_done(fake, 2050, 1, 2);
		fake_submit(fake, 2110, 1, 3);
		fake_write(fake, dir);
		all_say_stuck(dir, cases[i].stuck);
		CU_ASSERT_EQUAL_FATAL(wg_trace_load(dir, &t, &err), 0);
		CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, t), 0);
		CU_ASSERT_EQUAL(f.stuck, cases[i].stuck);
		CU_ASSERT_EQUAL(f.ready_at_end, !cases[i].stuck);
		CU_ASSERT_EQUAL(stuck_waits(t), cases[i].stuck);
		wg_trace_free(t);
	}
}

/* While it runs, now decides; at the end the last event does, since who was killed is silent, too.
 * In a schedule that hangs no clock helps. */
static void who_decides_that_a_timeout_has_passed(void)
{
	struct wg_event never = { .type = WG_EV_OTHER, .never_ends = { "poll", "for ever" } };
	int hangs;

	for (hangs = 0; hangs < 2; hangs++) {
		struct fake *fake = fake_create();
		const struct wg_event *events;
		struct wg_interval now;
		struct wg_measure *m;
		size_t i, count;

		fake_submit(fake, 10, 1, 1);
		fake_wait(fake, 20, 1, 100, 0);
		fake_done(fake, 30, 1, 1);
		CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
		count = fake_events(fake, &events);
		for (i = 0; i < count; i++)
			CU_ASSERT_EQUAL(wg_measure_feed(m, &events[i]), 0);
		never.ts_ns = events[0].ts_ns + 20;
		CU_ASSERT(!hangs || wg_measure_feed(m, &never) == 0);
		wg_measure_advance(m, events[0].ts_ns + 109);
		CU_ASSERT(wg_measure_open_wait(m, 0, &now) && now.stuck == hangs);
		wg_measure_advance(m, events[0].ts_ns + 110);
		CU_ASSERT(wg_measure_open_wait(m, 0, &now) && now.stuck);
		wg_measure_recorded(m, events[0].ts_ns + 5000);
		wg_measure_finish(m);
		CU_ASSERT_EQUAL(wg_measure_loop(m, 0)->stuck, (uint64_t)hangs);
		wg_measure_destroy(m);
		fake_destroy(fake);
	}
}

/* The same of a real one, which goes on. */
static void a_program_that_ticks_is_never_stuck(void)
{
	struct wg_trace *t = recorded("ticks", "$B/wakegap record --with lttng -o $D/t -- sh -c "
					       "'{ $D/prog & echo $! >$D/pid; } | head -c 1'; "
					       "kill $(cat $D/pid)");
	const struct wg_loop_stats *s;

	if (!t)
		return;
	s = wg_measure_loop(t->measure, 0);
	CU_ASSERT(s && s->late_wakes > 0 && s->stuck == 0);
	CU_ASSERT_EQUAL(stuck_waits(t), 0);
	wg_trace_free(t);
}

void suite_loops(void)
{
	WG_TEST(a_timeout_to_come_ends_the_wait);
	WG_TEST(who_decides_that_a_timeout_has_passed);
	WG_TEST(a_program_that_ticks_is_never_stuck);
	WG_TEST(who_hangs_is_asleep_to_the_end);
	WG_TEST(a_program_that_execs_itself);
	WG_TEST(two_at_a_time_are_said);
	WG_TEST(a_second_loop_event_begins_a_loop);
	WG_TEST(what_is_open_ends_there);
	WG_TEST(the_other_loops_of_the_old_process_end_too);
	WG_TEST(a_loop_that_is_heard_of_goes_on);
	WG_TEST(a_loop_event_after_others_begins_a_loop);
}
