/*
 * test_growing.c: the model that grows and forgets: it shows what a whole trace would and keeps its
 * limits; its figures forget nothing. N1 to N4 of window.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/traces/same_model.h"
#include "traces/measure/measure_impl.h"
#include "traces/model/window.h"

#define PID   7
#define LOOPS 3

/* A program without end: loops that take turns, ten events a turn, a gap in each wait. */
struct program {
	int64_t now_ns;
	uint64_t op;
	unsigned step, loop;
	uint32_t seed;
};

static void turn(struct program *p, struct wg_event *ev, enum wg_event_type type, int64_t after_ns)
{
	p->now_ns += after_ns;
	*ev = (struct wg_event){ .ts_ns = p->now_ns,
		.type = type,
		.pid = PID,
		.tid = PID + p->loop,
		.procname = "endless",
		.loop = p->loop + 1,
		.op = p->op };
}

static void next_event(struct program *p, struct wg_event *ev)
{
	int64_t some = (int64_t)((p->seed = p->seed * 1664525u + 1013904223u) >> 20) + 1;

	switch (p->step++) {
	case 0:
		p->op++;
		turn(p, ev, WG_EV_SUBMIT, some);
		ev->submit.kind = WG_KIND_READ;
		return;
	case 1:
		turn(p, ev, WG_EV_WAIT, 100);
		ev->op = 0;
		ev->wait.timeout_ns = -1;
		return;
	case 2:
		turn(p, ev, WG_EV_START, 500);
		ev->tid = PID + 10 + p->loop;
		ev->start.worker = p->loop;
		return;
	case 3: turn(p, ev, WG_EV_DONE, some * 3); return;
	case 4: turn(p, ev, WG_EV_NOTIFY, 50); return;
	case 5:
		turn(p, ev, WG_EV_WAKE, some);
		ev->op = 0;
		return;
	case 6:
		turn(p, ev, WG_EV_POLL, 20);
		ev->op = 0;
		ev->poll.found = 1;
		return;
	default:
		turn(p, ev, WG_EV_DELIVER, 30);
		p->step = 0;
		p->loop = (p->loop + 1) % LOOPS;
	}
}

static struct wg_window *new_window(int64_t span_ns, size_t events)
{
	struct wg_window *w = NULL;

	CU_ASSERT_FATAL(
		wg_window_create("w", (struct wg_window_limits){ span_ns, events }, &w) == 0);
	return w;
}

/* ---- the same as a whole trace ---- */

static bool same_ops(const struct wg_trace *a, const struct wg_trace *b)
{
	size_t i;

	if (a->op_count != b->op_count)
		return false;
	for (i = 0; i < a->op_count; i++) {
		const struct wg_op_life *x = WG_OP(a, i), *y = WG_OP(b, i);

		if (x->op != y->op || x->submit_ns != y->submit_ns || x->wake_ns != y->wake_ns ||
			x->deliver_ns != y->deliver_ns || x->worker_lane != y->worker_lane)
			return false;
	}
	return true;
}

static void check_same(const struct wg_trace *whole)
{
	struct wg_window *w = new_window(INT64_C(1000000000000), 1000000);
	const struct wg_trace *t = wg_window_trace(w);
	size_t i;

	/* Shown after every event: what is open must leave no trace when it closes. */
	for (i = 0; i < whole->event_count; i++) {
		CU_ASSERT_EQUAL(wg_window_feed(w, WG_EVENT(whole, i), 1), 0);
		CU_ASSERT_EQUAL(wg_window_show(w), 0);
	}
	wg_window_end(w);
	CU_ASSERT_EQUAL(wg_window_show(w), 0);
	CU_ASSERT_EQUAL_FATAL(t->lane_count, whole->lane_count);
	CU_ASSERT(t->event_count == whole->event_count && t->wait_count == whole->wait_count);
	CU_ASSERT(t->begin_ns == whole->begin_ns && t->end_ns == whole->end_ns);
	CU_ASSERT(same_ops(t, whole));
	for (i = 0; i < t->lane_count; i++)
		CU_ASSERT(wg_same_lane(&t->lanes[i], &whole->lanes[i]));
	for (i = 0; i < t->wait_count; i++)
		CU_ASSERT(WG_WAIT(t, i)->empty == WG_WAIT(whole, i)->empty);
	wg_window_destroy(w);
}

