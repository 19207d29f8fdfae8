/*
 * fill_threads.c: records of threads become rows (see fill.h).
 *
 * What a wake was for is known at the next wait, and that it was one of a spin at the tenth
 * (threads.h). So rows of a thread know the one before them.
 */
#include <errno.h>

#include "traces/query/fill.h"

static struct wg__fill_lane *thread_of(
	struct wg__fill *f, const struct wg__thread *is, const struct wg_event *ev)
{
	struct wg__fill_lane *thread;

	if (is->number < f->thread_count) {
		thread = &f->thread[is->number];
		f->rows->lane[thread->lane].last_ns = ev->ts_ns;
		return thread;
	}
	if (wg__grow(&f->thread, &f->thread_cap, f->thread_count, sizeof(*f->thread)) < 0)
		return NULL;
	thread = &f->thread[f->thread_count];
	*thread = (struct wg__fill_lane){
		.wait = WG__NO_ROW, .closed = WG__NO_ROW, .wake = WG__NO_ROW
	};
	thread->lane = wg__fill_lane(f, &(struct wg__lane_row){ .type = WG__LANE_THREAD,
						.space = ev->space,
						.pid = ev->pid,
						.tid = ev->tid,
						.number = is->number,
						.first_ns = ev->ts_ns,
						.last_ns = ev->ts_ns });
	if (thread->lane == WG__NO_ROW)
		return NULL;
	f->thread_count++;
	return thread;
}

/* What followed the last wake is known, and what the wakes before it were if that makes a spin. */
static void settle(struct wg__fill *f, const struct wg__fill_lane *thread,
	const struct wg__thread_step *step, const struct wg_event *wait)
{
	struct wg__wait_row *row;
	uint32_t i = thread->closed;
	uint64_t left;

	if (!step->has_settled || i == WG__NO_ROW)
		return;
	row = &f->rows->wait[i];
	row->flags |= WG__WAIT_SETTLED;
	row->class = (uint8_t)step->thread->class;
	row->did = (uint8_t)wait->thread_wait.did;
	row->calls = wait->thread_wait.calls;
	row->cpu_ns = wait->thread_wait.cpu_ns;
	for (left = step->spins; left > 0 && i != WG__NO_ROW; left--) {
		f->rows->wait[i].class = WG_CLASS_SPIN;
		i = f->rows->wait[i].before;
	}
}

static int on_wait(struct wg__fill *f, struct wg__fill_lane *thread,
	const struct wg__thread_step *step, const struct wg_event *ev)
{
	struct wg__wait_row *row;

	settle(f, thread, step, ev);
	thread->wait_id = f->rows->wait_total++;
	thread->is_asleep = true;
	if (!(f->rows->holds & WG__HOLDS_WAITS))
		return 0;
	row = wg__fill_wait(f);
	if (!row)
		return -ENOMEM;
	row->lane = thread->lane;
	row->wait_ns = ev->ts_ns;
	row->timeout_ns = ev->thread_wait.timeout_ns;
	row->op = ev->op;
	row->how = (uint8_t)ev->thread_wait.how;
	row->site = ev->thread_wait.site;
	row->before = thread->closed;
	thread->wait = (uint32_t)(f->rows->wait_count - 1);
	return 0;
}

static int note_gap(struct wg__fill *f, const struct wg__fill_lane *thread,
	const struct wg__thread_step *step, const struct wg_event *ev)
{
	if (step->gap_begin_ns < 0 || !(f->rows->holds & WG__HOLDS_GAPS))
		return 0;
	return wg__fill_gap(
		f, &(struct wg__gap_row){
			   .begin_ns = step->gap_begin_ns,
			   .wake_ns = ev->ts_ns,
			   .lane = thread->lane,
			   .wait = thread->wait_id,
			   .kind = WG_KIND_COUNT,
			   .reason = ev->thread_wake.reason,
			   .flags = (uint8_t)(WG__GAP_FIRST | WG__GAP_THREAD |
					      (step->thread->class == WG_CLASS_LATE ? WG__GAP_LATE
										    : 0)),
		   });
}

static int on_wake(struct wg__fill *f, struct wg__fill_lane *thread,
	const struct wg__thread_step *step, const struct wg_event *ev)
{
	struct wg__wait_row *row;
	struct wg__wake_row *wake;

	if (!step->has_woken || !thread->is_asleep)
		return 0;
	thread->is_asleep = false;
	if (note_gap(f, thread, step, ev) < 0)
		return -ENOMEM;
	if (!(f->rows->holds & WG__HOLDS_WAITS))
		return 0;
	wake = wg__fill_wake(f);
	if (!wake)
		return -ENOMEM;
	*wake = (struct wg__wake_row){ .wake_ns = ev->ts_ns,
		.lane = thread->lane,
		.wait = thread->wait,
		.reason = ev->thread_wake.reason };
	row = &f->rows->wait[thread->wait];
	row->wake_ns = ev->ts_ns;
	row->gap_begin_ns = step->gap_begin_ns;
	row->wake = (uint32_t)(f->rows->wake_count - 1);
	row->reason = ev->thread_wake.reason;
	row->class = (uint8_t)step->thread->class;
	row->flags = WG__WAIT_HAS_WAKE;
	row->certainty = ev->thread_wake.certainty;
	if (row->certainty != WG_CERTAINTY_NONE) {
		row->by_pid = ev->thread_wake.by_pid;
		row->by_tid = ev->thread_wake.by_tid;
		row->by_call = ev->thread_wake.by_call;
		if (ev->thread_wake.waking_ns >= 0)
			row->notify_ns = ev->thread_wake.waking_ns;
	}
	thread->closed = thread->wait;
	thread->wait = WG__NO_ROW;
	return 0;
}

static int on_site(struct wg__fill *f, const struct wg_event *ev)
{
	struct wg__rows *r = f->rows;

	if (wg__grow(&r->site, &r->site_cap, r->site_count, sizeof(*r->site)) < 0)
		return -ENOMEM;
	r->site[r->site_count++] = (struct wg__site_row){ ev->site.id, ev->site.offset,
		ev->site.module, ev->site.symbol, ev->site.build_id };
	return 0;
}

int wg__fill_thread(struct wg__fill *f, const struct wg_event *ev, uint32_t *ret_lane)
{
	struct wg__rows *r = f->rows;
	const struct wg__thread_step *step;
	struct wg__fill_lane *thread;

	if ((!r->threads && wg_threads_create(&r->threads) < 0) ||
		wg_threads_feed(r->threads, ev) < 0)
		return -ENOMEM;
	if (ev->record == WG_RECORD_SITE)
		return on_site(f, ev);
	step = &r->threads->step;
	if (!step->thread)
		return 0;
	thread = thread_of(f, step->thread, ev);
	if (!thread)
		return -ENOMEM;
	*ret_lane = thread->lane;
	switch (ev->record) {
	case WG_RECORD_WAIT: return on_wait(f, thread, step, ev);
	case WG_RECORD_WAKE: return on_wake(f, thread, step, ev);
	default: return 0;
	}
}

void wg__fill_end_threads(struct wg__fill *f)
{
	size_t i;

	for (i = 0; i < f->thread_count; i++) {
		struct wg__wait_row *row =
			f->thread[i].wait == WG__NO_ROW ? NULL : &f->rows->wait[f->thread[i].wait];

		if (!row)
			continue;
		row->wake_ns = f->rows->end_ns;
		row->flags = WG__WAIT_HAS_WAKE | WG__WAIT_OPEN;
	}
}
