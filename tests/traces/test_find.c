/*
 * test_find.c: searching, filtering, figures that lead to their events, findings with a cause.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "viz/app/app.h"
#include "viz/app/figure_rows.h"
#include "traces/measure/check.h"
#include "viz/app/findings.h"
#include "viz/app/script.h"

/* 20 reads by a ticking loop; each waits about 10 ms. */
static struct wg_trace *tick;

static struct wg_app opened(struct wg_trace *trace, const char *keys)
{
	const struct wg_trace *borrowed[1] = { trace };
	struct wg_app app;
	char bad[64] = "";

	CU_ASSERT_FATAL(wg_app_init(&app, borrowed, 1, 120, 40, false) == 0);
	CU_ASSERT_FATAL(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return app;
}

static struct wg_app opened_tick(const char *keys)
{
	if (!tick)
		tick = fake_reads("tick", 20, 4, 10000000);
	return opened(tick, keys);
}

/* A loop with notifies, two empty wakes and a late one, which is stuck at the end. */
static struct wg_trace *troubled(void)
{
	struct fake *fake = fake_create();

	fake_loop(fake, 0, 1, "condvar", 0);
	fake_submit(fake, 1000, 1, 1);
	fake_wait(fake, 2000, 1, 5000000, 0);
	fake_wake(fake, 5002000, 1, WG_REASON_TIMEOUT, 0); /* empty */
	fake_poll(fake, 5002100, 1, 0);
	fake_wait(fake, 5003000, 1, 5000000, 0);
	fake_start(fake, 5003500, 1, 1, 0);
	fake_done(fake, 6003000, 1, 1);
	fake_wake(fake, 10003000, 1, WG_REASON_TIMEOUT, 1); /* late: 4 ms */
	fake_deliver(fake, 10004000, 1, 1);
	fake_submit(fake, 10005000, 1, 2);
	fake_wait(fake, 10006000, 1, 5000000, 0);
	fake_start(fake, 10007000, 1, 2, 1);
	fake_done(fake, 10010000, 1, 2);
	fake_notify(fake, 10010100, 1, 2);
	fake_wake(fake, 10015000, 1, WG_REASON_NOTIFIED, 1); /* gap 5 us */
	fake_deliver(fake, 10016000, 1, 2);
	fake_wait(fake, 10017000, 1, -1, 0);
	fake_wake(fake, 10018000, 1, WG_REASON_NOTIFIED, 0); /* empty */
	fake_poll(fake, 10018100, 1, 0);
	fake_submit(fake, 10019000, 1, 3);
	fake_wait(fake, 10020000, 1, -1, 0);
	fake_done(fake, 10030000, 1, 3);
	fake_loop(fake, 20000000, 9, "spin", 0);
	return fake_finish(fake, "troubled");
}

/* ---- expressions ---- */

static size_t matches(const struct wg_trace *trace, const char *text)
{
	struct wg_filter filter;
	struct wg_found found;
	char why[120] = "";

	if (wg_filter_parse(text, &filter, why, sizeof(why)) < 0) {
		fprintf(stderr, "# %s: %s\n", text, why);
		return SIZE_MAX;
	}
	(void)wg_filter_next(&filter, trace, INT64_MIN, true, &found);
	return found.count;
}

static void expressions_find_what_they_say(void)
{
	struct wg_trace *t = troubled();

	CU_ASSERT(matches(t, "kind=read") == 3);
	CU_ASSERT(matches(t, "read") == 3);
	CU_ASSERT(matches(t, "kind=write|stat") == 0);
	CU_ASSERT(matches(t, "kind!=write") == 3);
	CU_ASSERT(matches(t, "op=2") == 1 && matches(t, "2") == 1);
	CU_ASSERT(matches(t, "op>=2") == 2 && matches(t, "op<2,op>0") == 1);
	CU_ASSERT(matches(t, "served>=1ms") == 0 && matches(t, "served>900us") == 1);
	CU_ASSERT(matches(t, "worker=1") == 1 && matches(t, "thread=100") == 1);
	CU_ASSERT(matches(t, "ready>1ms") == 1);
	CU_ASSERT(matches(t, "reason=timeout") == 2);
	CU_ASSERT(matches(t, "reason=timeout gap>1ms") == 1);
	CU_ASSERT(matches(t, "gap=5us") == 1);
	CU_ASSERT(matches(t, "empty") == 2 && matches(t, "late") == 1 && matches(t, "stuck") == 1);
	CU_ASSERT(matches(t, "empty,reason=notified") == 1);
	CU_ASSERT(matches(t, "wasted") == 3);
	CU_ASSERT(matches(t, "wasted,op=2") == 1); /* the result that waited */
	CU_ASSERT(matches(t, "event=notify") == 1 && matches(t, "event=wait|wake") == 9);
	CU_ASSERT(matches(t, "event=wake,reason=notified") == 2);
	CU_ASSERT(matches(t, "loop=9") == 0 && matches(t, "pid=4242") == 3);
	fake_trace_free(t);
}

static void refuses(const char *text, const char *part)
{
	struct wg_filter filter = { .count = 77 };
	char why[120] = "";

	CU_ASSERT(wg_filter_parse(text, &filter, why, sizeof(why)) == -EINVAL);
	CU_ASSERT(wg_has(why, part));
	CU_ASSERT(filter.count == 77); /* untouched */
}

static void mistakes_in_expressions_are_named(void)
{
	refuses("gap>1", "needs a unit");
	refuses("gapp>1ms", "no such name: 'gapp'; did you mean 'gap'?");
	refuses("reason=timout", "no such reason: 'timout'; did you mean 'timeout'?");
	refuses("ltae", "not understood: 'ltae'; did you mean 'late'?");
	refuses("kind=rread", "no such kind: 'rread'");
	refuses("reason=x", "no such reason");
	refuses("event=x", "no such event");
	refuses("kind>read", "either = or !=");
	refuses("op=x", "not a number");
	refuses("late=1", "takes no value");
	refuses("hello", "not understood");
	refuses("=3", "no such name");
	refuses("op!3", "not understood");
	refuses("op=1 op=1 op=1 op=1 op=1 op=1 op=1 op=1 op=1", "too many");
	refuses("kind=read kind=read kind=read kind=read kind=read kind=read kind=read kind=read "
		"kind=read kind=read",
		"too long");
}

static void search_goes_on_and_back(void)
{
	struct wg_app app = opened_tick("g / Type:kind=read,op>3 Enter");

	CU_ASSERT(app.panes[0].op && app.panes[0].op_id == 4);
	CU_ASSERT(wg_has(app.status, "1 of 17"));
	app = opened_tick("g / Type:op>3 Enter n n");
	CU_ASSERT(app.panes[0].op_id == 6);
	app = opened_tick("g / Type:op>3 Enter n n N");
	CU_ASSERT(app.panes[0].op_id == 5);
	app = opened_tick("G / Type:op=2 Enter"); /* behind us: from the beginning again */
	CU_ASSERT(app.panes[0].op_id == 2);
	app = opened_tick("/ Type:kind=write Enter");
	CU_ASSERT(wg_has(app.status, "no match"));
	app = opened_tick("/ Type:gapp Enter");
	CU_ASSERT(wg_has(app.status, "not understood"));
	app = opened_tick("n");
	CU_ASSERT(wg_has(app.status, "type / first"));
	app = opened_tick("/ Type:op=2x Backspace Enter / Enter");
	CU_ASSERT(app.panes[0].op && app.panes[0].op_id == 2);
	app = opened_tick("/ Type:op=2 Esc");
	CU_ASSERT(app.prompt.kind == WG_PROMPT_NONE && app.panes[0].op == 0);
}

static void keys_find_trouble(void)
{
	struct wg_trace *t = troubled();
	struct wg_app app = opened(t, "g e");
	int64_t origin = app.panes[0].origin_ns;

	CU_ASSERT(app.cursor_ns + origin == 5002000);
	app = opened(t, "g e e");
	CU_ASSERT(app.cursor_ns + origin == 10018000);
	app = opened(t, "g e e E");
	CU_ASSERT(app.cursor_ns + origin == 5002000);
	app = opened(t, "g d");
	CU_ASSERT(app.cursor_ns + origin == 6003000);
	app = opened(t, "!");
	CU_ASSERT(app.cursor_ns + origin == 10030000);
	app = opened(t, "W W");
	CU_ASSERT(app.cursor_ns + origin == 6003000); /* the stuck wait is longer */
	CU_ASSERT(wg_has(app.status, "2. longest"));
	app = opened(t, "W W W W");
	CU_ASSERT(wg_has(app.status, "no more"));
	fake_trace_free(t);
}

static void figures_lead_to_their_events(void)
{
	struct wg_app app = opened_tick("s");
	size_t i, row = 0, led = 0;
	char find[64];

	for (i = 0; i < wg_figure_row_count(); i++) {
		if (strcmp(wg_figure_row(i)->name, "  max") == 0)
			row = i;
		(void)wg_figure_row_find(find, sizeof(find), &app.panes[0].figures, i);
		if (!find[0])
			continue;
		/* Every figure that is not 0 can be found. */
		CU_ASSERT(matches(tick, find) > 0 && matches(tick, find) != SIZE_MAX);
		led++;
	}
	CU_ASSERT(led > 10);
	for (i = 0; i < row; i++)
		(void)wg_app_key(&app, 'j', 0);
	(void)wg_app_key(&app, '\n', 0);
	CU_ASSERT(app.view == WG_VIEW_LANES);
	CU_ASSERT(wg_has(app.status, "gap="));
	i = (size_t)app.cursor_ns;
	app = opened_tick("W");
	CU_ASSERT(app.cursor_ns == (int64_t)i);
}

static void the_filter_dims_and_lets_go(void)
{
	struct wg_app app = opened_tick("& Type:op=3 Enter");

	CU_ASSERT(app.filter.count == 1);
	(void)wg_app_key(&app, '&', 0);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "op=3"); /* to be changed, not typed again */
	app = opened_tick("& Type:op=3 Enter Esc");
	CU_ASSERT(app.filter.count == 0);
	app = opened_tick("& Type:op=3 Enter & Ctrl-U Enter");
	CU_ASSERT(app.filter.count == 0);
}

