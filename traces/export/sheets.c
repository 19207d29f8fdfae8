/*
 * sheets.c: csv and jsonl of wait intervals and of operations.
 *
 * Both are written from a stream: an interval when the loop's next one closes, because only then is
 * known whether its wake was empty; an operation when its result was delivered. Memory is that of
 * what is in flight.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/export/pass.h"
#include "traces/export/row_formats.h"
#include "traces/measure/flight.h"
#include "traces/measure/measure.h"
#include "traces/base/map.h"
#include "traces/base/names.h"

/* Nanoseconds since the beginning of the trace; the cell stays empty if it did not happen. */
static void fill_time(
	struct wg__row *row, size_t column, const struct wg__pass *pass, int64_t time_ns)
{
	if (time_ns != WG_NO_TIME)
		wg__row_i64(row, column, time_ns - pass->begin_ns);
}

static void fill_length(struct wg__row *row, size_t column, int64_t from_ns, int64_t to_ns)
{
	if (from_ns != WG_NO_TIME && to_ns != WG_NO_TIME)
		wg__row_i64(row, column, to_ns - from_ns);
}

static void hole(
	const struct wg__pass *pass, const struct wg__row_format *format, const struct wg_event *ev)
{
	if (format->shows_holes && wg__pass_wants(pass, ev->lost.begin_ns, ev->ts_ns))
		wg__row_hole(pass, format, ev);
}

/* --- intervals --- */

#define INTERVAL_COLUMNS(X)                                                                        \
	X(trace), X(pid), X(process), X(loop), X(wait), X(wait_ns), X(wake_ns), X(asleep_ns),      \
		X(timeout_ns), X(reason), X(gap_from_ns), X(gap_ns), X(gap_op), X(empty), X(late), \
		X(open)
#define ID(name) IN_##name
enum { INTERVAL_COLUMNS(ID), IN_COLUMN_COUNT };
static const char *const interval_columns[] = { INTERVAL_COLUMNS(WG__COLUMN_NAME), NULL };
#undef ID

/* The last interval of a loop, not yet written. */
struct pending {
	bool is_there, is_empty;
	struct wg_interval is;
};

struct intervals {
	const struct wg__row_format *format;
	const struct wg__pass *pass;
	struct wg_measure *measure;
	struct pending *pending; /* by loop_idx */
	size_t count, cap;
	int rc; /* of hooks, which cannot return one */
};

static void write_pending(struct intervals *in, size_t loop_idx)
{
	const struct wg_loop_stats *loop = wg_measure_loop(in->measure, loop_idx);
	struct pending *p = &in->pending[loop_idx];
	struct wg__row row = { .filled = 0 };

	if (loop_idx >= in->count || !p->is_there)
		return;
	p->is_there = false;
	if (!wg__pass_wants(in->pass, p->is.wait_ns, p->is.wake_ns))
		return;
	wg__row_text(&row, IN_trace, in->pass->label);
	wg__row_u64(&row, IN_pid, loop->pid);
	wg__row_text(&row, IN_process, loop->process);
	wg__row_u64(&row, IN_loop, loop->loop);
	wg__row_text(&row, IN_wait, loop->wait);
	fill_time(&row, IN_wait_ns, in->pass, p->is.wait_ns);
	fill_time(&row, IN_wake_ns, in->pass, p->is.wake_ns);
	fill_length(&row, IN_asleep_ns, p->is.wait_ns, p->is.wake_ns);
	wg__row_i64(&row, IN_timeout_ns, p->is.timeout_ns);
	if (!p->is.open)
		wg__row_word(&row, IN_reason, wg_reason_name(p->is.reason));
	if (p->is.gap_begin_ns >= 0 && wg_stats_sees(loop, WG_SEES_GAPS)) {
		fill_time(&row, IN_gap_from_ns, in->pass, p->is.gap_begin_ns);
		fill_length(&row, IN_gap_ns, p->is.gap_begin_ns, p->is.wake_ns);
		wg__row_u64(&row, IN_gap_op, p->is.gap_op);
	}
	if (wg_stats_sees(loop, WG_SEES_EMPTY_WAKES))
		wg__row_u64(&row, IN_empty, p->is_empty);
	if (wg_stats_sees(loop, WG_SEES_LATE_WAKES))
		wg__row_u64(&row, IN_late, p->is.late);
	wg__row_u64(&row, IN_open, p->is.open);
	in->format->row(in->pass->ex->out, interval_columns, &row);
}

