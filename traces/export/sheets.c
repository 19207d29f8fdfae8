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
	if (p->is.gap_begin_ns >= 0) {
		fill_time(&row, IN_gap_from_ns, in->pass, p->is.gap_begin_ns);
		fill_length(&row, IN_gap_ns, p->is.gap_begin_ns, p->is.wake_ns);
		wg__row_u64(&row, IN_gap_op, p->is.gap_op);
	}
	if (wg_stats_sees_empty(loop))
		wg__row_u64(&row, IN_empty, p->is_empty);
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
	wg_measure_finish(in->measure);
	for (i = 0; i < in->count; i++)
		write_pending(in, i);
	return in->rc;
}

int wg__export_intervals(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed_interval, end_intervals, wg__row_note };
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

struct operations {
	const struct wg__row_format *format;
	const struct wg__pass *pass;
	struct wg__flight flight;
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

static int write_life(void *user, struct wg__op *life)
{
	struct operations *ops = user;
	struct wg__row row = { .filled = 0 };

	if (!wants_life(ops->pass, &life->is))
		return 0;
	wg__row_text(&row, OP_trace, ops->pass->label);
	wg__row_u64(&row, OP_pid, life->is.pid);
	wg__row_text(&row, OP_process, life->process);
	wg__row_u64(&row, OP_loop, life->is.loop);
	wg__row_u64(&row, OP_op, life->is.op);
	if (life->is.submit_ns != WG_NO_TIME) {
		wg__row_word(&row, OP_kind, wg_kind_name(life->is.kind));
		wg__row_i64(&row, OP_arg, life->is.arg);
	}
	if (life->is.done_ns != WG_NO_TIME || life->is.deliver_ns != WG_NO_TIME)
		wg__row_i64(&row, OP_result, life->is.result);
	if (life->is.start_ns != WG_NO_TIME) {
		wg__row_u64(&row, OP_worker, life->worker);
		wg__row_u64(&row, OP_worker_tid, life->worker_tid);
	}
	if (life->is.notify_ns != WG_NO_TIME)
		wg__row_u64(&row, OP_sent, life->is.notify_sent);
	fill_times(&row, ops->pass, &life->is);
	ops->format->row(ops->pass->ex->out, op_columns, &row);
	return 0;
}

static int feed_operation(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct operations *ops = user;
	struct wg__step step;

	ops->pass = pass;
	if (ev->type == WG_EV_LOST)
		hole(pass, ops->format, ev);
	return wg__flight_feed(&ops->flight, ev, &step);
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
	static const struct wg__pass_ops pass_ops = { feed_operation, end_operations,
		wg__row_note };
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
	}
	return rc;
}
