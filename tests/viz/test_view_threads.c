/*
 * test_view_threads.c: threads on the screen: lanes by the cause of each sleep, who woke whom, what
 * is at the cursor, findings and keys. Goldens as in test_view.c.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "viz/app/app.h"
#include "viz/app/findings.h"
#include "viz/app/script.h"
#include "viz/app/thread_words.h"
#include "viz/app/words.h"

static void golden(const char *name, int cols, int rows, bool ascii, const char *keys)
{
	struct wg_trace *trace = fake_finish(fake_threads(), "threads");
	char *text = wg_screen_text(&trace, 1, cols, rows, ascii, keys);

	wg_golden_compare(name, text);
	free(text);
	fake_trace_free(trace);
}

static void each_thread_has_a_row(void)
{
	golden("view-threads-80x24.txt", 80, 24, false, "");
	golden("view-threads-120x40.txt", 120, 40, false, "j");
	golden("view-threads-ascii.txt", 80, 24, true, "j j");
	golden("view-threads-40x10.txt", 40, 10, false, "");
}

static void a_notify_points_to_whom_it_woke(void)
{
	golden("view-threads-pair.txt", 80, 24, false, "j j W W z");
	golden("view-threads-findings.txt", 80, 24, false, "i");
	golden("view-threads-figures.txt", 80, 24, false, "s");
	golden("view-threads-marks.txt", 80, 24, false, "1 + 5 l l l l l l l l l l l l l 2");
}

static void two_traces_and_other_kinds(void)
{
	struct wg_trace *traces[2] = { fake_finish(fake_threads(), "before"),
		fake_finish(fake_threads(), "after") };
	char *text = wg_screen_text(traces, 2, 80, 30, false, "");

	wg_golden_compare("view-threads-two.txt", text);
	free(text);
	fake_trace_free(traces[1]);
	traces[1] = fake_reads("tick", 20, 2, 10000000);
	text = wg_screen_text(traces, 2, 100, 36, false, "");
	wg_golden_compare("view-threads-loop.txt", text);
	free(text);
	fake_trace_free(traces[0]);
	fake_trace_free(traces[1]);
}

/* ---- keys ---- */

static struct wg_app opened(const struct wg_trace *trace, const char *keys)
{
	struct wg_app app;
	char bad[64] = "";

	CU_ASSERT_FATAL(wg_app_init(&app, &trace, 1, 80, 24, false) == 0);
	CU_ASSERT_FATAL(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return app;
}

/* Where a key leads: the chosen thread and the time, from the beginning of the trace. */
static void keys_find_what_threads_wasted(void)
{
	static const struct {
		const char *keys;
		uint32_t tid;
		int64_t us;
	} ways[] = {
		{ "w", 812, 569000 },	  /* notified, and late */
		{ "w w", 813, 600000 },	  /* notified */
		{ "w w b", 812, 569000 }, /* back */
		{ "W", 812, 569000 },	  /* the longest */
		{ "W W", 813, 600000 }, { "d", 812, 569000 }, { "i j Enter", 814, 0 },
		{ "i j Enter n n", 814, 41000 }, { "e", 814, 20000 }, /* an empty wake */
		{ "w w Enter", 900, 600000 },			      /* who woke it */
		{ "/ Type:in=lock Enter", 815, 520000 }, { "/ Type:by=812 Enter", 813, 1000 },
		{ "i Enter", 815, 500000 }, /* a finding's first wait */
	};
	struct wg_trace *trace = fake_finish(fake_threads(), "threads");
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct wg_app app = opened(trace, ways[i].keys);
		int64_t t = app.cursor_ns + app.panes[0].origin_ns - 1000000000;

		if (trace->lanes[app.panes[0].lane].tid != ways[i].tid || t != ways[i].us * 1000)
			fprintf(stderr, "# %s: thread %u at %lld ns\n", ways[i].keys,
				trace->lanes[app.panes[0].lane].tid, (long long)t);
		CU_ASSERT(trace->lanes[app.panes[0].lane].tid == ways[i].tid);
		CU_ASSERT(t == ways[i].us * 1000);
		CU_ASSERT(app.view == WG_VIEW_LANES);
	}
	fake_trace_free(trace);
}

