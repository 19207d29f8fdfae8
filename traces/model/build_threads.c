/*
 * build_threads.c: the lanes of threads, from their records (see build.h).
 *
 * threads.h decides what a wake was for, when it is known: often only at the next wait, and that it
 * spins only at the tenth wake. So the class of a wait that stands in the list may still change.
 */
#include <errno.h>

#include "traces/base/names.h"
#include "traces/measure/flight.h"
#include "traces/measure/threads_impl.h"
#include "traces/model/build.h"

static struct wg__lane *lane_of(struct wg__build *b, const struct wg__thread *thread,
	const struct wg_event *ev, uint32_t who)
{
	size_t i = thread->number;

	if (i < b->thread_count)
		return &b->threads[i];
	if (wg__grow(&b->threads, &b->thread_cap, i, sizeof(*b->threads)) < 0)
		return NULL;
	b->threads[i] = (struct wg__lane){
		.lane = {
			.kind = WG_LANE_THREAD,
			.space = ev->space,
			.pid = ev->pid,
			.who = who,
			.tid = ev->tid,
			.loop_idx = i,
		},
		.since_ns = ev->ts_ns,
		.wait = SIZE_MAX,
		.closed_wait = SIZE_MAX,
		.comm = "",
	};
	wg__spans_init(&b->threads[i].spans, b->stays_open);
	b->threads[i].spans.packer = b->packer;
	b->thread_count++;
	return &b->threads[i];
}

static void set_class(struct wg_wait_rec *rec, enum wg_wake_class class)
{
	rec->class = (uint8_t)(class & 31);
	rec->empty = class == WG_CLASS_TIMER_EMPTY || class == WG_CLASS_ZERO_POLL ||
		     class == WG_CLASS_SPIN;
}

/* The same of wait i in the list. 0 or -ENOMEM. */
static int set_class_at(struct wg__build *b, size_t i, enum wg_wake_class class)
{
	struct wg_wait_rec rec;

	wg__columns_wait(b->columns, i, &rec);
	set_class(&rec, class);
	return wg__columns_set_wait(b->columns, i, &rec);
}

/* The last waits of a thread are a spin. They are not far: a spin does not wait long. */
static int set_spins(struct wg__build *b, const struct wg__lane *lane, uint64_t spins)
{
	size_t i = lane->closed_wait;
	struct wg_wait_rec rec;

	for (; spins > 0 && i != SIZE_MAX; i--) {
		wg__columns_wait(b->columns, i, &rec);
		if (!rec.is_thread || rec.interval.loop_idx != lane->lane.loop_idx)
			continue; /* at 0 i wraps to SIZE_MAX */
		if (set_class_at(b, i, WG_CLASS_SPIN) < 0)
			return -ENOMEM;
		spins--;
	}
	return 0;
}

static int on_wait(struct wg__build *b, struct wg__lane *lane, const struct wg__thread_step *step,
	const struct wg_event *ev)
{
	const struct wg_wait_rec rec = {
		.interval = {
			.loop_idx = lane->lane.loop_idx,
			.wait_ns = ev->ts_ns,
			.wake_ns = WG_NO_TIME,
			.timeout_ns = ev->thread_wait.timeout_ns,
			.gap_begin_ns = -1,
			.gap_kind = WG_KIND_UNKNOWN,
		},
		.is_thread = true,
		.how = (uint8_t)ev->thread_wait.how,
		.class = WG_CLASS_COUNT,
		.notify_ns = WG_NO_TIME,
	};

	int rc = 0;

	if (step->has_settled && lane->closed_wait != SIZE_MAX)
		rc = set_class_at(b, lane->closed_wait, step->thread->class);
	if (rc == 0)
		rc = set_spins(b, lane, step->spins);
	return rc < 0 ? rc : wg__build_begin_wait(b, lane, &rec);
}

static int on_wake(struct wg__build *b, struct wg__lane *lane, const struct wg__thread_step *step,
	const struct wg_event *ev)
{
	struct wg_wait_rec at, *rec = &at;

	if (lane->since_ns == WG_NO_TIME)
		lane->since_ns = ev->ts_ns;
	if (!step->has_woken || lane->wait == SIZE_MAX)
		return 0;
	wg__columns_wait(b->columns, lane->wait, rec);
	rec->interval.wake_ns = ev->ts_ns;
	rec->interval.open = false;
	rec->interval.reason = (enum wg_reason)ev->thread_wake.reason;
	rec->interval.late = step->thread->class == WG_CLASS_LATE;
	set_class(rec, step->thread->class);
	if (ev->thread_wake.certainty != WG_CERTAINTY_NONE) {
		rec->certainty = ev->thread_wake.certainty & 7;
		rec->by_tid = ev->thread_wake.by_tid;
		rec->notify_ns =
			ev->thread_wake.waking_ns < 0 ? WG_NO_TIME : ev->thread_wake.waking_ns;
	}
	rec->interval.gap_begin_ns = step->gap_begin_ns;
	if (wg__columns_set_wait(b->columns, lane->wait, rec) < 0)
		return -ENOMEM;
	lane->closed_wait = lane->wait;
	lane->wait = SIZE_MAX;
	return wg__build_push_wait(b, lane, lane->closed_wait);
}

int wg__build_open_thread(struct wg__build *b, const struct wg__lane *thread)
{
	struct wg_wait_rec rec;

	wg__columns_wait(b->columns, thread->wait, &rec);
	rec.interval.wake_ns =
		wg__measure_who_end(b->trace->measure, thread->lane.who, rec.interval.wait_ns);
	rec.interval.reason = WG_REASON_UNKNOWN;
	rec.interval.open = true;
	return wg__columns_set_wait(b->columns, thread->wait, &rec);
}

int wg__build_thread(struct wg__build *b, const struct wg_event *ev, uint32_t who)
{
	struct wg_trace *t = b->trace;
	const struct wg__thread_step *step;
	struct wg__lane *lane;

	if ((!t->threads && wg_threads_create(&t->threads) < 0) ||
		wg_threads_feed(t->threads, ev) < 0)
		return -ENOMEM;
	step = &t->threads->step;
	if (!step->thread)
		return 0;
	lane = lane_of(b, step->thread, ev, who);
	if (!lane)
		return -ENOMEM;
	if (lane->comm != step->thread->stats.name) {
		lane->comm = step->thread->stats.name;
		b->renamed++;
	}
	switch (ev->record) {
	case WG_RECORD_WAIT: return on_wait(b, lane, step, ev);
	case WG_RECORD_WAKE: return on_wake(b, lane, step, ev);
	default: return 0;
	}
}