/* ---- jumps, marks, history ---- */

static void jumps_understand_times_events_operations(void)
{
	struct wg_app app = opened_tick("t Type:1.5ms Enter");

	CU_ASSERT(app.cursor_ns == 1500000);
	app = opened_tick(": Type:1.5ms Enter t Type:+250us Enter");
	CU_ASSERT(app.cursor_ns == 1750000);
	app = opened_tick("t Type:1ms Enter t Type:-250us Enter");
	CU_ASSERT(app.cursor_ns == 750000);
	app = opened_tick("t Type:100% Enter");
	CU_ASSERT(app.cursor_ns == app.end_ns);
	app = opened_tick("t Type:#3 Enter");
	CU_ASSERT(app.cursor_ns + app.panes[0].origin_ns == WG_EVENT(tick, 2)->ts_ns);
	app = opened_tick("t Type:op7 Enter");
	CU_ASSERT(app.panes[0].op && app.panes[0].op_id == 7);
	CU_ASSERT(app.cursor_ns + app.panes[0].origin_ns ==
		  wg_trace_submit_ns(tick, app.panes[0].op - 1));
	app = opened_tick("t Type:99d Enter");
	CU_ASSERT(wg_has(app.status, "not understood"));
	app = opened_tick("t Type:#0 Enter");
	CU_ASSERT(wg_has(app.status, "#1 to"));
	app = opened_tick("t Type:101% Enter");
	CU_ASSERT(wg_has(app.status, "percentage"));
	app = opened_tick("t Type:999999s Enter"); /* clipped to the trace */
	CU_ASSERT(app.cursor_ns == app.end_ns);
}

