/*
 * columns.c: see columns.h. Operations, waits and spans; events are in columns_event.c.
 */
#include "traces/model/columns.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/model/columns_impl.h"

#define ROWS_OPEN 65536

/* ---- times ---- */

/* A time as a distance from another, 0 for one that is not known; all else comes back as it was. */
static int64_t distance(int64_t t, int64_t from, int64_t unknown)
{
	int64_t d = (int64_t)((uint64_t)t - (uint64_t)from);

	if (t == unknown)
		return 0;
	return d >= 0 && d < INT64_MAX ? d + 1 : d;
}

static int64_t from_distance(int64_t d, int64_t from, int64_t unknown)
{
	if (d == 0)
		return unknown;
	return (int64_t)((uint64_t)from + (uint64_t)(d > 0 && d < INT64_MAX ? d - 1 : d));
}

/* ---- operations ---- */

struct op_row {
	int64_t submit; /* as it is */
	int64_t start, done, notify, wake, deliver;
	int64_t arg, result;
	uint64_t op;
	uint32_t who, loop_idx;
	uint32_t worker; /* 1 + its number */
	uint16_t kind, notify_sent;
};

#define OF_OP(field) WG__PACKED_FIELD(struct op_row, field)
#define OP_FIELDS                                                                                  \
	{                                                                                          \
		OF_OP(submit), OF_OP(op), OF_OP(who), OF_OP(start), OF_OP(done), OF_OP(notify),    \
			OF_OP(wake), OF_OP(deliver), OF_OP(arg), OF_OP(result), OF_OP(loop_idx),   \
			OF_OP(worker), OF_OP(kind), OF_OP(notify_sent)                             \
	}

/* The same rows, packed or open to be set. */
static const struct wg__packed_type op_types[2] = {
	{ sizeof(struct op_row), ROWS_OPEN / WG__PACKED_BLOCK, 14, OP_FIELDS },
	{ sizeof(struct op_row), SIZE_MAX, 14, OP_FIELDS },
};

/* An operation of which no submit was seen counts from 0. */
static int64_t base_of(int64_t submit)
{
	return submit == WG_NO_TIME ? 0 : submit;
}

static void put_op(struct op_row *row, const struct wg_op_life *op)
{
	int64_t base = base_of(op->submit_ns);

	*row = (struct op_row){
		.submit = op->submit_ns,
		.start = distance(op->start_ns, base, WG_NO_TIME),
		.done = distance(op->done_ns, base, WG_NO_TIME),
		.notify = distance(op->notify_ns, base, WG_NO_TIME),
		.wake = distance(op->wake_ns, base, WG_NO_TIME),
		.deliver = distance(op->deliver_ns, base, WG_NO_TIME),
		.arg = op->arg,
		.result = op->result,
		.op = op->op,
		.who = op->who,
		.loop_idx = op->loop_idx,
		.worker = op->worker_lane + 1, /* WG_NO_LANE becomes 0 */
		.kind = op->kind,
		.notify_sent = op->notify_sent,
	};
}

int wg__columns_add_op(struct wg__columns *c, const struct wg_op_life *op)
{
	struct op_row *row = wg__packed_add(&c->ops);

	if (!row)
		return -ENOMEM;
	put_op(row, op);
	return 0;
}

int wg__columns_set_op(struct wg__columns *c, size_t i, const struct wg_op_life *op)
{
	struct op_row *row = wg__packed_open(&c->ops, i);

	if (!row)
		return -ENOMEM;
	put_op(row, op);
	return 0;
}

void wg__columns_op(const struct wg__columns *c, size_t i, struct wg_op_life *ret)
{
	struct op_row room;
	const struct op_row *row = wg__packed_get(&c->ops, i, &room);
	int64_t base = base_of(row->submit);

	*ret = (struct wg_op_life){
		.op = row->op,
		.who = row->who,
		.loop_idx = row->loop_idx,
		.arg = row->arg,
		.result = row->result,
		.worker_lane = row->worker - 1,
		.kind = row->kind,
		.notify_sent = row->notify_sent,
		.submit_ns = row->submit,
		.start_ns = from_distance(row->start, base, WG_NO_TIME),
		.done_ns = from_distance(row->done, base, WG_NO_TIME),
		.notify_ns = from_distance(row->notify, base, WG_NO_TIME),
		.wake_ns = from_distance(row->wake, base, WG_NO_TIME),
		.deliver_ns = from_distance(row->deliver, base, WG_NO_TIME),
	};
}

struct wg__key wg__columns_op_key(const struct wg__columns *c, size_t i)
{
	return (struct wg__key){ (uint32_t)wg__packed_value(&c->ops, i, OP_WHO),
		wg__packed_value(&c->ops, i, OP_ID) };
}

