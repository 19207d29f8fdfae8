/*
 * test_thread_lanes.c: threads in the model: their lanes, waits, classes and pairs; figures,
 * sentence and search; and the same in a model that grows and forgets.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/harness.h"
#include "traces/model/figures.h"
#include "traces/model/filter.h"
#include "traces/model/window.h"

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

static struct wg_trace *trace;

static void all_begin(void)
{
	trace = fake_finish(fake_threads(), "threads");
}

static const struct wg_lane *lane_of(const struct wg_trace *t, uint32_t tid)
{
	size_t i;

	for (i = 0; i < t->lane_count; i++) {
		if (t->lanes[i].tid == tid)
			return &t->lanes[i];
	}
	CU_FAIL_FATAL("no such lane");
	return NULL;
}

/* The n-th wait of a thread. */
#define wait_of(t, tid, n) WG_WAIT(t, number_of_wait(t, tid, n))

static size_t number_of_wait(const struct wg_trace *t, uint32_t tid, size_t n)
{
	size_t i = wg_lane_first_wait(t, lane_of(t, tid));

	while (i && n--)
		i = WG_WAIT(t, i - 1)->next;
	CU_ASSERT_FATAL(i > 0);
	return i - 1;
}

static void each_thread_has_a_lane(void)
{
	static const struct {
		uint32_t pid, tid;
		const char *name;
	} lanes[] = { { 812, 812, "server 812" }, { 812, 814, "flusher 814" },
		{ 812, 813, "worker 813" }, { 812, 815, "eager 815" }, { 900, 900, "client 900" } };
	size_t i;

	CU_ASSERT_FATAL(trace->lane_count == 5 && trace->thread_count == 5);
	for (i = 0; i < 5; i++) {
		const struct wg_lane *lane = &trace->lanes[i];

		CU_ASSERT(lane->kind == WG_LANE_THREAD && lane->pid == lanes[i].pid &&
			  lane->tid == lanes[i].tid);
		CU_ASSERT_STRING_EQUAL(lane->name, lanes[i].name);
	}
	CU_ASSERT_STRING_EQUAL(wg_trace_process(trace, lane_of(trace, 813)->who), "server");
	CU_ASSERT_STRING_EQUAL(wg_trace_process(trace, lane_of(trace, 900)->who), "client");
	CU_ASSERT(lane_of(trace, 900)->span_count == 1); /* awake */
}

/* Spans lie in order, and a wait is one of its thread. */
static void spans_say_in_what_they_sleep(void)
{
	static const struct {
		uint32_t tid;
		enum wg_span_state state;
	} sleeps[] = { { 812, WG_SPAN_IN_FDS }, { 813, WG_SPAN_IN_COND }, { 814, WG_SPAN_IN_SLEEP },
		{ 815, WG_SPAN_IN_FDS } };
	size_t i, k;

	for (i = 0; i < sizeof(sleeps) / sizeof(sleeps[0]); i++) {
		const struct wg_lane *lane = lane_of(trace, sleeps[i].tid);

		CU_ASSERT_FATAL(lane->span_count > 2);
		CU_ASSERT(WG_SPAN(lane, 0)->state == sleeps[i].state);
		for (k = 0; k < lane->span_count; k++) {
			const struct wg_span *span = WG_SPAN(lane, k);

			CU_ASSERT(k == 0 || span->begin_ns >= WG_SPAN(lane, k - 1)->end_ns);
			CU_ASSERT(wg_span_is_asleep(span->state) ==
				  (span->wait && span->state != WG_SPAN_WASTED));
			CU_ASSERT(!span->wait || &trace->lanes[wg_wait_lane(trace,
							 WG_WAIT(trace, span->wait - 1))] == lane);
		}
	}
	CU_ASSERT(wait_of(trace, 815, 12)->how == WG_IN_LOCK);
	/* It sleeps to the end, and no gap is known of that. */
	CU_ASSERT(wait_of(trace, 813, 2)->interval.open);
	CU_ASSERT(wait_of(trace, 813, 2)->interval.wake_ns == trace->end_ns);
}