static void hook_interval(void *user, const struct wg_interval *interval)
{
	struct intervals *in = user;

	while (in->count <= interval->loop_idx) {
		if (wg__grow(&in->pending, &in->cap, in->count, sizeof(*in->pending)) < 0) {
			in->rc = -ENOMEM;
			return;
		}
		in->pending[in->count++] = (struct pending){ .is_there = false };
	}
	write_pending(in, interval->loop_idx);
	in->pending[interval->loop_idx] = (struct pending){ .is_there = true, .is = *interval };
}

static void hook_empty_wake(void *user, size_t loop_idx, int64_t wake_ns)
{
	struct intervals *in = user;

	if (loop_idx < in->count && in->pending[loop_idx].is.wake_ns == wake_ns)
		in->pending[loop_idx].is_empty = true;
}

static int feed_interval(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct intervals *in = user;

	in->pass = pass;
	if (ev->type == WG_EV_LOST)
		hole(pass, in->format, ev);
	if (wg_measure_feed(in->measure, ev) < 0)
		return -ENOMEM;
	return in->rc;
}

static int end_intervals(void *user, const struct wg__pass *pass)
{
	struct intervals *in = user;
	size_t i;

	in->pass = pass;
	wg_measure_recorded(in->measure, pass->recorded_ns);
	wg_measure_finish(in->measure);
	for (i = 0; i < in->count; i++)
		write_pending(in, i);
	return in->rc;
}

int wg__export_intervals(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed_interval, end_intervals, wg__row_note,
		false };
	size_t i;
	int rc = 0;

	if (format->header)
		format->header(ex->out, interval_columns);
	for (i = 0; i < ex->path_count && rc == 0; i++) {
		struct intervals in = { .format = format };
		struct wg_measure_hooks hooks = {
			.interval = hook_interval, .empty_wake = hook_empty_wake, .user = &in
		};

		if (wg_measure_create(&hooks, &in.measure) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
		wg_measure_keep_no_samples(in.measure);
		rc = wg__export_pass(ex, i, &ops, &in, err);
		wg_measure_destroy(in.measure);
		free(in.pending);
	}
	return rc;
}

/* --- operations --- */

#define OP_COLUMNS(X)                                                                              \
	X(trace), X(pid), X(process), X(loop), X(op), X(kind), X(arg), X(result), X(worker),       \
		X(worker_tid), X(sent), X(submit_ns), X(start_ns), X(done_ns), X(notify_ns),       \
		X(wake_ns), X(deliver_ns), X(queued_ns), X(service_ns), X(ready_ns), X(total_ns)
#define ID(name) OP_##name
enum { OP_COLUMNS(ID), OP_COLUMN_COUNT };
static const char *const op_columns[] = { OP_COLUMNS(WG__COLUMN_NAME), NULL };
#undef ID

/* What the flight does not keep of an operation; the bytes of one in flight are bounded. */
struct rest {
	int64_t arg, result, notify_ns;
	uint32_t worker;
} __attribute__((packed, aligned(4)));

struct operations {
	const struct wg__row_format *format;
	const struct wg__pass *pass;
	struct wg__flight flight;
	struct rest *rest; /* by number of the node */
	const char **name; /* of processes, as the first event of an operation says; its tag */
	size_t rest_cap, name_count, name_cap;
	struct wg__map name_map;
};

static void fill_times(
	struct wg__row *row, const struct wg__pass *pass, const struct wg_op_life *life)
{
	fill_time(row, OP_submit_ns, pass, life->submit_ns);
	fill_time(row, OP_start_ns, pass, life->start_ns);
	fill_time(row, OP_done_ns, pass, life->done_ns);
	fill_time(row, OP_notify_ns, pass, life->notify_ns);
	fill_time(row, OP_wake_ns, pass, life->wake_ns);
	fill_time(row, OP_deliver_ns, pass, life->deliver_ns);
	fill_length(row, OP_queued_ns, life->submit_ns, life->start_ns);
	fill_length(row, OP_service_ns, life->start_ns, life->done_ns);
	fill_length(row, OP_ready_ns, life->done_ns, life->deliver_ns);
	fill_length(row, OP_total_ns, life->submit_ns, life->deliver_ns);
}

/* Is any part of its life in the range? One that is not over lasts to the end of the trace. */
static bool wants_life(const struct wg__pass *pass, const struct wg_op_life *life)
{
	const int64_t times[] = { life->submit_ns, life->start_ns, life->done_ns,
		life->deliver_ns };
	int64_t first = INT64_MAX, last = life->deliver_ns;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i] != WG_NO_TIME && times[i] < first)
			first = times[i];
	}
	return wg__pass_wants(pass, first, last != WG_NO_TIME ? last : pass->end_ns);
}