static void zooms_and_jumps_are_undone(void)
{
	struct wg_app app = opened_tick("w w w z"), back;

	back = opened_tick("w w w z + + W u u u");
	CU_ASSERT(back.scale.step_ns == app.scale.step_ns);
	CU_ASSERT(back.scale.from_ns == app.scale.from_ns);
	CU_ASSERT(back.cursor_ns == app.cursor_ns);
	app = opened_tick("w w w z + + W");
	back = opened_tick("w w w z + + W u u u U U U");
	CU_ASSERT(back.scale.step_ns == app.scale.step_ns && back.cursor_ns == app.cursor_ns);
	app = opened_tick("u");
	CU_ASSERT(wg_has(app.status, "nothing to go back to"));
	app = opened_tick("w u U U");
	CU_ASSERT(wg_has(app.status, "nothing to go forward to"));
}

static void history_forgets_the_oldest(void)
{
	struct wg_app app = opened_tick("g");
	int i, n = 0;

	for (i = 0; i < 500; i++)
		(void)wg_app_key(&app, i % 2 ? '-' : '+', 0);
	while (n < 500) {
		(void)wg_app_key(&app, 'u', 0);
		if (app.status[0])
			break;
		n++;
	}
	CU_ASSERT(n == WG_HISTORY_MAX);
}