static void each_wake_has_its_class(void)
{
	size_t i;

	for (i = 0; i < 10; i++) {
		const struct wg_wait_rec *rec = wait_of(trace, 812, i);

		CU_ASSERT(rec->class == (i == 2		 ? WG_CLASS_TIMER_ACTED
						: i == 5 ? WG_CLASS_LATE
							 : WG_CLASS_TIMER_EMPTY));
		CU_ASSERT(rec->empty == (i != 2 && i != 5));
		CU_ASSERT(rec->interval.timeout_ns == 100 * MS);
	}
	for (i = 0; i < 12; i++) {
		CU_ASSERT(wait_of(trace, 814, i)->class ==
			  (i < 11 ? WG_CLASS_TIMER_EMPTY : WG_CLASS_TIMER));
		CU_ASSERT(wait_of(trace, 815, i)->class == WG_CLASS_SPIN);
		CU_ASSERT(wait_of(trace, 815, i)->empty);
	}
	CU_ASSERT(wait_of(trace, 815, 12)->class == WG_CLASS_LOCK);
	CU_ASSERT(wait_of(trace, 813, 0)->class == WG_CLASS_IDLE_WORKER);
	CU_ASSERT(wait_of(trace, 813, 1)->class == WG_CLASS_NOTIFIED);
}

static void gaps_begin_at_the_notify(void)
{
	const struct wg_wait_rec *late = wait_of(trace, 812, 5), *timed = wait_of(trace, 813, 1);

	CU_ASSERT(late->interval.late && late->interval.gap_begin_ns == S + 569 * MS);
	CU_ASSERT(timed->interval.gap_begin_ns == S + 600 * MS && !timed->interval.late);
	CU_ASSERT(wait_of(trace, 813, 0)->interval.gap_begin_ns == -1); /* an idle worker */
	CU_ASSERT(wait_of(trace, 814, 0)->interval.gap_begin_ns == -1);
}

static void pairs_name_the_notifier(void)
{
	struct wg_pair pair;

	CU_ASSERT_FATAL(wg_wait_pair(trace, wait_of(trace, 813, 0), &pair));
	CU_ASSERT(&trace->lanes[pair.from_lane] == lane_of(trace, 812));
	CU_ASSERT(pair.certainty == WG_CERTAINTY_EXACT);
	CU_ASSERT(pair.notify_ns == S + 299 * MS + 500000);
	CU_ASSERT_STRING_EQUAL(pair.call, "futex");
	CU_ASSERT_FATAL(wg_wait_pair(trace, wait_of(trace, 813, 1), &pair));
	CU_ASSERT(&trace->lanes[pair.from_lane] == lane_of(trace, 900) && pair.by_pid == 900);
	CU_ASSERT(pair.certainty == WG_CERTAINTY_LIKELY);
	CU_ASSERT(!wg_wait_pair(trace, wait_of(trace, 813, 2), &pair));
	CU_ASSERT(!wg_wait_pair(trace, wait_of(trace, 812, 0), &pair));
}

static void figures_add_threads_up(void)
{
	struct wg_figures f;
	char text[300];
	int64_t wasted = 0;
	size_t i, k;

	CU_ASSERT_FATAL(wg_figures_init(&f, trace) == 0);
	CU_ASSERT_STRING_EQUAL(f.strategy, "server+client");
	CU_ASSERT(f.loops == 0 && f.threads == 4 && f.waits == 39 && f.wakes == 37);
	CU_ASSERT(f.reasons[WG_REASON_TIMEOUT] == 22 && f.reasons[WG_REASON_READY] == 12);
	CU_ASSERT(f.empty_wakes == 8 + 11 + 12 && f.late_wakes == 1 && f.timer_wakes == 21);
	CU_ASSERT(f.gaps == 2);
	for (i = 0; i < trace->lane_count; i++) {
		for (k = 0; k < trace->lanes[i].span_count; k++) {
			const struct wg_span *span = WG_SPAN(&trace->lanes[i], k);

			wasted += span->state == WG_SPAN_WASTED ? span->end_ns - span->begin_ns : 0;
		}
	}
	CU_ASSERT(f.wasted_ns == wasted && wasted == 30 * MS + 200000);
	CU_ASSERT_STRING_EQUAL(wg_verdict(text, sizeof(text), &f, NULL, false),
		"server+client: 4 threads woke 37 times, 57 % by a timer, 31 for nothing, 1 late; "
		"a notify woke one in 40.0 us (p50)");
	CU_ASSERT(strncmp(wg_verdict(text, sizeof(text), &f, &f, false), "A (server+client): 4",
			  20) == 0);
	CU_ASSERT(strstr(text, "; B (server+client): 4 threads") != NULL);
}