int64_t wg__columns_submit_ns(const struct wg__columns *c, size_t i)
{
	return (int64_t)wg__packed_value(&c->ops, i, OP_SUBMIT);
}

size_t wg__columns_first_op(const struct wg__columns *c, int64_t t)
{
	return wg__packed_first_from(&c->ops, OP_SUBMIT, t);
}

/* ---- waits ---- */

enum { IS_LATE = 1, IS_OPEN = 2, IS_EMPTY = 4, IS_STUCK = 8, IS_THREAD = WAIT_IS_THREAD };

struct wait_row {
	int64_t wait; /* as it is */
	int64_t wake, gap_begin;
	int64_t timeout;
	int64_t waited; /* of a thread: its notify, as a distance */
	uint64_t gap_op, loop_idx;
	uint64_t next;	  /* how many rows further on; 0: none */
	uint32_t results; /* or by_tid */
	uint8_t reason, gap_kind, is, how, class, certainty;
};

#define OF_WAIT(field) WG__PACKED_FIELD(struct wait_row, field)
#define WAIT_FIELDS                                                                                \
	{                                                                                          \
		OF_WAIT(wait), OF_WAIT(wake), OF_WAIT(gap_begin), OF_WAIT(timeout),                \
			OF_WAIT(waited), OF_WAIT(gap_op), OF_WAIT(loop_idx), OF_WAIT(next),        \
			OF_WAIT(results), OF_WAIT(reason), OF_WAIT(gap_kind), OF_WAIT(is),         \
			OF_WAIT(how), OF_WAIT(class), OF_WAIT(certainty)                           \
	}

static const struct wg__packed_type wait_types[2] = {
	{ sizeof(struct wait_row), ROWS_OPEN / WG__PACKED_BLOCK, 15, WAIT_FIELDS },
	{ sizeof(struct wait_row), SIZE_MAX, 15, WAIT_FIELDS },
};

static void put_wait(struct wait_row *row, size_t i, const struct wg_wait_rec *rec)
{
	const struct wg_interval *in = &rec->interval;

	*row = (struct wait_row){
		.wait = in->wait_ns,
		.wake = distance(in->wake_ns, in->wait_ns, WG_NO_TIME),
		.gap_begin = distance(in->gap_begin_ns, in->wait_ns, -1),
		.timeout = in->timeout_ns,
		.waited = rec->is_thread ? distance(rec->notify_ns, in->wait_ns, WG_NO_TIME)
					 : rec->waited_ns,
		.gap_op = in->gap_op,
		.loop_idx = in->loop_idx,
		.next = rec->next ? rec->next - (i + 1) : 0,
		.results = rec->is_thread ? rec->by_tid : rec->results,
		.reason = (uint8_t)in->reason,
		.gap_kind = (uint8_t)in->gap_kind,
		.is = (uint8_t)((in->late ? IS_LATE : 0) | (in->open ? IS_OPEN : 0) |
				(in->stuck ? IS_STUCK : 0) | (rec->empty ? IS_EMPTY : 0) |
				(rec->is_thread ? IS_THREAD : 0)),
		.how = rec->how,
		.class = rec->class,
		.certainty = rec->certainty,
	};
}

int wg__columns_add_wait(struct wg__columns *c, const struct wg_wait_rec *rec)
{
	struct wait_row *row = wg__packed_add(&c->waits);

	if (!row)
		return -ENOMEM;
	put_wait(row, c->waits.count - 1, rec);
	return 0;
}

int wg__columns_set_wait(struct wg__columns *c, size_t i, const struct wg_wait_rec *rec)
{
	struct wait_row *row = wg__packed_open(&c->waits, i);

	if (!row)
		return -ENOMEM;
	put_wait(row, i, rec);
	return 0;
}

int wg__columns_link_wait(struct wg__columns *c, size_t i, size_t next)
{
	struct wait_row *row = wg__packed_open(&c->waits, i);

	if (!row)
		return -ENOMEM;
	row->next = next ? next - (i + 1) : 0;
	return 0;
}

int wg__columns_wait_result(struct wg__columns *c, size_t i, int64_t waited_ns)
{
	struct wait_row *row = wg__packed_open(&c->waits, i);

	if (!row)
		return -ENOMEM;
	row->results++;
	row->waited += waited_ns;
	return 0;
}

