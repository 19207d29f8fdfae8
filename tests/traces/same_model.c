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

static bool same_group(const struct wg_wait_group *a, const struct wg_wait_group *b)
{
	return a->how == b->how && a->object == b->object && a->site == b->site &&
	       a->first_ns == b->first_ns && a->waits == b->waits && a->wakes == b->wakes &&
	       memcmp(a->class, b->class, sizeof(a->class)) == 0 &&
	       memcmp(a->asked, b->asked, sizeof(a->asked)) == 0 && a->looked == b->looked &&
	       a->calls == b->calls && a->settled_timers == b->settled_timers &&
	       a->asked_sum_ns == b->asked_sum_ns && a->asked_count == b->asked_count &&
	       a->cpu_ns == b->cpu_ns && a->period_ns == b->period_ns &&
	       !(a->wakes_per_s < b->wakes_per_s) && !(a->wakes_per_s > b->wakes_per_s);
}

static bool same_thread(const struct wg_thread_stats *a, const struct wg_thread_stats *b)
{
	size_t i;
	bool same = a->space == b->space && a->pid == b->pid && a->tid == b->tid &&
		    strcmp(a->name, b->name) == 0 && a->first_ns == b->first_ns &&
		    a->last_ns == b->last_ns && a->waits == b->waits && a->wakes == b->wakes &&
		    memcmp(a->class, b->class, sizeof(a->class)) == 0 &&
		    memcmp(a->certainty, b->certainty, sizeof(a->certainty)) == 0 &&
		    a->notifies == b->notifies && a->notified_nobody == b->notified_nobody &&
		    memcmp(a->by_how, b->by_how, sizeof(a->by_how)) == 0 &&
		    memcmp(a->reasons, b->reasons, sizeof(a->reasons)) == 0 &&
		    a->asleep_ns == b->asleep_ns && a->wasted_ns == b->wasted_ns &&
		    a->period_ns == b->period_ns && a->is_asleep == b->is_asleep &&
		    a->asleep_since_ns == b->asleep_since_ns && a->group_count == b->group_count;

	for (i = 0; i < a->group_count && same; i++)
		same = same_group(a->group[i], b->group[i]) &&
		       (a->group[i] == a->asleep_in) == (b->group[i] == b->asleep_in);
	return same;
}

static bool same_object(const struct wg_thread_object *a, const struct wg_thread_object *b)
{
	return a->id == b->id && a->space == b->space && a->kind == b->kind && a->fd == b->fd &&
	       a->herds == b->herds && a->herd_woken == b->herd_woken &&
	       a->herd_acted == b->herd_acted && a->herd_pid == b->herd_pid &&
	       a->herd_tid == b->herd_tid && a->herd_ns == b->herd_ns;
}

/* What is found by number is found again, too. */
static void same_threads(const struct wg_threads *a, const struct wg_threads *b)
{
	const struct wg_thread_stats *x, *y;
	const struct wg_thread_object *p, *q;
	bool same = true;
	size_t i;

	for (i = 0; same && (x = wg_thread_at(a, i)); i++) {
		y = wg_thread_at(b, i);
		same = y && same_thread(x, y) && wg_thread_of(b, x->space, x->pid, x->tid) == y;
	}
	CU_ASSERT(same && !wg_thread_at(b, i));
	for (i = 0; same && (p = wg_thread_object_at(a, i)); i++) {
		q = wg_thread_object_at(b, i);
		same = q && same_object(p, q) && wg_thread_object(b, p->space, p->id) == q;
	}
	CU_ASSERT(same && !wg_thread_object_at(b, i));
	CU_ASSERT(wg_threads_span_ns(a) == wg_threads_span_ns(b) &&
		  wg_threads_have_times(a) == wg_threads_have_times(b) &&
		  wg_threads_are_coarse(a) == wg_threads_are_coarse(b));
}

/* With their sites, which stand in the sentences. */
static void same_findings(const struct wg_threads *a, const struct wg_threads *b)
{
	struct wg_thread_finding *x, *y;
	size_t count, other, i;
	bool same = true;

	CU_ASSERT_FATAL(wg_thread_findings(a, &x, &count) == 0 &&
			wg_thread_findings(b, &y, &other) == 0 && count == other);
	for (i = 0; i < count && same; i++)
		same = strcmp(x[i].text, y[i].text) == 0 && x[i].tid == y[i].tid &&
		       x[i].at_ns == y[i].at_ns && x[i].severe == y[i].severe;
	CU_ASSERT(same);
	wg_thread_findings_free(x, count);
	wg_thread_findings_free(y, other);
}

/* Who woke whom. */
static void same_pairs(const struct wg_trace *a, const struct wg_trace *b)
{
	bool same = true;
	size_t i;

	for (i = 0; i < a->wait_count && same; i++) {
		struct wg_pair x = { 0 }, y = { 0 };

		same = wg_wait_pair(a, WG_WAIT(a, i), &x) == wg_wait_pair(b, WG_WAIT(b, i), &y) &&
		       x.from_lane == y.from_lane && x.by_pid == y.by_pid && x.by_tid == y.by_tid &&
		       x.notify_ns == y.notify_ns && x.certainty == y.certainty &&
		       (!x.call || strcmp(x.call, y.call) == 0);
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
	CU_ASSERT_FATAL(a->thread_count == b->thread_count && !a->threads == !b->threads);
	if (a->threads) {
		same_threads(a->threads, b->threads);
		same_findings(a->threads, b->threads);
		same_pairs(a, b);
	}
	CU_ASSERT_EQUAL_FATAL(a->note_count, b->note_count);
	for (i = 0; i < a->note_count; i++)
		CU_ASSERT_STRING_EQUAL(a->notes[i], b->notes[i]);
	CU_ASSERT(wg_figures_init(&f, a) == 0 && wg_figures_init(&g, b) == 0);
	CU_ASSERT_EQUAL(memcmp(&f, &g, sizeof(f)), 0);
}

void wg_same_screens(struct wg_trace *a, struct wg_trace *b)
{
	static const char *const keys[] = { "", "i", "s", "w w z Enter", "G b z", "e e x",
		"/ Type:kind=read Enter n n", "/ Type:class=late Enter n i", "W W Enter",
		"$ w + + + H" };
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