static void marks_measure(void)
{
	struct wg_app app = opened_tick("t Type:1ms Enter 1 t Type:31ms Enter 2 Z");

	CU_ASSERT(app.mark_ns[0] == 1000000 && app.mark_ns[1] == 31000000);
	CU_ASSERT(wg_scale_col(&app.scale, 1000000) >= 0);
	CU_ASSERT(wg_scale_col(&app.scale, 31000000) < app.scale.cols);
	app = opened_tick("1 1");
	CU_ASSERT(app.mark_ns[0] == WG_NO_TIME);
	app = opened_tick("Z");
	CU_ASSERT(wg_has(app.status, "set marks"));
}

/* ---- findings ---- */

static bool finds(const struct wg_trace *trace, const char *part)
{
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t n = wg_findings(trace, findings, WG_FINDINGS_MAX), i;

	for (i = 0; i < n; i++) {
		if (wg_has(findings[i].text, part))
			return true;
	}
	return false;
}

static void findings_name_the_cause(void)
{
	struct wg_trace *t = troubled();
	struct wg_app app = opened_tick("i Enter");

	CU_ASSERT(finds(tick, "20 results waited"));
	CU_ASSERT(finds(tick, "no notify in this trace"));
	CU_ASSERT(app.view == WG_VIEW_LANES && wg_has(app.status, "late: 1 of 20"));
	CU_ASSERT(finds(t, "asleep to the end of the trace"));
	CU_ASSERT(finds(t, "1 late wake, 4.00 ms wasted"));
	CU_ASSERT(!finds(t, "no notify in this trace"));
	CU_ASSERT(finds(t, "1 wake by timeout found nothing"));
	CU_ASSERT(finds(t, "1 wake by a notify found nothing"));
	app = opened(t, "i Enter"); /* the worst comes first */
	CU_ASSERT(wg_has(app.status, "stuck"));
	fake_trace_free(t);
	t = fake_reads("eventfd", 5, 2, 0);
	CU_ASSERT(finds(t, "5 notifies woke it in"));
	fake_trace_free(t);
}