static void it_shows_what_a_whole_trace_does(void)
{
	struct wg_trace *tick = fake_reads("tick", 50, 4, 10000000);
	struct wg_trace *eventfd = fake_reads("eventfd", 50, 4, 0);

	CU_ASSERT_FATAL(tick && eventfd);
	check_same(tick);
	check_same(eventfd);
	fake_trace_free(tick);
	fake_trace_free(eventfd);
}

/* ---- forgetting ---- */

static void check_dist(const struct wg_dist *full, const struct wg_dist *cells)
{
	const int64_t exact[] = { full->p50, full->p90, full->p99 };
	struct wg_dist d = *cells;
	size_t i;

	wg_dist_finish(&d);
	CU_ASSERT_EQUAL(d.count, full->count);
	CU_ASSERT_EQUAL(d.sum, full->sum);
	CU_ASSERT_EQUAL(d.min, full->min);
	CU_ASSERT_EQUAL(d.max, full->max);
	for (i = 0; i < 3; i++) {
		int64_t got = i == 0 ? d.p50 : i == 1 ? d.p90 : d.p99;

		/* From exact to 0.1 % below. */
		CU_ASSERT(got <= exact[i] && exact[i] - got <= exact[i] / 1000);
	}
}

static void check_figures(const struct wg_measure *full, const struct wg_measure *kept)
{
	const struct wg_loop_stats *a, *b;
	size_t i;

	CU_ASSERT_EQUAL(wg_measure_events(full), wg_measure_events(kept));
	CU_ASSERT_EQUAL(wg_measure_begin_ns(full), wg_measure_begin_ns(kept));
	CU_ASSERT_EQUAL(wg_measure_end_ns(full), wg_measure_end_ns(kept));
	for (i = 0; (a = wg_measure_loop(full, i)); i++) {
		b = wg_measure_loop(kept, i);
		CU_ASSERT_FATAL(b != NULL);
		CU_ASSERT(a->submitted == b->submitted && a->done == b->done &&
			  a->delivered == b->delivered && a->waits == b->waits);
		CU_ASSERT(memcmp(a->wakes, b->wakes, sizeof(a->wakes)) == 0);
		CU_ASSERT(a->empty_wakes == b->empty_wakes && a->late_wakes == b->late_wakes);
		CU_ASSERT(a->asleep_ns == b->asleep_ns && a->wasted_ns == b->wasted_ns);
		check_dist(&a->gap, &b->gap);
		check_dist(&a->service, &b->service);
	}
	CU_ASSERT_EQUAL(i, LOOPS);
}

static void millions_of_events_stay_within_the_window(void)
{
	struct wg_window *w = new_window(INT64_C(1000000000000000), 100000);
	const struct wg_trace *t = wg_window_trace(w);
	struct program p = { .now_ns = 1000000, .seed = 1 };
	struct wg_measure *full = NULL;
	struct wg_event batch[500];
	size_t fed = 0, i, most = 0, least = SIZE_MAX;

	CU_ASSERT_FATAL(wg_measure_create(NULL, &full) == 0);
	while (fed < 3000000 / WG_STRIDE) {
		for (i = 0; i < 500; i++) {
			next_event(&p, &batch[i]);
			CU_ASSERT_FATAL(wg_measure_feed(full, &batch[i]) == 0);
		}
		CU_ASSERT_FATAL(wg_window_feed(w, batch, 500) == 0);
		fed += 500;
		if (t->event_count > most)
			most = t->event_count;
		if (fed > 200000 && t->event_count < least)
			least = t->event_count;
		if (fed % 50000 == 0)
			CU_ASSERT_EQUAL_FATAL(wg_window_show(w), 0);
	}
	CU_ASSERT(most <= 100000 && least >= 87500);
	CU_ASSERT_EQUAL(wg_window_forgotten(w) + t->event_count, fed);
	/* One operation in eight events, one wait as well: the rest went with its events. */
	CU_ASSERT(t->op_count <= 100000 / 8 + LOOPS && t->wait_count <= 100000 / 8 + LOOPS);
	wg_measure_finish(full);
	wg_window_end(w);
	check_figures(full, t->measure);
	wg_measure_destroy(full);
	wg_window_destroy(w);
}

