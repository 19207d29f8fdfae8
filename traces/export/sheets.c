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

static void note(const struct wg__pass *pass, const struct wg__row_format *format, const char *line)
{
	if (format->note)
		format->note(pass->ex->out, pass->label, line);
}

static void hole(
	const struct wg__pass *pass, const struct wg__row_format *format, const struct wg_event *ev)
{
	if (format->shows_holes && wg__pass_wants(pass, ev->lost.begin_ns, ev->ts_ns))
		wg__row_hole(pass, format, ev);
}

/* --- intervals --- */

enum {
	IN_TRACE,
	IN_PID,
	IN_PROCESS,
	IN_LOOP,
	IN_WAIT,
	IN_WAIT_NS,
	IN_WAKE_NS,
	IN_ASLEEP_NS,
	IN_TIMEOUT_NS,
	IN_REASON,
	IN_GAP_FROM_NS,
	IN_GAP_NS,
	IN_GAP_OP,
	IN_EMPTY,
	IN_LATE,
	IN_OPEN,
	IN_COLUMN_COUNT
};

static const char *const interval_columns[] = { "trace", "pid", "process", "loop", "wait",
	"wait_ns", "wake_ns", "asleep_ns", "timeout_ns", "reason", "gap_from_ns", "gap_ns",
	"gap_op", "empty", "late", "open", NULL };

_Static_assert(sizeof(interval_columns) / sizeof(interval_columns[0]) == IN_COLUMN_COUNT + 1,
	"every column has a name");

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
	wg__row_text(&row, IN_TRACE, in->pass->label);
	wg__row_u64(&row, IN_PID, loop->pid);
	wg__row_text(&row, IN_PROCESS, loop->process);
	wg__row_u64(&row, IN_LOOP, loop->loop);
	wg__row_text(&row, IN_WAIT, loop->wait);
	fill_time(&row, IN_WAIT_NS, in->pass, p->is.wait_ns);
	fill_time(&row, IN_WAKE_NS, in->pass, p->is.wake_ns);
	fill_length(&row, IN_ASLEEP_NS, p->is.wait_ns, p->is.wake_ns);
	wg__row_i64(&row, IN_TIMEOUT_NS, p->is.timeout_ns);
	if (!p->is.open)
		wg__row_word(&row, IN_REASON, wg_reason_name(p->is.reason));
	if (p->is.gap_begin_ns >= 0) {
		fill_time(&row, IN_GAP_FROM_NS, in->pass, p->is.gap_begin_ns);
		fill_length(&row, IN_GAP_NS, p->is.gap_begin_ns, p->is.wake_ns);
		wg__row_u64(&row, IN_GAP_OP, p->is.gap_op);
	}
	wg__row_u64(&row, IN_EMPTY, p->is_empty);
	wg__row_u64(&row, IN_LATE, p->is.late);
	wg__row_u64(&row, IN_OPEN, p->is.open);
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

static void note_interval(void *user, const struct wg__pass *pass, const char *line)
{
	note(pass, ((const struct intervals *)user)->format, line);
}

int wg__export_intervals(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed_interval, end_intervals, note_interval };
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

enum {
	OP_TRACE,
	OP_PID,
	OP_PROCESS,
	OP_LOOP,
	OP_OP,
	OP_KIND,
	OP_ARG,
	OP_RESULT,
	OP_WORKER,
	OP_WORKER_TID,
	OP_SENT,
	OP_SUBMIT_NS,
	OP_START_NS,
	OP_DONE_NS,
	OP_NOTIFY_NS,
	OP_WAKE_NS,
	OP_DELIVER_NS,
	OP_QUEUED_NS,
	OP_SERVICE_NS,
	OP_READY_NS,
	OP_TOTAL_NS,
	OP_COLUMN_COUNT
};

static const char *const op_columns[] = { "trace", "pid", "process", "loop", "op", "kind", "arg",
	"result", "worker", "worker_tid", "sent", "submit_ns", "start_ns", "done_ns", "notify_ns",
	"wake_ns", "deliver_ns", "queued_ns", "service_ns", "ready_ns", "total_ns", NULL };

_Static_assert(sizeof(op_columns) / sizeof(op_columns[0]) == OP_COLUMN_COUNT + 1,
	"every column has a name");

struct operations {
	const struct wg__row_format *format;
	const struct wg__pass *pass;
	struct wg__flight flight;
};

static void fill_times(
	struct wg__row *row, const struct wg__pass *pass, const struct wg_op_life *life)
{
	fill_time(row, OP_SUBMIT_NS, pass, life->submit_ns);
	fill_time(row, OP_START_NS, pass, life->start_ns);
	fill_time(row, OP_DONE_NS, pass, life->done_ns);
	fill_time(row, OP_NOTIFY_NS, pass, life->notify_ns);
	fill_time(row, OP_WAKE_NS, pass, life->wake_ns);
	fill_time(row, OP_DELIVER_NS, pass, life->deliver_ns);
	fill_length(row, OP_QUEUED_NS, life->submit_ns, life->start_ns);
	fill_length(row, OP_SERVICE_NS, life->start_ns, life->done_ns);
	fill_length(row, OP_READY_NS, life->done_ns, life->deliver_ns);
	fill_length(row, OP_TOTAL_NS, life->submit_ns, life->deliver_ns);
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
	wg__row_text(&row, OP_TRACE, ops->pass->label);
	wg__row_u64(&row, OP_PID, life->is.pid);
	wg__row_text(&row, OP_PROCESS, life->process);
	wg__row_u64(&row, OP_LOOP, life->is.loop);
	wg__row_u64(&row, OP_OP, life->is.op);
	if (life->is.submit_ns != WG_NO_TIME) {
		wg__row_word(&row, OP_KIND, wg_kind_name(life->is.kind));
		wg__row_i64(&row, OP_ARG, life->is.arg);
	}
	if (life->is.done_ns != WG_NO_TIME || life->is.deliver_ns != WG_NO_TIME)
		wg__row_i64(&row, OP_RESULT, life->is.result);
	if (life->is.start_ns != WG_NO_TIME) {
		wg__row_u64(&row, OP_WORKER, life->worker);
		wg__row_u64(&row, OP_WORKER_TID, life->worker_tid);
	}
	if (life->is.notify_ns != WG_NO_TIME)
		wg__row_u64(&row, OP_SENT, life->is.notify_sent);
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

static void note_operation(void *user, const struct wg__pass *pass, const char *line)
{
	note(pass, ((const struct operations *)user)->format, line);
}

int wg__export_operations(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops pass_ops = { feed_operation, end_operations,
		note_operation };
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
