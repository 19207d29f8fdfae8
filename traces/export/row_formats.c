/*
 * row_formats.c: csv and jsonl: which columns there are, and what stands in them.
 *
 * An event is written as it is read; nothing is kept.
 */
#include <stddef.h>

#include "traces/export/row_formats.h"

#include "traces/export/pass.h"

/* --- events --- */

enum {
	EV_TRACE,
	EV_T_NS,
	EV_TS_NS,
	EV_EVENT,
	EV_PID,
	EV_TID,
	EV_CPU,
	EV_PROCESS,
	EV_LOOP,
	EV_OP,
	EV_KIND,
	EV_ARG,
	EV_WORKER,
	EV_RESULT,
	EV_SENT,
	EV_WAIT,
	EV_TICK_NS,
	EV_TIMEOUT_NS,
	EV_REASON,
	EV_READY,
	EV_FOUND,
	EV_SINCE_NS,
	EV_LOST,
	EV_COLUMN_COUNT
};

static const char *const event_columns[] = { "trace", "t_ns", "ts_ns", "event", "pid", "tid", "cpu",
	"process", "loop", "op", "kind", "arg", "worker", "result", "sent", "wait", "tick_ns",
	"timeout_ns", "reason", "ready", "found", "since_ns", "lost", NULL };

_Static_assert(sizeof(event_columns) / sizeof(event_columns[0]) == EV_COLUMN_COUNT + 1,
	"every column has a name");
_Static_assert(EV_COLUMN_COUNT <= WG__COLS_MAX, "a row has room for them");

struct events {
	const struct wg__row_format *format;
	struct wg__quoted label, process; /* the last ones; a pass interns the names it sees */
};

/* The fields that only this event has. */
static void fill_fields(struct wg__row *row, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		wg__row_text(row, EV_WAIT, ev->loop_.wait);
		wg__row_i64(row, EV_TICK_NS, ev->loop_.tick_ns);
		break;
	case WG_EV_SUBMIT:
		wg__row_word(row, EV_KIND, wg_kind_name(ev->submit.kind));
		wg__row_i64(row, EV_ARG, ev->submit.arg);
		break;
	case WG_EV_START: wg__row_u64(row, EV_WORKER, ev->start.worker); break;
	case WG_EV_DONE: wg__row_i64(row, EV_RESULT, ev->done.result); break;
	case WG_EV_DELIVER: wg__row_i64(row, EV_RESULT, ev->deliver.result); break;
	case WG_EV_NOTIFY: wg__row_u64(row, EV_SENT, ev->notify.sent); break;
	case WG_EV_WAIT:
		wg__row_i64(row, EV_TIMEOUT_NS, ev->wait.timeout_ns);
		wg__row_u64(row, EV_READY, ev->wait.ready);
		break;
	case WG_EV_WAKE:
		wg__row_word(row, EV_REASON, wg_reason_name(ev->wake.reason));
		wg__row_u64(row, EV_READY, ev->wake.ready);
		break;
	case WG_EV_POLL: wg__row_u64(row, EV_FOUND, ev->poll.found); break;
	default: break;
	}
}

static void fill_hole(struct wg__row *row, const struct wg__pass *pass, const struct wg_event *ev)
{
	wg__row_i64(row, EV_T_NS, ev->ts_ns - pass->begin_ns);
	wg__row_i64(row, EV_TS_NS, ev->ts_ns);
	wg__row_word(row, EV_EVENT, wg_event_type_name(ev->type));
	wg__row_i64(row, EV_SINCE_NS, ev->lost.begin_ns - pass->begin_ns);
	if (ev->lost.count)
		wg__row_u64(row, EV_LOST, ev->lost.count);
}

static void fill_event(struct wg__row *row, const struct wg__pass *pass, const struct wg_event *ev)
{
	wg__row_i64(row, EV_T_NS, ev->ts_ns - pass->begin_ns);
	wg__row_i64(row, EV_TS_NS, ev->ts_ns);
	wg__row_word(row, EV_EVENT, wg_event_type_name(ev->type));
	wg__row_u64(row, EV_PID, ev->pid);
	wg__row_u64(row, EV_TID, ev->tid);
	wg__row_u64(row, EV_CPU, ev->cpu);
	wg__row_u64(row, EV_LOOP, ev->loop);
	switch (ev->type) {
	case WG_EV_SUBMIT:
	case WG_EV_START:
	case WG_EV_DONE:
	case WG_EV_NOTIFY:
	case WG_EV_DELIVER:
	case WG_EV_OTHER: wg__row_u64(row, EV_OP, ev->op); break;
	default: break;
	}
	fill_fields(row, ev);
}

void wg__row_hole(
	const struct wg__pass *pass, const struct wg__row_format *format, const struct wg_event *ev)
{
	struct wg__row row = { .filled = 0 };

	wg__row_text(&row, EV_TRACE, pass->label);
	fill_hole(&row, pass, ev);
	format->row(pass->ex->out, event_columns, &row);
}

static int feed_event(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct events *events = user;
	bool is_hole = ev->type == WG_EV_LOST;
	struct wg__row row;

	if (!wg__pass_wants(pass, is_hole ? ev->lost.begin_ns : ev->ts_ns, ev->ts_ns))
		return 0;
	row.filled = 0;
	if (!events->label.text)
		events->format->quote(pass->label, &events->label);
	if (events->process.text != ev->procname)
		events->format->quote(ev->procname, &events->process);
	wg__row_quoted(&row, EV_TRACE, &events->label);
	if (is_hole) {
		fill_hole(&row, pass, ev);
	} else {
		fill_event(&row, pass, ev);
		wg__row_quoted(&row, EV_PROCESS, &events->process);
	}
	events->format->row(pass->ex->out, event_columns, &row);
	return 0;
}

static void note_event(void *user, const struct wg__pass *pass, const char *line)
{
	const struct events *events = user;

	if (events->format->note)
		events->format->note(pass->ex->out, pass->label, line);
}

static int export_events(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed_event, NULL, note_event };
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
