/*
 * build_ops.c: operations, and what workers do with them (see build.h).
 */
#include <errno.h>

#include "traces/base/names.h"
#include "traces/measure/flight.h"
#include "traces/model/build.h"

struct wg__key wg__build_op_key(const void *user, uint32_t i)
{
	return wg__columns_op_key(user, i);
}

/* The record of an operation in flight: SIZE_MAX if it has none. Where records move (window.h) they
 * are looked up; else the flight keeps their numbers, and the map is made at the end. */
static size_t number_of(struct wg__build *b, uint32_t node, uint32_t who, uint64_t op)
{
	uint32_t i = b->stays_open
			     ? wg__finder_get(&b->op_map, (struct wg__key){ who, op })
			     : wg__flight_op(wg__measure_flight(b->trace->measure), node)->tag;

	if (b->stays_open)
		return i == WG__FINDER_NONE ? SIZE_MAX : i;
	return i ? i - 1 : SIZE_MAX;
}

/* A new record, i, is that of an operation in flight. 0 or -ENOMEM. */
static int put_number(struct wg__build *b, uint32_t node, size_t i)
{
	if (b->stays_open)
		return wg__finder_put(&b->op_map, i);
	if (i >= WG__NO_OP)
		return -ENOMEM;
	wg__flight_op(wg__measure_flight(b->trace->measure), node)->tag = (uint32_t)i + 1;
	return 0;
}

/* The record of an operation as far as its flight knows it; its worker is a number. Returns its
 * own, SIZE_MAX without memory. */
static size_t record_of(struct wg__build *b, const struct wg_op_life *now,
	const struct wg__step *step, struct wg_op_life *ret_life)
{
	size_t i = step->is_new ? SIZE_MAX : number_of(b, step->op, now->who, now->op);
	struct wg_trace *t = b->trace;

	if (i == SIZE_MAX) {
		i = t->op_count;
		if (wg__columns_add_op(b->columns, now) < 0)
			return SIZE_MAX;
		t->op_count++;
		*ret_life = *now;
		return put_number(b, step->op, i) < 0 ? SIZE_MAX : i;
	}
	wg__columns_op(b->columns, i, ret_life);
	ret_life->loop_idx = now->loop_idx;
	ret_life->kind = now->kind;
	ret_life->submit_ns = now->submit_ns;
	ret_life->start_ns = now->start_ns;
	ret_life->done_ns = now->done_ns;
	ret_life->wake_ns = now->wake_ns;
	ret_life->deliver_ns = now->deliver_ns;
	return i;
}

/* What its flight does not keep. */
static void note_rest(struct wg_op_life *life, const struct wg_event *ev, bool is_first)
{
	switch (ev->type) {
	case WG_EV_SUBMIT: life->arg = ev->submit.arg; break;
	case WG_EV_NOTIFY:
		life->notify_ns = ev->ts_ns;
		life->notify_sent = ev->notify.sent != 0;
		break;
	case WG_EV_DONE:
		if (is_first)
			life->result = ev->done.result;
		break;
	case WG_EV_DELIVER:
		if (is_first)
			life->result = ev->deliver.result;
		break;
	default: break;
	}
}

static size_t worker_of(struct wg__build *b, uint32_t who, const struct wg_event *ev)
{
	/* Two loops may each number their workers from 0, so the thread counts as well. */
	uint64_t id = (uint64_t)ev->tid << 32 | ev->start.worker;
	size_t i = wg__map_get(&b->worker_map, who, id);

	if (i != WG__MAP_NONE)
		return i;
	i = b->worker_count;
	if (wg__grow(&b->workers, &b->worker_cap, i, sizeof(*b->workers)) < 0 ||
		wg__map_put(&b->worker_map, who, id, i) < 0)
		return SIZE_MAX;
	b->workers[i] = (struct wg__lane){
		.lane = {
			.kind = WG_LANE_WORKER,
			.pid = ev->pid,
			.who = who,
			.loop = ev->loop,
			.worker = ev->start.worker,
			.tid = ev->tid,
		},
		.since_ns = WG_NO_TIME,
	};
	wg__spans_init(&b->workers[i].spans, b->stays_open);
	b->workers[i].spans.packer = b->packer;
	b->worker_count++;
	return i;
}

static int end_work(struct wg__lane *worker, int64_t now_ns, bool open)
{
	const struct wg_span span = {
		.begin_ns = worker->since_ns,
		.end_ns = now_ns,
		.state = WG_SPAN_WORKING,
		.open = open,
		.op = worker->op,
	};

	if (worker->since_ns == WG_NO_TIME)
		return 0;
	worker->since_ns = WG_NO_TIME;
	return wg__build_push_span(worker, &span);
}

static int on_start(struct wg__build *b, struct wg_op_life *life, const struct wg_event *ev)
{
	size_t i = worker_of(b, life->who, ev);
	int rc;

	if (i == SIZE_MAX)
		return -ENOMEM;
	/* If the done of the last one was lost, it must have been before this. */
	rc = end_work(&b->workers[i], ev->ts_ns, false);
	b->workers[i].since_ns = ev->ts_ns;
	b->workers[i].op = ev->op;
	life->worker_lane = (uint32_t)i; /* its number; columns know its lane, later */
	return rc;
}

static int on_done(struct wg__build *b, const struct wg_op_life *life)
{
	uint32_t w = life->worker_lane;
	struct wg__lane *worker = w != WG_NO_LANE ? &b->workers[w] : NULL;

	return worker && worker->op == life->op ? end_work(worker, life->done_ns, false) : 0;
}

int wg__build_op(struct wg__build *b, const struct wg_event *ev)
{
	const struct wg__step *step = wg__measure_step(b->trace->measure);
	struct wg_op_life now, life;
	size_t i;
	int rc = 0;

	if (step->op == WG__NO_OP)
		return 0; /* a notify without a result, as wg_loop_wake() sends */
	wg__flight_life(wg__measure_flight(b->trace->measure), step->op, &now);
	i = record_of(b, &now, step, &life);
	if (i == SIZE_MAX)
		return -ENOMEM;
	note_rest(&life, ev, step->is_first);
	if (ev->type == WG_EV_START)
		rc = on_start(b, &life, ev);
	else if (ev->type == WG_EV_DONE)
		rc = on_done(b, &life);
	return rc < 0 ? rc : wg__columns_set_op(b->columns, i, &life);
}

int wg__build_map_ops(struct wg__build *b)
{
	int rc = 0;

	for (; !b->stays_open && b->mapped_ops < b->trace->op_count && rc == 0; b->mapped_ops++)
		rc = wg__finder_put(&b->op_map, b->mapped_ops);
	return rc;
}

int wg__build_op_woken(struct wg__build *b, const struct wg_op_life *op, uint32_t node)
{
	size_t i = number_of(b, node, op->who, op->op);
	struct wg_op_life life;

	if (i == SIZE_MAX)
		return 0;
	wg__columns_op(b->columns, i, &life);
	life.wake_ns = op->wake_ns;
	return wg__columns_set_op(b->columns, i, &life);
}