static void findings_are_those_of_stats(void)
{
	struct wg_trace *trace = fake_finish(fake_threads(), "threads");
	struct wg_finding findings[WG_FINDINGS_MAX];
	struct wg_thread_finding *said;
	size_t n = wg_findings(trace, findings, WG_FINDINGS_MAX), count, i;

	CU_ASSERT_FATAL(wg_thread_findings(trace->threads, &said, &count) == 0);
	CU_ASSERT_FATAL(n == count && n > 4);
	for (i = 0; i < n; i++) {
		CU_ASSERT_STRING_EQUAL(findings[i].text, said[i].text);
		CU_ASSERT((strstr(findings[i].text, "spins") != NULL) ==
			  (findings[i].severity == 2 && findings[i].tid == 815));
	}
	wg_thread_findings_free(said, count);
	CU_ASSERT(wg_findings(trace, findings, 2) == 2);
	fake_trace_free(trace);
}

/* Names come from the trace: nothing in them reaches the terminal. */
static void names_are_harmless(void)
{
	struct fake *fake = fake_create();
	struct wg_event ev = { .ts_ns = 5,
		.type = WG_EV_OTHER,
		.record = WG_RECORD_WAIT,
		.pid = 1,
		.tid = 2,
		.procname = "\x1b[2Jbad" };
	struct wg_trace *trace;
	char *text;

	ev.thread_wait.timeout_ns = WG_FOR_EVER;
	fake_event(fake, &ev);
	ev.ts_ns = 1000;
	ev.record = WG_RECORD_WAKE;
	ev.thread_wake.by_call = "\x1b]0;x\a";
	ev.thread_wake.by_tid = 77;
	ev.thread_wake.certainty = WG_CERTAINTY_LIKELY;
	ev.thread_wake.waking_ns = 900;
	fake_event(fake, &ev);
	trace = fake_finish(fake, "bad");
	text = wg_screen_text(&trace, 1, 80, 24, false, "l");
	CU_ASSERT(
		!strchr(text, '\x1b') && !strchr(text, '\a') && wg_has(text, "woken by thread 77"));
	free(text);
	fake_trace_free(trace);
}

/* A thread waits very often; once it wakes another, past one in between. */
static struct wg_trace *one_pair_of_many_waits(int64_t waits)
{
	struct fake *fake = fake_create();
	struct wg_event ev = { .type = WG_EV_OTHER, .pid = 1, .procname = "many", .op = 1 };
	int64_t i;

	for (i = 0; i < waits; i++) {
		ev.tid = i < 3 ? (uint32_t)i + 1 : 1;
		ev.ts_ns = i * 1000;
		ev.record = WG_RECORD_WAIT;
		ev.thread_wait.timeout_ns = WG_FOR_EVER;
		ev.thread_wait.how = WG_IN_POLL;
		fake_event(fake, &ev);
		if (ev.tid != 1)
			continue; /* they sleep on */
		ev.ts_ns += 500;
		ev.record = WG_RECORD_WAKE;
		ev.thread_wake.reason = WG_REASON_READY;
		ev.thread_wake.waking_ns = ev.thread_wake.oncpu_ns = WG_NOT_OBSERVABLE;
		ev.thread_wake.by_call = "";
		ev.thread_wake.by_tid = 0;
		ev.thread_wake.certainty = WG_CERTAINTY_NONE;
		fake_event(fake, &ev);
		if (i != waits - 20)
			continue;
		ev.tid = 3;
		ev.ts_ns += 100;
		ev.thread_wake.reason = WG_REASON_NOTIFIED;
		ev.thread_wake.waking_ns = ev.ts_ns - 50;
		ev.thread_wake.by_tid = 1;
		ev.thread_wake.certainty = WG_CERTAINTY_EXACT;
		fake_event(fake, &ev);
	}
	return fake_finish(fake, "many");
}

/* Is a pair drawn, past the lane in between? */
static bool has_pair(int64_t waits, const char *keys)
{
	struct wg_trace *trace = one_pair_of_many_waits(waits);
	char *text = wg_screen_text(&trace, 1, 80, 24, false, keys);
	bool has = wg_has(text, "│");

	free(text);
	fake_trace_free(trace);
	return has;
}

/* The wait of the pair begins before what is in sight. */
static void a_long_trace_is_not_searched_for_pairs(void)
{
	CU_ASSERT(has_pair(19000, ""));
	CU_ASSERT(!has_pair(21000, ""));
	CU_ASSERT(has_pair(21000, "End + + + + + + + + +"));
}

void suite_view_threads(void)
{
	WG_TEST(each_thread_has_a_row);
	WG_TEST(a_notify_points_to_whom_it_woke);
	WG_TEST(two_traces_and_other_kinds);
	WG_TEST(keys_find_what_threads_wasted);
	WG_TEST(findings_are_those_of_stats);
	WG_TEST(names_are_harmless);
	WG_TEST(a_long_trace_is_not_searched_for_pairs);
}