/* Everything in a shown trace refers to something that is there. */
static void check_whole(const struct wg_trace *t)
{
	size_t i, k, wrong = 0;

	for (i = 0; i < t->lane_count; i++) {
		const struct wg_lane *lane = &t->lanes[i];

		for (k = 0; k < lane->span_count; k++) {
			const struct wg_span *span = WG_SPAN(lane, k);

			wrong += span->end_ns <= span->begin_ns || span->wait > t->wait_count;
			wrong += k > 0 && span->begin_ns < WG_SPAN(lane, k - 1)->end_ns;
			wrong += span->wait &&
				 WG_WAIT(t, span->wait - 1)->interval.wake_ns < span->end_ns;
		}
	}
	for (i = 0; i < t->op_count; i++) {
		const struct wg_op_life *life = WG_OP(t, i);

		wrong += wg_trace_op_number(t, life->who, life->op) != i;
		wrong += life->worker_lane != WG_NO_LANE &&
			 (life->worker_lane >= t->lane_count ||
				 t->lanes[life->worker_lane].kind != WG_LANE_WORKER);
	}
	for (i = 1; i < t->wait_count; i++)
		wrong += WG_WAIT(t, i)->interval.wait_ns < WG_WAIT(t, i - 1)->interval.wait_ns;
	for (i = 1; i < t->event_count; i++)
		wrong += WG_EVENT(t, i)->ts_ns < WG_EVENT(t, i - 1)->ts_ns;
	CU_ASSERT_EQUAL(wrong, 0);
}

/* Each window size puts the cut elsewhere: inside a wait, between done and wake, ... */
static void wherever_it_is_cut_it_is_whole(void)
{
	size_t limit, i;

	for (limit = 16; limit < 80; limit++) {
		struct wg_window *w = new_window(INT64_C(1000000000000000), limit);
		struct program p = { .now_ns = 1000, .seed = (uint32_t)limit };
		struct wg_event ev;

		for (i = 0; i < 600; i++) {
			next_event(&p, &ev);
			CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
			CU_ASSERT_FATAL(wg_window_show(w) == 0);
			CU_ASSERT(wg_window_trace(w)->event_count <= limit);
			check_whole(wg_window_trace(w));
		}
		wg_window_destroy(w);
	}
}

static void old_events_are_forgotten_by_time(void)
{
	struct wg_window *w = new_window(1000000, 1000000);
	struct program p = { .now_ns = 1000, .seed = 3 };
	const struct wg_trace *t = wg_window_trace(w);
	struct wg_event ev;
	size_t i;

	for (i = 0; i < 100000; i++) {
		next_event(&p, &ev);
		CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
		/* Looked at before an event is taken: that one may be later by its own step. */
		CU_ASSERT(WG_EVENT(t, t->event_count - 1)->ts_ns - WG_EVENT(t, 0)->ts_ns <=
			  1000000 * 9 / 8 + 20000);
	}
	CU_ASSERT(wg_window_forgotten(w) > 0);
	wg_window_destroy(w);
}

/* A loop may sleep longer than anything is kept; its wait is shown all the same. */
static void an_open_wait_outlives_its_events(void)
{
	struct wg_window *w = new_window(INT64_C(1000000000000000), 100);
	struct program p = { .now_ns = 2000, .seed = 5 };
	const struct wg_trace *t = wg_window_trace(w);
	struct wg_event ev = { .ts_ns = 1000,
		.type = WG_EV_WAIT,
		.pid = PID,
		.tid = 99,
		.procname = "",
		.loop = 9,
		.wait = { .timeout_ns = -1 } };
	size_t i;

	CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
	for (i = 0; i < 1000; i++) {
		next_event(&p, &ev);
		CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
	}
	CU_ASSERT_EQUAL(wg_window_show(w), 0);
	check_whole(t);
	for (i = 0; i < t->lane_count && t->lanes[i].loop != 9; i++)
		;
	CU_ASSERT_FATAL(i < t->lane_count);
	CU_ASSERT_EQUAL_FATAL(t->lanes[i].span_count, 1);
	CU_ASSERT(WG_SPAN(&t->lanes[i], 0)->begin_ns == 1000 && WG_SPAN(&t->lanes[i], 0)->open);
	CU_ASSERT_EQUAL(WG_SPAN(&t->lanes[i], 0)->end_ns, t->end_ns);
	/* Time passes without events, too. */
	wg_window_advance(w, t->end_ns + 5000);
	CU_ASSERT_EQUAL(wg_window_show(w), 0);
	CU_ASSERT_EQUAL(WG_SPAN(&t->lanes[i], 0)->end_ns, t->end_ns);
	wg_window_destroy(w);
}