/* What sees no system calls cannot say which wakes were empty: none is not the answer. */
static void what_followed_may_be_unknown(void)
{
	struct fake *fake = fake_threads(), *other = fake_create();
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i;
	struct wg_figures f;
	char why[64];
	struct wg_trace *t;

	for (i = 0; i < count; i++) {
		struct wg_event ev = events[i];

		if (ev.record == WG_RECORD_WAIT)
			ev.thread_wait.did = WG_DID_UNKNOWN;
		fake_event(other, &ev);
	}
	t = fake_finish(other, "unknown");
	CU_ASSERT_FATAL(wg_figures_init(&f, t) == 0);
	CU_ASSERT(f.empty_wakes == 0 && f.timer_wakes == 21);
	CU_ASSERT(wg_figures_unseen(why, sizeof(why), &f, WG_SEES_EMPTY_WAKES) != NULL);
	CU_ASSERT_FATAL(wg_figures_init(&f, trace) == 0);
	CU_ASSERT(!wg_figures_unseen(why, sizeof(why), &f, WG_SEES_EMPTY_WAKES));
	fake_trace_free(t);
	fake_destroy(fake);
}

static size_t matches(const char *text, size_t *ret_lane)
{
	struct wg_filter filter;
	struct wg_found found;
	char why[160] = "";

	if (wg_filter_parse(text, &filter, why, sizeof(why)) < 0) {
		fprintf(stderr, "# %s: %s\n", text, why);
		return SIZE_MAX;
	}
	(void)wg_filter_next(&filter, trace, INT64_MIN, true, &found);
	*ret_lane = found.lane;
	return found.count;
}

static void searches_find_threads(void)
{
	static const struct {
		const char *text;
		size_t count;
		uint32_t tid; /* of the first */
	} searches[] = {
		{ "late", 1, 812 },
		{ "empty", 31, 814 },
		{ "wasted", 2, 812 },
		{ "gap>1ms", 1, 812 },
		{ "in=cond", 3, 813 },
		{ "in=epoll|poll thread=815", 12, 815 },
		{ "in=lock", 1, 815 },
		{ "class=idle_worker|notified", 2, 813 },
		{ "class=spin", 12, 815 },
		{ "certainty=likely", 1, 813 },
		{ "by=900", 1, 813 },
		{ "by=812 certainty=exact", 1, 813 },
		{ "thread=814", 12, 814 },
		{ "pid=900", 0, 0 },
		{ "reason=ready", 12, 815 },
		{ "event=notify", 3, 812 },
		{ "event=notify thread=900", 2, 900 },
		{ "event=wake reason=timeout thread=814", 12, 814 },
		{ "wait>90ms in=epoll", 10, 812 },
		{ "stuck", 0, 0 },
		{ "kind=read", 0, 0 },
		{ "op=1", 0, 0 },
	};
	size_t i, lane;

	for (i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		size_t count = matches(searches[i].text, &lane);

		if (count != searches[i].count)
			fprintf(stderr, "# %s: %zu\n", searches[i].text, count);
		CU_ASSERT(count == searches[i].count);
		CU_ASSERT(!count || trace->lanes[lane].tid == searches[i].tid);
	}
}

static void mistakes_are_guessed(void)
{
	static const char *const mistakes[][2] = {
		{ "in=epol", "no such place to wait in: 'epol'; did you mean 'epoll'?" },
		{ "class=spinn", "no such class of wakes: 'spinn'; did you mean 'spin'?" },
		{ "certainty=exakt", "no such certainty: 'exakt'; did you mean 'exact'?" },
		{ "by=me", "not a number: 'me'" },
	};
	struct wg_filter filter;
	char why[160];
	size_t i;

	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		CU_ASSERT(wg_filter_parse(mistakes[i][0], &filter, why, sizeof(why)) < 0);
		CU_ASSERT_STRING_EQUAL(why, mistakes[i][1]);
	}
}

/* --- growing --- */

static void compare(const struct wg_trace *t, int64_t from_ns)
{
	size_t i, k = 0;

	CU_ASSERT_FATAL(t->lane_count == trace->lane_count);
	for (i = 0; i < t->lane_count; i++) {
		CU_ASSERT(t->lanes[i].tid == trace->lanes[i].tid);
		CU_ASSERT_STRING_EQUAL(t->lanes[i].name, trace->lanes[i].name);
	}
	for (i = 0; i < t->wait_count; i++) {
		const struct wg_wait_rec *a = WG_WAIT(t, i), *b;

		while (k < trace->wait_count &&
			(WG_WAIT(trace, k)->interval.wait_ns != a->interval.wait_ns ||
				WG_WAIT(trace, k)->interval.loop_idx != a->interval.loop_idx))
			k++;
		CU_ASSERT_FATAL(k < trace->wait_count);
		b = WG_WAIT(trace, k);
		CU_ASSERT(a->interval.wake_ns == b->interval.wake_ns);
		CU_ASSERT(a->interval.open == b->interval.open);
		CU_ASSERT(a->interval.open || a->interval.wake_ns > from_ns);
		CU_ASSERT(a->interval.gap_begin_ns == b->interval.gap_begin_ns);
		CU_ASSERT(a->class == b->class && a->how == b->how && a->empty == b->empty);
		CU_ASSERT(a->by_tid == b->by_tid && a->notify_ns == b->notify_ns);
	}
}

