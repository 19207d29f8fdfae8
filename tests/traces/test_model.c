/*
 * test_model.c: lanes, operations and waits of a loaded trace agree.
 */
#include <errno.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/model/model.h"

static struct wg_trace *load(const char *path)
{
	struct wg_trace *t = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(wg_trace_load(path, &t, &err), 0);
	return t;
}

static void spans_are_in_order_and_add_up(void)
{
	struct wg_trace *t = load(wg_sample("tick"));
	const struct wg_loop_stats *s = wg_measure_loop(t->measure, 0);
	int64_t asleep = 0, wasted = 0, working = 0;
	size_t i, k;

	CU_ASSERT_EQUAL(t->lanes[0].kind, WG_LANE_LOOP);
	CU_ASSERT_STRING_EQUAL(t->lanes[0].name, "loop 1 tick");
	for (i = 0; i < t->lane_count; i++) {
		const struct wg_lane *lane = &t->lanes[i];
		int64_t last = t->begin_ns;

		CU_ASSERT(i == 0 || lane->kind == WG_LANE_WORKER);
		for (k = 0; k < lane->span_count; k++) {
			const struct wg_span *span = WG_SPAN(lane, k);

			CU_ASSERT(span->begin_ns >= last && span->end_ns > span->begin_ns);
			last = span->end_ns;
			CU_ASSERT(last <= t->end_ns);
			if (span->state == WG_SPAN_WORKING)
				working += span->end_ns - span->begin_ns;
			if (span->state == WG_SPAN_ASLEEP || span->state == WG_SPAN_WASTED) {
				asleep += span->end_ns - span->begin_ns;
				CU_ASSERT_FATAL(span->wait > 0 && span->wait <= t->wait_count);
				CU_ASSERT(WG_WAIT(t, span->wait - 1)->interval.wait_ns <=
					  span->begin_ns);
				CU_ASSERT(WG_WAIT(t, span->wait - 1)->interval.wake_ns >=
					  span->end_ns);
			}
			if (span->state == WG_SPAN_WASTED)
				wasted += span->end_ns - span->begin_ns;
		}
	}
	CU_ASSERT_EQUAL(asleep, s->asleep_ns);
	CU_ASSERT_EQUAL(wasted, s->wasted_ns);
	CU_ASSERT_EQUAL(working, s->working_ns);
	CU_ASSERT_EQUAL(t->wait_count, s->waits);
	wg_trace_free(t);
}

/* Is operation i found if the last one was another? */
static bool is_found_from(const struct wg_trace *t, size_t near, size_t i)
{
	const struct wg_op_life *o = WG_OP(t, i);
	struct wg_op_life life;

	return wg_trace_op_near(t, &near, o->who, o->op, &life) && near == i && life.op == o->op &&
	       life.who == o->who && life.submit_ns == o->submit_ns;
}

static void lives_are_in_order(void)
{
	struct wg_trace *t = load(wg_sample("eventfd"));
	struct wg_op_life life;
	size_t i, near = 0;

	CU_ASSERT_EQUAL(t->op_count, wg_measure_loop(t->measure, 0)->submitted);
	for (i = 0; i < t->op_count; i++) {
		const struct wg_op_life *o = WG_OP(t, i);

		CU_ASSERT(o->submit_ns <= o->start_ns && o->start_ns <= o->done_ns);
		CU_ASSERT(o->done_ns <= o->deliver_ns);
		CU_ASSERT(o->wake_ns == WG_NO_TIME ||
			  (o->wake_ns >= o->done_ns && o->wake_ns <= o->deliver_ns));
		CU_ASSERT(o->notify_ns == WG_NO_TIME || o->notify_sent <= 1);
		CU_ASSERT_FATAL(o->worker_lane < t->lane_count);
		CU_ASSERT_EQUAL(t->lanes[o->worker_lane].kind, WG_LANE_WORKER);
		CU_ASSERT_EQUAL(wg_trace_op_number(t, o->who, o->op), i);
		CU_ASSERT_EQUAL(wg_trace_op(t, o->who, o->op, &life)->submit_ns, o->submit_ns);
		CU_ASSERT(is_found_from(t, SIZE_MAX, i) && is_found_from(t, 0, i));
		CU_ASSERT(is_found_from(t, t->op_count - 1, i) && is_found_from(t, i, i));
		CU_ASSERT_PTR_NULL(wg_trace_op_near(t, &near, o->who, 999999, &life));
		CU_ASSERT_PTR_NULL(wg_trace_op_near(t, &near, 1, o->op, &life));
		CU_ASSERT_EQUAL(near, 0);
		CU_ASSERT(i == 0 || WG_OP(t, i - 1)->submit_ns <= o->submit_ns);
	}
	CU_ASSERT_PTR_NULL(wg_trace_op(t, WG_OP(t, 0)->who, 999999, &life));
	CU_ASSERT_PTR_NULL(wg_trace_op(t, 1, WG_OP(t, 0)->op, &life));
	wg_trace_free(t);
}

