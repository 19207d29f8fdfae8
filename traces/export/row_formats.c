/*
 * row_formats.c: csv and jsonl: which columns there are, and what stands in them.
 *
 * An event is written as it is read; nothing is kept.
 */
#include <stddef.h>

#include "traces/export/row_formats.h"

#include "traces/export/pass.h"

/* --- events --- */

#define EVENT_COLUMNS(X)                                                                           \
	X(trace), X(t_ns), X(ts_ns), X(event), X(pid), X(tid), X(cpu), X(process), X(loop), X(op), \
		X(kind), X(arg), X(worker), X(result), X(sent), X(wait), X(tick_ns),               \
		X(timeout_ns), X(reason), X(ready), X(found), X(since_ns), X(lost)
#define ID(name) EV_##name
enum { EVENT_COLUMNS(ID), EV_COLUMN_COUNT };
static const char *const event_columns[] = { EVENT_COLUMNS(WG__COLUMN_NAME), NULL };
#undef ID
_Static_assert(EV_COLUMN_COUNT <= WG__COLS_MAX, "a row has room for them");

struct events {
	const struct wg__row_format *format;
	struct wg__quoted label, process; /* the last ones; a pass interns the names it sees */
};

/* What a record of a thread has of the fields of events; the sheet of threads has all of it. */
static void fill_record(struct wg__row *row, const struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		wg__row_word(row, EV_wait, wg_wait_in_name(ev->thread_wait.how));
		if (ev->thread_wait.timeout_ns != WG_NOT_OBSERVABLE)
			wg__row_i64(row, EV_timeout_ns, ev->thread_wait.timeout_ns);
		break;
	case WG_RECORD_WAKE:
		wg__row_word(
			row, EV_reason, wg_reason_name((enum wg_reason)ev->thread_wake.reason));
		if (ev->thread_wake.ret != WG_RET_UNKNOWN)
			wg__row_i64(row, EV_result, ev->thread_wake.ret);
		break;
	case WG_RECORD_NOTIFY:
		wg__row_word(row, EV_wait, wg_wait_in_name(ev->thread_notify.how));
		break;
	default: break;
	}
}

/* The fields that only this event has. */
static void fill_fields(struct wg__row *row, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		wg__row_text(row, EV_wait, ev->loop_.wait);
		wg__row_i64(row, EV_tick_ns, ev->loop_.tick_ns);
		break;
	case WG_EV_SUBMIT:
		wg__row_word(row, EV_kind, wg_kind_name(ev->submit.kind));
		wg__row_i64(row, EV_arg, ev->submit.arg);
		break;
	case WG_EV_START: wg__row_u64(row, EV_worker, ev->start.worker); break;
	case WG_EV_DONE: wg__row_i64(row, EV_result, ev->done.result); break;
	case WG_EV_DELIVER: wg__row_i64(row, EV_result, ev->deliver.result); break;
	case WG_EV_NOTIFY: wg__row_u64(row, EV_sent, ev->notify.sent); break;
	case WG_EV_WAIT:
		wg__row_i64(row, EV_timeout_ns, ev->wait.timeout_ns);
		wg__row_u64(row, EV_ready, ev->wait.ready);
		break;
	case WG_EV_WAKE:
		wg__row_word(row, EV_reason, wg_reason_name(ev->wake.reason));
		wg__row_u64(row, EV_ready, ev->wake.ready);
		break;
	case WG_EV_POLL: wg__row_u64(row, EV_found, ev->poll.found); break;
	default: break;
	}
}

static void fill_hole(struct wg__row *row, const struct wg__pass *pass, const struct wg_event *ev)
{
	wg__row_i64(row, EV_t_ns, ev->ts_ns - pass->begin_ns);
	wg__row_i64(row, EV_ts_ns, ev->ts_ns);
	wg__row_word(row, EV_event, wg_event_type_name(ev->type));
	wg__row_i64(row, EV_since_ns, ev->lost.begin_ns - pass->begin_ns);
	if (ev->lost.count)
		wg__row_u64(row, EV_lost, ev->lost.count);
}

