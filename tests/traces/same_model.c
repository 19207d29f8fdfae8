/*
 * same_model.c: see same_model.h.
 */
#include "tests/traces/same_model.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "traces/model/figures.h"
#include "traces/model/levels.h"

static bool same_wait(const struct wg_wait_rec *x, const struct wg_wait_rec *y)
{
	const struct wg_interval *a = &x->interval, *b = &y->interval;

	return a->wait_ns == b->wait_ns && a->wake_ns == b->wake_ns &&
	       a->gap_begin_ns == b->gap_begin_ns && a->gap_op == b->gap_op && a->open == b->open &&
	       a->late == b->late && a->reason == b->reason && x->empty == y->empty &&
	       x->how == y->how && x->class == y->class && x->certainty == y->certainty &&
	       x->results == y->results && x->waited_ns == y->waited_ns && x->next == y->next;
}

static bool same_op(const struct wg_op_life *x, const struct wg_op_life *y)
{
	return x->op == y->op && x->who == y->who && x->submit_ns == y->submit_ns &&
	       x->start_ns == y->start_ns && x->done_ns == y->done_ns &&
	       x->notify_ns == y->notify_ns && x->wake_ns == y->wake_ns &&
	       x->deliver_ns == y->deliver_ns && x->worker_lane == y->worker_lane;
}

bool wg_same_lane(const struct wg_lane *a, const struct wg_lane *b)
{
	size_t i;

	if (a->span_count != b->span_count || strcmp(a->name, b->name) != 0 || a->tid != b->tid)
		return false;
	for (i = 0; i < a->span_count; i++) {
		const struct wg_span *x = WG_SPAN(a, i), *y = WG_SPAN(b, i);

		if (x->begin_ns != y->begin_ns || x->end_ns != y->end_ns || x->state != y->state ||
			x->op != y->op || x->wait != y->wait || x->open != y->open)
			return false;
	}
	return true;
}

/* What is looked up, not walked over. */
static void find_the_same(const struct wg_trace *a, const struct wg_trace *b)
{
	size_t i, gaps, other;
	bool same = true;

	CU_ASSERT(wg_trace_gaps(a, &gaps) == wg_trace_gaps(b, &other) && gaps == other);
	for (i = 0; i < gaps && same; i++)
		same = wg_trace_gap(a, i) == wg_trace_gap(b, i) &&
		       wg_trace_longest_gap(a, i) == wg_trace_longest_gap(b, i);
	CU_ASSERT(same);
	for (i = 0; i < a->op_count && same; i++)
		same = wg_trace_op_number(a, WG_OP(a, i)->who, WG_OP(a, i)->op) ==
		       wg_trace_op_number(b, WG_OP(b, i)->who, WG_OP(b, i)->op);
	CU_ASSERT(same);
	for (i = 0; i < a->lane_count * 101 && same; i++) {
		const struct wg_lane *x = &a->lanes[i / 101], *y = &b->lanes[i / 101];
		int64_t t = a->begin_ns + (a->end_ns - a->begin_ns) / 100 * (int64_t)(i % 101);

		same = wg_lane_first(x, t) == wg_lane_first(y, t) &&
		       wg_lane_empty_before(x, t) == wg_lane_empty_before(y, t) &&
		       wg_trace_first_event(a, t) == wg_trace_first_event(b, t);
	}
	CU_ASSERT(same);
}

void wg_same_model(const struct wg_trace *a, const struct wg_trace *b)
{
	struct wg_figures f, g;
	bool same = true;
	size_t i;

	CU_ASSERT_FATAL(a->event_count == b->event_count && a->op_count == b->op_count);
	CU_ASSERT_FATAL(a->wait_count == b->wait_count && a->lane_count == b->lane_count);
	CU_ASSERT(a->begin_ns == b->begin_ns && a->end_ns == b->end_ns);
	for (i = 0; i < a->event_count && same; i++)
		same = WG_EVENT(a, i)->ts_ns == WG_EVENT(b, i)->ts_ns &&
		       WG_EVENT(a, i)->who == WG_EVENT(b, i)->who;
	CU_ASSERT(same);
	for (i = 0; i < a->wait_count && same; i++)
		same = same_wait(WG_WAIT(a, i), WG_WAIT(b, i));
	CU_ASSERT(same);
	for (i = 0; i < a->op_count && same; i++)
		same = same_op(WG_OP(a, i), WG_OP(b, i));
	CU_ASSERT(same);
	for (i = 0; i < a->lane_count && same; i++)
		same = wg_same_lane(&a->lanes[i], &b->lanes[i]);
	CU_ASSERT(same);
	find_the_same(a, b);
	CU_ASSERT_EQUAL_FATAL(a->note_count, b->note_count);
	for (i = 0; i < a->note_count; i++)
		CU_ASSERT_STRING_EQUAL(a->notes[i], b->notes[i]);
	CU_ASSERT(wg_figures_init(&f, a) == 0 && wg_figures_init(&g, b) == 0);
	CU_ASSERT_EQUAL(memcmp(&f, &g, sizeof(f)), 0);
}

void wg_same_screens(struct wg_trace *a, struct wg_trace *b)
{
	static const char *const keys[] = { "", "i", "s", "w w z Enter", "G b z", "e e x",
		"/ Type:kind=read Enter n n", "W W Enter", "$ w + + + H" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct wg_trace *const ta[2] = { a, NULL }, *const tb[2] = { b, NULL };
		char *fa = wg_screen_text(ta, 1, 100, 40, true, keys[i]);
		char *fb = wg_screen_text(tb, 1, 100, 40, true, keys[i]);

		CU_ASSERT_STRING_EQUAL(fa, fb);
		free(fa);
		free(fb);
	}
}