static void searches_find_the_first(void)
{
	struct wg_trace *t = load(wg_sample("packets"));
	const struct wg_lane *lane = &t->lanes[0];
	size_t i, e;

	CU_ASSERT_EQUAL(wg_lane_first(lane, INT64_MIN), 0);
	CU_ASSERT_EQUAL(wg_lane_first(lane, INT64_MAX), lane->span_count);
	CU_ASSERT_EQUAL(wg_trace_first_event(t, INT64_MIN), 0);
	CU_ASSERT_EQUAL(wg_trace_first_event(t, INT64_MAX), t->event_count);
	for (i = 0; i < lane->span_count; i++) {
		CU_ASSERT_EQUAL(wg_lane_first(lane, WG_SPAN(lane, i)->begin_ns), i);
		CU_ASSERT_EQUAL(wg_lane_first(lane, WG_SPAN(lane, i)->end_ns - 1), i);
		CU_ASSERT_EQUAL(wg_lane_first(lane, WG_SPAN(lane, i)->end_ns) > i, true);
	}
	for (i = 0; i < t->event_count; i++) {
		e = wg_trace_first_event(t, WG_EVENT(t, i)->ts_ns);
		CU_ASSERT(e <= i && WG_EVENT(t, e)->ts_ns == WG_EVENT(t, i)->ts_ns);
	}
	wg_trace_free(t);
}

/* So long that its sums have an index of their own (levels.c). */
static void a_long_lane_is_searched_as_a_short_one(void)
{
	struct wg_trace *t = fake_reads("long", 6000, 2, 0);
	const struct wg_lane *lane = &t->lanes[0];
	size_t i, wrong = 0;

	CU_ASSERT_FATAL(lane->span_count > 3 * 256 * 16);
	for (i = 0; i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);

		wrong += wg_lane_first(lane, span->begin_ns) != i;
		wrong += wg_lane_first(lane, span->end_ns - 1) != i;
		wrong += wg_lane_first(lane, span->end_ns) != i + 1;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(wg_lane_first(lane, INT64_MIN), 0);
	CU_ASSERT_EQUAL(wg_lane_first(lane, INT64_MAX), lane->span_count);
	fake_trace_free(t);
}

static void holes_and_notes_are_kept(void)
{
	struct wg_trace *t = load(wg_sample("lossy"));
	const char *dir = wg_copy_sample("packets");

	CU_ASSERT_EQUAL(t->hole_count, 1);
	CU_ASSERT_EQUAL(t->holes[0].count, 82);
	CU_ASSERT(t->holes[0].begin_ns <= t->holes[0].end_ns);
	wg_trace_free(t);
	wg_cut(dir, "wakegap_0", 1000);
	t = load(dir);
	CU_ASSERT(t->note_count > 0);
	CU_ASSERT_EQUAL(t->hole_count, 1);
	CU_ASSERT_EQUAL(t->holes[0].count, 0);
	wg_trace_free(t);
}

static void no_event_of_ours_is_an_error(void)
{
	struct wg_trace *t = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL(wg_trace_load(wg_sample("foreign"), &t, &err), -ENODATA);
	CU_ASSERT(wg_has(err.text, "has no wakegap events (12 events of other providers)"));
	CU_ASSERT_PTR_NULL(t);
}

void suite_model(void)
{
	WG_TEST(spans_are_in_order_and_add_up);
	WG_TEST(lives_are_in_order);
	WG_TEST(searches_find_the_first);
	WG_TEST(a_long_lane_is_searched_as_a_short_one);
	WG_TEST(holes_and_notes_are_kept);
	WG_TEST(no_event_of_ours_is_an_error);
}