static void fill_event(struct wg__row *row, const struct wg__pass *pass, const struct wg_event *ev)
{
	wg__row_i64(row, EV_t_ns, ev->ts_ns - pass->begin_ns);
	wg__row_i64(row, EV_ts_ns, ev->ts_ns);
	wg__row_word(row, EV_event,
		ev->record ? wg_record_name(ev->record) : wg_event_type_name(ev->type));
	wg__row_u64(row, EV_pid, ev->pid);
	wg__row_u64(row, EV_tid, ev->tid);
	wg__row_u64(row, EV_cpu, ev->cpu);
	wg__row_u64(row, EV_loop, ev->loop);
	switch (ev->type) {
	case WG_EV_SUBMIT:
	case WG_EV_START:
	case WG_EV_DONE:
	case WG_EV_NOTIFY:
	case WG_EV_DELIVER:
	case WG_EV_OTHER: wg__row_u64(row, EV_op, ev->op); break;
	default: break;
	}
	if (ev->record)
		fill_record(row, ev);
	else
		fill_fields(row, ev);
}

void wg__row_hole(
	const struct wg__pass *pass, const struct wg__row_format *format, const struct wg_event *ev)
{
	struct wg__row row = { .filled = 0 };

	wg__row_text(&row, EV_trace, pass->label);
	fill_hole(&row, pass, ev);
	format->row(pass->ex->out, event_columns, &row);
}

static int feed_event(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct events *events = user;
	bool is_hole = ev->type == WG_EV_LOST;
	struct wg__row row;

	row.filled = 0;
	if (!events->label.text)
		events->format->quote(pass->label, &events->label);
	if (events->process.text != ev->procname)
		events->format->quote(ev->procname, &events->process);
	wg__row_quoted(&row, EV_trace, &events->label);
	if (is_hole) {
		fill_hole(&row, pass, ev);
	} else {
		fill_event(&row, pass, ev);
		wg__row_quoted(&row, EV_process, &events->process);
	}
	events->format->row(pass->ex->out, event_columns, &row);
	return 0;
}

void wg__row_note(void *user, const struct wg__pass *pass, const char *line)
{
	const struct wg__row_format *format = *(const struct wg__row_format **)user;

	if (format->note)
		format->note(pass->ex->out, pass->label, line);
}

static int export_events(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed_event, NULL, wg__row_note, true };
	struct events events = { .format = format };
	size_t i;
	int rc = 0;

	if (format->header)
		format->header(ex->out, event_columns);
	for (i = 0; i < ex->path_count && rc == 0; i++) {
		/* The names of one pass are gone in the next. */
		events.label.text = events.process.text = NULL;
		rc = wg__export_pass(ex, i, &ops, &events, err);
	}
	return rc;
}

static int export_rows(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	switch (ex->what) {
	case WG_EXPORT_INTERVALS: return wg__export_intervals(ex, format, err);
	case WG_EXPORT_OPERATIONS: return wg__export_operations(ex, format, err);
	case WG_EXPORT_THREADS: return wg__export_threads(ex, format, err);
	default: return export_events(ex, format, err);
	}
}

static int export_csv(const struct wg_export *ex, struct wg_error *err)
{
	return export_rows(ex, &wg__csv_rows, err);
}

static int export_jsonl(const struct wg_export *ex, struct wg_error *err)
{
	return export_rows(ex, &wg__jsonl_rows, err);
}

const struct wg_export_format wg__format_csv = { "csv", "csv",
	"for spreadsheets, sqlite3, pandas: RFC 4180 with a header row", WG_EXPORT_SHEETS,
	export_csv };

const struct wg_export_format wg__format_jsonl = { "jsonl", "jsonl",
	"for jq and pandas: one JSON object a line", WG_EXPORT_SHEETS, export_jsonl };