static void compare_figures(const struct wg_trace *t)
{
	struct wg_figures a, b;

	CU_ASSERT_FATAL(wg_figures_init(&a, t) == 0 && wg_figures_init(&b, trace) == 0);
	CU_ASSERT(a.waits == b.waits && a.wakes == b.wakes && a.empty_wakes == b.empty_wakes);
	CU_ASSERT(a.wasted_ns == b.wasted_ns && a.gap_p99_ns == b.gap_p99_ns);
}

static void see_growth(struct wg_window_limits limits, bool forgets)
{
	struct fake *fake = fake_threads();
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i;
	const struct wg_trace *t;
	struct wg_window *w;

	CU_ASSERT_FATAL(wg_window_create("threads", limits, &w) == 0);
	t = wg_window_trace(w);
	for (i = 0; i < count; i++) {
		CU_ASSERT_FATAL(wg_window_feed(w, &events[i], 1) == 0);
		if (i % 3 == 0)
			CU_ASSERT_FATAL(wg_window_show(w) == 0);
	}
	CU_ASSERT_FATAL(wg_window_show(w) == 0);
	CU_ASSERT((wg_window_forgotten(w) > 0) == forgets);
	CU_ASSERT(forgets ? t->wait_count < trace->wait_count : t->wait_count == trace->wait_count);
	compare(t, forgets ? WG_EVENT(t, 0)->ts_ns : 0);
	compare_figures(t);
	wg_window_destroy(w);
	fake_destroy(fake);
}

static void a_growing_trace_shows_the_same(void)
{
	see_growth((struct wg_window_limits){ .span_ns = 60 * S, .events = 1000 }, false);
}

static void a_window_forgets_threads_waits(void)
{
	see_growth((struct wg_window_limits){ .span_ns = 60 * S, .events = 40 }, true);
	see_growth((struct wg_window_limits){ .span_ns = 300 * MS, .events = 1000 }, true);
}

/* Each finding leads to a wait of its thread. */
static void findings_lead_to_their_first_wait(void)
{
	struct wg_thread_finding *findings;
	size_t count, i, k, severe = 0;

	CU_ASSERT_FATAL(wg_thread_findings(trace->threads, &findings, &count) == 0);
	CU_ASSERT(count >= 5);
	for (i = 0; i < count; i++) {
		bool is_there = false;

		for (k = 0; k < trace->wait_count; k++) {
			const struct wg_wait_rec *rec = WG_WAIT(trace, k);

			is_there |= rec->interval.wait_ns == findings[i].at_ns &&
				    trace->lanes[wg_wait_lane(trace, rec)].tid == findings[i].tid;
		}
		CU_ASSERT(is_there);
		severe += findings[i].severe;
	}
	CU_ASSERT(severe == 12 + 1); /* the spin, the late wake */
	wg_thread_findings_free(findings, count);
}

/* What the records of loops take does not grow because threads are known. */
static void records_stay_small(void)
{
	CU_ASSERT(sizeof(struct wg_wait_rec) <= sizeof(struct wg_interval) + 32);
	CU_ASSERT(sizeof(struct wg_span) <= 40);
}

static void each_lane_can_be_read_from_the_disk(void)
{
	const char *dir = wg_tmpdir();
	struct wg_error err = { 0 };
	struct wg_trace *t;

	fake_threads_write(dir);
	CU_ASSERT_FATAL(wg_trace_load(dir, &t, &err) == 0);
	compare(t, 0);
	compare_figures(t);
	wg_trace_free(t);
}

static void all_done(void)
{
	fake_trace_free(trace);
	trace = NULL;
}

void suite_thread_lanes(void)
{
	WG_TEST(all_begin);
	WG_TEST(each_thread_has_a_lane);
	WG_TEST(spans_say_in_what_they_sleep);
	WG_TEST(each_wake_has_its_class);
	WG_TEST(gaps_begin_at_the_notify);
	WG_TEST(pairs_name_the_notifier);
	WG_TEST(figures_add_threads_up);
	WG_TEST(what_followed_may_be_unknown);
	WG_TEST(searches_find_threads);
	WG_TEST(mistakes_are_guessed);
	WG_TEST(a_growing_trace_shows_the_same);
	WG_TEST(a_window_forgets_threads_waits);
	WG_TEST(findings_lead_to_their_first_wait);
	WG_TEST(records_stay_small);
	WG_TEST(each_lane_can_be_read_from_the_disk);
	WG_TEST(all_done);
}