static int write_life(void *user, struct wg__op *op, uint32_t number)
{
	struct operations *ops = user;
	const struct wg__flight_loop *loop = &ops->flight.loop[op->loop_idx];
	const struct rest *rest = &ops->rest[number];
	struct wg__row row = { .filled = 0 };
	struct wg_op_life life;

	wg__flight_life(&ops->flight, number, &life);
	life.notify_ns = rest->notify_ns;
	if (!wants_life(ops->pass, &life))
		return 0;
	wg__row_text(&row, OP_trace, ops->pass->label);
	wg__row_u64(&row, OP_pid, loop->pid);
	wg__row_text(&row, OP_process, ops->name[op->tag]);
	wg__row_u64(&row, OP_loop, loop->loop);
	wg__row_u64(&row, OP_op, life.op);
	if (life.submit_ns != WG_NO_TIME) {
		wg__row_word(&row, OP_kind, wg_kind_name(life.kind));
		wg__row_i64(&row, OP_arg, rest->arg);
	}
	if (life.done_ns != WG_NO_TIME || life.deliver_ns != WG_NO_TIME)
		wg__row_i64(&row, OP_result, rest->result);
	if (life.start_ns != WG_NO_TIME) {
		wg__row_u64(&row, OP_worker, rest->worker);
		wg__row_u64(&row, OP_worker_tid, op->worker_tid);
	}
	if (life.notify_ns != WG_NO_TIME)
		wg__row_u64(&row, OP_sent, op->is_sent);
	fill_times(&row, ops->pass, &life);
	ops->format->row(ops->pass->ex->out, op_columns, &row);
	return 0;
}

/* The number of a name, which the reader has interned; SIZE_MAX without memory. */
static size_t name_of(struct operations *ops, const char *name)
{
	size_t i = wg__map_get(&ops->name_map, 0, (uintptr_t)name);

	if (i != WG__MAP_NONE)
		return i;
	i = ops->name_count;
	if (wg__grow(&ops->name, &ops->name_cap, i, sizeof(*ops->name)) < 0 ||
		wg__map_put(&ops->name_map, 0, (uintptr_t)name, i) < 0)
		return SIZE_MAX;
	ops->name[ops->name_count++] = name;
	return i;
}

static int begin_rest(struct operations *ops, uint32_t number, const struct wg_event *ev)
{
	size_t name = name_of(ops, ev->procname);

	/* A number is new only if all lower ones are in use. */
	if (name == SIZE_MAX ||
		wg__grow(&ops->rest, &ops->rest_cap, number, sizeof(*ops->rest)) < 0)
		return -ENOMEM;
	wg__flight_op(&ops->flight, number)->tag = (uint32_t)name;
	ops->rest[number] = (struct rest){ .notify_ns = WG_NO_TIME };
	return 0;
}

static void note_rest(struct rest *rest, const struct wg_event *ev, bool is_first)
{
	switch (ev->type) {
	case WG_EV_SUBMIT: rest->arg = ev->submit.arg; break;
	case WG_EV_START: rest->worker = ev->start.worker; break;
	case WG_EV_NOTIFY: rest->notify_ns = ev->ts_ns; break;
	case WG_EV_DONE:
		if (is_first)
			rest->result = ev->done.result;
		break;
	case WG_EV_DELIVER:
		if (is_first)
			rest->result = ev->deliver.result;
		break;
	default: break;
	}
}

static int feed_operation(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct operations *ops = user;
	struct wg__step step;
	int rc;

	ops->pass = pass;
	if (ev->type == WG_EV_LOST)
		hole(pass, ops->format, ev);
	rc = wg__flight_feed(&ops->flight, ev, &step);
	if (rc == 0 && step.is_new)
		rc = begin_rest(ops, step.op, ev);
	if (rc == 0 && step.op != WG__NO_OP)
		note_rest(&ops->rest[step.op], ev, step.is_first);
	return rc;
}

static int end_operations(void *user, const struct wg__pass *pass)
{
	struct operations *ops = user;

	ops->pass = pass;
	return wg__flight_finish(&ops->flight);
}

int wg__export_operations(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops pass_ops = { feed_operation, end_operations, wg__row_note,
		false };
	size_t i;
	int rc = 0;

	if (format->header)
		format->header(ex->out, op_columns);
	for (i = 0; i < ex->path_count && rc == 0; i++) {
		struct operations ops = { .format = format };

		wg__flight_init(&ops.flight);
		ops.flight.ended = write_life;
		ops.flight.user = &ops;
		rc = wg__export_pass(ex, i, &pass_ops, &ops, err);
		wg__flight_fini(&ops.flight);
		wg__map_fini(&ops.name_map);
		free(ops.rest);
		free(ops.name);
	}
	return rc;
}