/* Without poll and deliver every wake would look empty. */
static void what_is_not_emitted_is_not_guessed(void)
{
	struct fake *fake = fake_create();
	struct wg_bounds bounds = { .is_set[WG_BOUND_EMPTY_WAKES] = true };
	struct wg_answer answer[WG_BOUND_COUNT];
	struct wg_figures figures;
	struct wg_trace *t;
	char text[400];
	int64_t i;

	fake_loop(fake, 0, 1, "theirs", 0);
	for (i = 0; i < 5; i++) {
		fake_wait(fake, i * 1000 + 10, 1, -1, 0);
		fake_wake(fake, i * 1000 + 500, 1, WG_REASON_NOTIFIED, 0);
	}
	fake_wait(fake, 5010, 1, -1, 0);
	t = fake_finish(fake, "theirs");
	CU_ASSERT(finds(t, "empty wakes are not observable: no poll events"));
	CU_ASSERT(!finds(t, "found nothing"));
	CU_ASSERT(!WG_WAIT(t, 0)->empty);
	CU_ASSERT_EQUAL(wg_figures_init(&figures, t), 0);
	CU_ASSERT(!wg_has(wg_verdict(text, sizeof(text), &figures, NULL, false), "empty wake"));
	CU_ASSERT_EQUAL(wg_check_loop(&bounds, wg_measure_loop(t->measure, 0), answer), 1);
	CU_ASSERT(!answer[0].is_broken);
	fake_trace_free(t);
}

/* Three results in two sleeps of 50 ms, by a loop that says its tick is 10 ms. */
static void findings_count_results_not_sleeps(void)
{
	const int64_t ms = 1000000;
	struct fake *fake = fake_create();
	struct wg_trace *t;
	uint64_t op;

	fake_loop(fake, 0, 1, "tick", 10 * ms);
	for (op = 1; op <= 3; op++)
		fake_submit(fake, 1000, 1, op);
	fake_wait(fake, 1 * ms, 1, 50 * ms, 0);
	fake_done(fake, 11 * ms, 1, 1);
	fake_done(fake, 21 * ms, 1, 2);
	fake_wake(fake, 51 * ms, 1, WG_REASON_TIMEOUT, 2);
	fake_deliver(fake, 51 * ms, 1, 1);
	fake_deliver(fake, 51 * ms, 1, 2);
	fake_wait(fake, 52 * ms, 1, 50 * ms, 0);
	fake_done(fake, 92 * ms, 1, 3);
	fake_wake(fake, 102 * ms, 1, WG_REASON_TIMEOUT, 1);
	fake_deliver(fake, 102 * ms, 1, 3);
	fake_wait(fake, 103 * ms, 1, 20 * ms, 0);
	fake_wake(fake, 123 * ms, 1, WG_REASON_TIMEOUT, 0);
	fake_poll(fake, 123 * ms, 1, 0);
	fake_wait(fake, 124 * ms, 1, 50 * ms, 0);
	t = fake_finish(fake, "tick");
	CU_ASSERT(finds(t, "3 results waited 80.0 ms in all for the tick of 50.0 ms"));
	CU_ASSERT(finds(t, "the loop polls every 20.0 ms while idle"));
	fake_trace_free(t);
}

static void all_done(void)
{
	fake_trace_free(tick);
	tick = NULL;
}

void suite_find(void)
{
	WG_TEST(expressions_find_what_they_say);
	WG_TEST(mistakes_in_expressions_are_named);
	WG_TEST(search_goes_on_and_back);
	WG_TEST(keys_find_trouble);
	WG_TEST(figures_lead_to_their_events);
	WG_TEST(the_filter_dims_and_lets_go);
	WG_TEST(jumps_understand_times_events_operations);
	WG_TEST(zooms_and_jumps_are_undone);
	WG_TEST(history_forgets_the_oldest);
	WG_TEST(marks_measure);
	WG_TEST(findings_name_the_cause);
	WG_TEST(findings_count_results_not_sleeps);
	WG_TEST(what_is_not_emitted_is_not_guessed);
	WG_TEST(all_done);
}