static void held_it_keeps_twice_as_much(void)
{
	struct wg_window *w = new_window(INT64_C(1000000000000000), 1000);
	struct program p = { .now_ns = 1000, .seed = 7 };
	const struct wg_trace *t = wg_window_trace(w);
	struct wg_event ev;
	size_t i, most = 0;

	wg_window_hold(w, true);
	for (i = 0; i < 10000; i++) {
		next_event(&p, &ev);
		CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
		most = t->event_count > most ? t->event_count : most;
	}
	CU_ASSERT_EQUAL(most, 2000);
	wg_window_hold(w, false);
	next_event(&p, &ev);
	CU_ASSERT_FATAL(wg_window_feed(w, &ev, 1) == 0);
	CU_ASSERT(t->event_count <= 1000);
	wg_window_destroy(w);
}

/* Results whose end was lost must not pile up in the measure. */
static void lost_ends_do_not_pile_up(void)
{
	struct wg_measure *m = NULL;
	struct wg_event ev = { .type = WG_EV_SUBMIT, .pid = PID, .procname = "", .loop = 1 };
	size_t i;

	CU_ASSERT_FATAL(wg_measure_create_endless(NULL, &m) == 0);
	for (i = 1; i <= 1000000; i++) {
		ev.op = i;
		ev.ts_ns = (int64_t)i * 1000000; /* a thousand a second, none ever done */
		CU_ASSERT_FATAL(wg_measure_feed(m, &ev) == 0);
	}
	CU_ASSERT_EQUAL(wg_measure_loop(m, 0)->submitted, 1000000);
	CU_ASSERT(wg__flight_count(&m->ops) <= 2 * 65536);
	wg_measure_destroy(m);
}

/* As with --kind: operations of other kinds take no memory. */
static void kinds_that_are_not_counted_are_not_kept(void)
{
	struct wg_event ev = { .type = WG_EV_SUBMIT, .pid = PID, .procname = "", .loop = 1 };
	struct wg_measure *m = NULL;

	CU_ASSERT_FATAL(wg_measure_create(NULL, &m) == 0);
	wg_measure_select(m, 1u << WG_KIND_WRITE);
	for (ev.op = 1; ev.op <= 1000; ev.op++) {
		ev.submit.kind = ev.op % 10 ? WG_KIND_READ : WG_KIND_WRITE;
		CU_ASSERT_FATAL(wg_measure_feed(m, &ev) == 0);
	}
	CU_ASSERT_EQUAL(wg__flight_count(&m->ops), 100);
	wg_measure_destroy(m);
}

static const struct wg_dist *dist_of(const struct wg_measure *m, int i)
{
	const struct wg_loop_stats *loop = wg_measure_loop(m, 0);

	return i < 0 ? &loop->gap : wg_stage_dist(loop, (enum wg_stage)i);
}

/* Not one sample of any distribution is kept by itself; all say what those of a trace say. */
static void no_sample_is_kept(void)
{
	struct wg_measure *endless = NULL, *whole = NULL;
	struct program p = { .now_ns = 1000, .seed = 5 };
	struct wg_event ev;
	int i;

	CU_ASSERT_FATAL(wg_measure_create_endless(NULL, &endless) == 0 &&
			wg_measure_create(NULL, &whole) == 0);
	for (i = 0; i < 10000; i++) {
		next_event(&p, &ev);
		CU_ASSERT(wg_measure_feed(endless, &ev) == 0 && wg_measure_feed(whole, &ev) == 0);
	}
	wg_measure_finish(endless);
	wg_measure_finish(whole);
	for (i = -1; i < WG_STAGE_COUNT; i++) {
		const struct wg_dist *d = dist_of(endless, i), *e = dist_of(whole, i);

		CU_ASSERT(!d->v && d->cap == 0 && d->hist);
		CU_ASSERT(d->count > 0 && d->count == e->count && d->sum == e->sum);
		CU_ASSERT_EQUAL(d->max, e->max);
		CU_ASSERT(d->p99 <= e->p99 && e->p99 - d->p99 <= e->p99 / 1000);
		CU_ASSERT_EQUAL(wg_dist_below(d, e->max + 1), e->count);
	}
	wg_measure_destroy(endless);
	wg_measure_destroy(whole);
}

void suite_growing(void)
{
	WG_TEST(it_shows_what_a_whole_trace_does);
	WG_TEST(millions_of_events_stay_within_the_window);
	WG_TEST(wherever_it_is_cut_it_is_whole);
	WG_TEST(old_events_are_forgotten_by_time);
	WG_TEST(an_open_wait_outlives_its_events);
	WG_TEST(held_it_keeps_twice_as_much);
	WG_TEST(lost_ends_do_not_pile_up);
	WG_TEST(kinds_that_are_not_counted_are_not_kept);
	WG_TEST(no_sample_is_kept);
}
