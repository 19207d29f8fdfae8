/*
 * fill.c: events of loops become rows (see fill.h).
 *
 * What an event means is asked of the measure: before its hooks return nothing is known, so rows
 * are written after each event was fed.
 */
#include "traces/query/fill.h"

#include <errno.h>
#include <stdlib.h>

#define PUSH(array, name)                                                                          \
	(wg__grow(&(array)->name, &(array)->name##_cap, (array)->name##_count,                     \
		 sizeof(*(array)->name)) < 0 ||                                                    \
				(array)->name##_count >= WG__NO_ROW                                \
			? NULL                                                                     \
			: &(array)->name[(array)->name##_count++])

uint32_t wg__fill_lane(struct wg__fill *f, const struct wg__lane_row *lane)
{
	struct wg__lane_row *row = PUSH(f->rows, lane);

	if (!row)
		return WG__NO_ROW;
	*row = *lane;
	return (uint32_t)(f->rows->lane_count - 1);
}

struct wg__wait_row *wg__fill_wait(struct wg__fill *f)
{
	struct wg__wait_row *row = PUSH(f->rows, wait);

	if (row)
		*row = (struct wg__wait_row){
			.gap_begin_ns = -1,
			.notify_ns = WG_NO_TIME,
			.cpu_ns = WG_NOT_OBSERVABLE,
			.calls = WG_NOT_OBSERVABLE,
			.wake = WG__NO_ROW,
			.before = WG__NO_ROW,
			.class = WG_CLASS_COUNT,
			.kind = WG_KIND_UNKNOWN,
			.reason = WG_REASON_UNKNOWN,
		};
	return row;
}

struct wg__wake_row *wg__fill_wake(struct wg__fill *f)
{
	struct wg__wake_row *row = PUSH(f->rows, wake);

	if (row)
		*row = (struct wg__wake_row){ .wait = WG__NO_ROW };
	return row;
}

int wg__fill_gap(struct wg__fill *f, const struct wg__gap_row *gap)
{
	struct wg__gap_row *row = PUSH(f->rows, gap);

	if (!row)
		return -ENOMEM;
	*row = *gap;
	return 0;
}

/* --- what the measure says --- */

static void hook_interval(void *user, const struct wg_interval *is)
{
	struct wg__fill *f = user;
	struct wg__fill_lane *loop = &f->loop[is->loop_idx];
	struct wg__wait_row *wait;

	f->interval = *is;
	f->closed_id = loop->wait_id;
	loop->is_asleep = false;
	loop->closed = loop->wait;
	loop->wait = WG__NO_ROW;
	if (loop->closed == WG__NO_ROW)
		return;
	wait = &f->rows->wait[loop->closed];
	wait->wake_ns = is->wake_ns;
	wait->gap_begin_ns = is->gap_begin_ns;
	wait->op = is->gap_op;
	wait->kind = (uint8_t)is->gap_kind;
	wait->reason = (uint8_t)is->reason;
	wait->flags = (uint8_t)(WG__WAIT_HAS_WAKE | (is->open ? WG__WAIT_OPEN : 0) |
				(is->late ? WG__WAIT_LATE : 0));
}

static void hook_empty_wake(void *user, size_t loop_idx, int64_t wake_ns)
{
	struct wg__fill *f = user;

	(void)wake_ns;
	if (f->loop[loop_idx].wake != WG__NO_ROW)
		f->rows->wake[f->loop[loop_idx].wake].flags |= WG__WAKE_EMPTY;
}

static void hook_woken(void *user, const struct wg_op_life *op, uint32_t number)
{
	struct wg__fill *f = user;

	(void)op;
	(void)number;
	f->woken++;
}

static void hook_kind_gap(void *user, enum wg_kind kind, int64_t begin_ns, int64_t wake_ns)
{
	struct wg__fill *f = user;
	const struct wg_interval *is = &f->interval;
	bool is_first = is->gap_begin_ns >= 0 && kind == is->gap_kind;

	if (!(f->rows->holds & WG__HOLDS_GAPS))
		return;
	if (wg__fill_gap(f, &(struct wg__gap_row){
				    .begin_ns = begin_ns,
				    .wake_ns = wake_ns,
				    .op = is_first ? is->gap_op : 0,
				    .lane = f->loop[is->loop_idx].lane,
				    .wait = f->closed_id,
				    .kind = (uint8_t)kind,
				    .reason = (uint8_t)is->reason,
				    .flags = (uint8_t)((is_first ? WG__GAP_FIRST : 0) |
						       (is->late ? WG__GAP_LATE : 0)),
			    }) < 0)
		f->rc = -ENOMEM;
}

static void hook_stage(void *user, enum wg_stage stage, int64_t for_ns)
{
	struct wg__fill *f = user;

	f->stages |= (uint8_t)(1u << stage);
	f->stage_ns[stage] = for_ns;
}

struct wg_measure_hooks wg__fill_hooks(struct wg__fill *fill)
{
	return (struct wg_measure_hooks){
		.interval = hook_interval,
		.empty_wake = hook_empty_wake,
		.user = fill,
		.woken = hook_woken,
		.kind_gap = hook_kind_gap,
		.stage = hook_stage,
	};
}

/* --- loops --- */

static struct wg__fill_lane *loop_of(struct wg__fill *f, size_t i, const struct wg_event *ev)
{
	struct wg__fill_lane *loop;

	if (i < f->loop_count) {
		loop = &f->loop[i];
		f->rows->lane[loop->lane].last_ns = ev->ts_ns;
		return loop;
	}
	loop = PUSH(f, loop);
	if (!loop)
		return NULL;
	*loop = (struct wg__fill_lane){
		.wait = WG__NO_ROW, .closed = WG__NO_ROW, .wake = WG__NO_ROW
	};
	loop->lane = wg__fill_lane(f, &(struct wg__lane_row){ .type = WG__LANE_LOOP,
					      .pid = ev->pid,
					      .tid = ev->tid,
					      .loop = ev->loop,
					      .number = i,
					      .first_ns = ev->ts_ns,
					      .last_ns = ev->ts_ns });
	return loop->lane == WG__NO_ROW ? NULL : loop;
}

static int on_wait(struct wg__fill *f, struct wg__fill_lane *loop, const struct wg_event *ev)
{
	struct wg__wait_row *wait;

	f->rows->lane[loop->lane].tid = ev->tid; /* the thread that sleeps */
	loop->wait_id = f->rows->wait_total++;
	loop->is_asleep = true;
	if (!(f->rows->holds & WG__HOLDS_WAITS))
		return 0;
	wait = wg__fill_wait(f);
	if (!wait)
		return -ENOMEM;
	wait->lane = loop->lane;
	wait->wait_ns = ev->ts_ns;
	wait->timeout_ns = ev->wait.timeout_ns;
	loop->wait = (uint32_t)(f->rows->wait_count - 1);
	return 0;
}

static int on_wake(
	struct wg__fill *f, struct wg__fill_lane *loop, const struct wg_event *ev, uint64_t late)
{
	bool is_late = late > loop->late;
	struct wg__wake_row *wake;

	loop->late = late;

	if (!(f->rows->holds & WG__HOLDS_WAITS))
		return 0;
	wake = wg__fill_wake(f);
	if (!wake)
		return -ENOMEM;
	loop->wake = (uint32_t)(f->rows->wake_count - 1);
	wake->wake_ns = ev->ts_ns;
	wake->lane = loop->lane;
	wake->wait = loop->closed;
	wake->results = f->woken;
	wake->reason = (uint8_t)ev->wake.reason;
	wake->flags = is_late ? WG__WAKE_LATE : 0;
	if (loop->closed != WG__NO_ROW)
		f->rows->wait[loop->closed].wake = loop->wake;
	loop->closed = WG__NO_ROW;
	return 0;
}

/* --- operations --- */

/* The row of an operation in flight; NULL without memory. */
static struct wg__op_row *op_of(struct wg__fill *f, const struct wg__step *step)
{
	struct wg__op_row *row;

	if (!step->is_new && step->op < f->op_row_count && f->op_row[step->op] != WG__NO_ROW)
		return &f->rows->op[f->op_row[step->op]];
	while (f->op_row_count <= step->op) {
		if (wg__grow(&f->op_row, &f->op_row_cap, f->op_row_count, sizeof(*f->op_row)) < 0)
			return NULL;
		f->op_row[f->op_row_count++] = WG__NO_ROW;
	}
	row = PUSH(f->rows, op);
	if (!row)
		return NULL;
	*row = (struct wg__op_row){ .notify_ns = WG_NO_TIME, .worker_lane = WG__NO_ROW };
	f->op_row[step->op] = (uint32_t)(f->rows->op_count - 1);
	return row;
}

static void note_life(struct wg__fill *f, struct wg__op_row *row, uint32_t number)
{
	struct wg_op_life life;

	wg__flight_life(wg__measure_flight(f->rows->measure), number, &life);
	row->op = life.op;
	row->lane = f->loop[life.loop_idx].lane;
	row->kind = (uint8_t)life.kind;
	row->submit_ns = life.submit_ns;
	row->start_ns = life.start_ns;
	row->done_ns = life.done_ns;
	row->wake_ns = life.wake_ns;
	row->deliver_ns = life.deliver_ns;
}

/* Two loops may each number their workers from 0, so the thread counts as well. */
static int worker_of(
	struct wg__fill *f, size_t loop_idx, const struct wg_event *ev, uint32_t *ret_lane)
{
	uint32_t who = wg__measure_who(f->rows->measure, loop_idx);
	uint64_t id = (uint64_t)ev->tid << 32 | ev->start.worker;
	size_t lane = wg__map_get(&f->worker, who, id);

	if (lane == WG__MAP_NONE) {
		lane = wg__fill_lane(f, &(struct wg__lane_row){ .type = WG__LANE_WORKER,
						.pid = ev->pid,
						.tid = ev->tid,
						.worker = ev->start.worker,
						.loop = ev->loop,
						.number = loop_idx,
						.first_ns = ev->ts_ns });
		if (lane == WG__NO_ROW || wg__map_put(&f->worker, who, id, lane) < 0)
			return -ENOMEM;
	}
	f->rows->lane[lane].last_ns = ev->ts_ns;
	*ret_lane = (uint32_t)lane;
	return 0;
}

static int on_op(struct wg__fill *f, const struct wg__step *step, const struct wg_event *ev)
{
	uint32_t worker_lane = WG__NO_ROW, left;
	struct wg__op_row *row;

	if (ev->type == WG_EV_START && worker_of(f, step->loop_idx, ev, &worker_lane) < 0)
		return -ENOMEM;
	if (step->op == WG__NO_OP || !(f->rows->holds & WG__HOLDS_OPS))
		return 0;
	row = op_of(f, step);
	if (!row)
		return -ENOMEM;
	note_life(f, row, step->op);
	row->stages |= f->stages;
	for (left = f->stages; left; left &= left - 1)
		row->stage_ns[__builtin_ctz(left)] = f->stage_ns[__builtin_ctz(left)];
	switch (ev->type) {
	case WG_EV_SUBMIT: row->arg = ev->submit.arg; break;
	case WG_EV_START:
		row->worker = ev->start.worker;
		row->worker_tid = ev->tid;
		row->worker_lane = worker_lane;
		break;
	case WG_EV_NOTIFY:
		row->notify_ns = ev->ts_ns;
		row->is_sent = ev->notify.sent != 0;
		break;
	case WG_EV_DONE:
	case WG_EV_DELIVER:
		if (step->is_first)
			row->result = ev->type == WG_EV_DONE ? ev->done.result : ev->deliver.result;
		break;
	default: break;
	}
	return 0;
}

void wg__fill_end_ops(struct wg__fill *f)
{
	const struct wg__flight *flight = wg__measure_flight(f->rows->measure);
	uint32_t i;

	/* A wake since its last event may have been the first for it. */
	for (i = 0; i < f->op_row_count && i < flight->count; i++) {
		const struct wg__op *op = wg__flight_op(flight, i);
		struct wg__op_row *row =
			f->op_row[i] == WG__NO_ROW ? NULL : &f->rows->op[f->op_row[i]];

		if (row && op->seq && op->op == row->op)
			note_life(f, row, i);
	}
}

int wg__fill_loop(struct wg__fill *f, const struct wg_event *ev, uint32_t *ret_lane)
{
	const struct wg__step *step = wg__measure_step(f->rows->measure);
	struct wg__fill_lane *loop = loop_of(f, step->loop_idx, ev);

	if (!loop)
		return -ENOMEM;
	*ret_lane = loop->lane;
	switch (ev->type) {
	case WG_EV_WAIT: return on_wait(f, loop, ev);
	case WG_EV_WAKE:
		return on_wake(
			f, loop, ev, wg_measure_loop(f->rows->measure, step->loop_idx)->late_wakes);
	case WG_EV_LOOP:
	case WG_EV_POLL: return 0;
	default: return on_op(f, step, ev);
	}
}

void wg__fill_fini(struct wg__fill *fill)
{
	free(fill->loop);
	free(fill->thread);
	free(fill->op_row);
	wg__map_fini(&fill->worker);
	wg__map_fini(&fill->name);
}