void wg__columns_wait(const struct wg__columns *c, size_t i, struct wg_wait_rec *ret)
{
	struct wait_row room;
	const struct wait_row *row = wg__packed_get(&c->waits, i, &room);

	*ret = (struct wg_wait_rec){
		.interval = {
			.loop_idx = row->loop_idx,
			.wait_ns = row->wait,
			.wake_ns = from_distance(row->wake, row->wait, WG_NO_TIME),
			.timeout_ns = row->timeout,
			.reason = (enum wg_reason)row->reason,
			.gap_begin_ns = from_distance(row->gap_begin, row->wait, -1),
			.gap_op = row->gap_op,
			.gap_kind = (enum wg_kind)row->gap_kind,
			.late = row->is & IS_LATE,
			.open = row->is & IS_OPEN,
			.stuck = row->is & IS_STUCK,
		},
		.number = i,
		.empty = row->is & IS_EMPTY,
		.is_thread = row->is & IS_THREAD,
		.how = row->how,
		.class = row->class & 31,
		.certainty = row->certainty & 7,
		.next = row->next ? i + 1 + row->next : 0,
	};
	if (ret->is_thread) {
		ret->by_tid = row->results;
		ret->notify_ns = from_distance(row->waited, row->wait, WG_NO_TIME);
	} else {
		ret->results = row->results;
		ret->waited_ns = row->waited;
	}
}

size_t wg__columns_first_wait(const struct wg__columns *c, int64_t t)
{
	return wg__packed_first_from(&c->waits, WAIT_BEGIN, t);
}

bool wg__columns_is_unclosed(const struct wg__columns *c, size_t i)
{
	return wg__packed_value(&c->waits, i, WAIT_WAKE) == 0;
}

/* ---- spans ---- */

struct span_row {
	int64_t begin, length;
	uint64_t op;
	uint32_t wait;
	uint8_t state; /* SPAN_IS_OPEN, too */
};

#define OF_SPAN(field) WG__PACKED_FIELD(struct span_row, field)
#define SPAN_FIELDS                                                                                \
	{                                                                                          \
		OF_SPAN(begin), OF_SPAN(length), OF_SPAN(op), OF_SPAN(wait), OF_SPAN(state)        \
	}

static const struct wg__packed_type span_types[2] = {
	{ sizeof(struct span_row), 1, 5, SPAN_FIELDS },
	{ sizeof(struct span_row), SIZE_MAX, 5, SPAN_FIELDS },
};

void wg__spans_init(struct wg__packed *spans, bool stays_open)
{
	*spans = (struct wg__packed){ .type = &span_types[stays_open] };
}

static void put_span(struct span_row *row, const struct wg_span *span)
{
	*row = (struct span_row){
		.begin = span->begin_ns,
		.length = span->end_ns - span->begin_ns,
		.op = span->op,
		.wait = span->wait,
		.state = (uint8_t)((unsigned)span->state | (span->open ? SPAN_IS_OPEN : 0)),
	};
}

int wg__spans_add(struct wg__packed *spans, const struct wg_span *span)
{
	struct span_row *row = wg__packed_add(spans);

	if (!row)
		return -ENOMEM;
	put_span(row, span);
	return 0;
}

int wg__spans_set(struct wg__packed *spans, size_t i, const struct wg_span *span)
{
	struct span_row *row = wg__packed_open(spans, i);

	if (!row)
		return -ENOMEM;
	put_span(row, span);
	return 0;
}

void wg__spans_get(const struct wg__packed *spans, size_t i, struct wg_span *ret)
{
	struct span_row room;
	const struct span_row *row = wg__packed_get(spans, i, &room);

	*ret = (struct wg_span){
		.begin_ns = row->begin,
		.end_ns = row->begin + row->length,
		.state = (enum wg_span_state)(row->state & ~SPAN_IS_OPEN),
		.open = row->state & SPAN_IS_OPEN,
		.op = row->op,
		.wait = row->wait,
	};
}

int64_t wg__spans_begin_ns(const struct wg__packed *spans, size_t i)
{
	return (int64_t)wg__packed_value(spans, i, SPAN_BEGIN);
}

int64_t wg__spans_end_ns(const struct wg__packed *spans, size_t i)
{
	return wg__spans_begin_ns(spans, i) + (int64_t)wg__packed_value(spans, i, SPAN_LENGTH);
}

size_t wg__spans_from(const struct wg__packed *spans, int64_t t)
{
	return wg__packed_first_from(spans, SPAN_BEGIN, t);
}

/* ---- all ---- */

void wg__columns_init(struct wg__columns *c, bool stays_open)
{
	*c = (struct wg__columns){ .last_source = SIZE_MAX };
	c->ops.type = &op_types[stays_open];
	c->waits.type = &wait_types[stays_open];
	wg__events_init(c, stays_open);
}

void wg__columns_close(struct wg__columns *c)
{
	wg__packed_close(&c->events);
	wg__packed_close(&c->ops);
	wg__packed_close(&c->waits);
}

void wg__columns_fini(struct wg__columns *c)
{
	wg__packed_fini(&c->events);
	wg__packed_fini(&c->ops);
	wg__packed_fini(&c->waits);
	wg__finder_fini(&c->source_map);
	wg__map_fini(&c->name_map);
	free(c->sources);
	free(c->names);
	free(c->worker_lane);
}
