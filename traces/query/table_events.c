/*
 * table_events.c: the tables events and traces (see tables.h).
 */
#include "traces/query/tables.h"

#define EVENTS(X)                                                                                  \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(t_ns, INTEGER, "since the first event of the trace")                                     \
	X(ts_ns, INTEGER, "the clock of the tracer; traces of one boot share it")                  \
	X(event, TEXT, "loop submit start done notify wait wake poll deliver; lost: a hole")       \
	X(pid, INTEGER, "process id")                                                              \
	X(tid, INTEGER, "thread id")                                                               \
	X(cpu, INTEGER, "processor")                                                               \
	X(process, TEXT, "name of the thread at that time")                                        \
	X(lane, INTEGER, "the loop or thread that it is of: see lanes")                            \
	X(loop, INTEGER, "id of the loop; NULL: an event of a thread")                             \
	X(op, INTEGER, "id of the operation, or of a thread's object")                             \
	X(kind, TEXT, "submit: read write open close stat connect accept recv send timer work")    \
	X(arg, INTEGER, "submit: its argument, bytes asked for")                                   \
	X(worker, INTEGER, "start: which worker")                                                  \
	X(result, INTEGER, "done, deliver: 0 or more, or a negative errno")                        \
	X(sent, INTEGER, "notify: 1 sent, 0 coalesced")                                            \
	X(wait, TEXT, "loop: its way to wait; of a thread: in what it waits")                      \
	X(tick_ns, INTEGER, "loop: how long it sleeps at most")                                    \
	X(timeout_ns, INTEGER, "wait: what it asked for; negative: none")                          \
	X(reason, TEXT, "wake: notified timeout ready spurious interrupted")                       \
	X(ready, INTEGER, "wait, wake: results that the program says are ready")                   \
	X(found, INTEGER, "poll: results found; 0 is an empty poll")                               \
	X(since_ns, INTEGER, "lost: when the hole began")                                          \
	X(lost, INTEGER, "lost: events missing; NULL: not known how many")
#define ID(name, type, does) EV_##name,
enum { EVENTS(ID) EV_COUNT };
#undef ID
static const struct wg__column event_columns[] = { EVENTS(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_events(const struct wg__rows *rows)
{
	return rows->event_count;
}

static bool is_of_op(const struct wg__event_row *row)
{
	switch ((enum wg_event_type)row->type) {
	case WG_EV_SUBMIT:
	case WG_EV_START:
	case WG_EV_DONE:
	case WG_EV_NOTIFY:
	case WG_EV_DELIVER: return true;
	default: return row->type == WG_EV_OTHER && row->op != 0;
	}
}

static const char *event_name(const struct wg__event_row *row)
{
	return row->record ? wg_record_name((enum wg_record)row->record)
			   : wg_event_type_name((enum wg_event_type)row->type);
}

/* The one event whose `value` a column is; a record of a thread counts as what it is like. */
static bool has_value(const struct wg__event_row *row, size_t column)
{
	enum wg_record record = (enum wg_record)row->record;

	if (!row->has_value)
		return false;
	switch (column) {
	case EV_arg: return row->type == WG_EV_SUBMIT;
	case EV_result:
		return row->type == WG_EV_DONE || row->type == WG_EV_DELIVER ||
		       record == WG_RECORD_WAKE;
	case EV_tick_ns: return row->type == WG_EV_LOOP;
	case EV_timeout_ns: return row->type == WG_EV_WAIT || record == WG_RECORD_WAIT;
	default: return false;
	}
}

static bool has_number(const struct wg__event_row *row, size_t column)
{
	switch (column) {
	case EV_worker: return row->type == WG_EV_START;
	case EV_sent: return row->type == WG_EV_NOTIFY;
	case EV_ready: return row->type == WG_EV_WAIT || row->type == WG_EV_WAKE;
	case EV_found: return row->type == WG_EV_POLL;
	default: return false;
	}
}

static void word_cell(struct wg__rows *rows, const struct wg__event_row *row, size_t column,
	struct wg__value *ret)
{
	enum wg_record record = (enum wg_record)row->record;

	if (column == EV_kind && row->type == WG_EV_SUBMIT)
		wg__set_word(ret, wg_kind_name((enum wg_kind)row->word));
	else if (column == EV_reason && (row->type == WG_EV_WAKE || record == WG_RECORD_WAKE))
		wg__set_word(ret, wg_reason_name((enum wg_reason)row->word));
	else if (column == EV_wait && row->type == WG_EV_LOOP)
		wg__set_text(ret, rows, rows->name[row->wait]);
	else if (column == EV_wait && (record == WG_RECORD_WAIT || record == WG_RECORD_NOTIFY))
		wg__set_word(ret, wg_wait_in_name((enum wg_wait_in)row->word));
}

/* What all events have but a hole. */
static void who_cell(struct wg__rows *rows, const struct wg__event_row *row, size_t column,
	struct wg__value *ret)
{
	if (row->type == WG_EV_LOST)
		return;
	switch (column) {
	case EV_pid: wg__set_int(ret, row->pid); break;
	case EV_tid: wg__set_int(ret, row->tid); break;
	case EV_cpu: wg__set_int(ret, row->cpu); break;
	case EV_process: wg__set_text(ret, rows, rows->name[row->name]); break;
	case EV_lane: wg__set_lane(ret, rows, row->lane); break;
	case EV_loop:
		if (row->lane != WG__NO_ROW && rows->lane[row->lane].type == WG__LANE_LOOP)
			wg__set_int(ret, (int64_t)rows->lane[row->lane].loop);
		break;
	default: break;
	}
}

static void event_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__event_row *row = &rows->event[i];

	switch (column) {
	case EV_trace: wg__set_text(ret, rows, rows->label); break;
	case EV_t_ns: wg__set_time(ret, rows, row->t_ns); break;
	case EV_ts_ns: wg__set_int(ret, row->t_ns); break;
	case EV_event: wg__set_word(ret, event_name(row)); break;
	case EV_op:
		if (is_of_op(row))
			wg__set_int(ret, (int64_t)row->op);
		break;
	case EV_kind:
	case EV_reason:
	case EV_wait: word_cell(rows, row, column, ret); break;
	case EV_since_ns:
		if (row->type == WG_EV_LOST)
			wg__set_time(ret, rows, row->value);
		break;
	case EV_lost:
		if (row->type == WG_EV_LOST && row->op)
			wg__set_int(ret, (int64_t)row->op);
		break;
	case EV_arg:
	case EV_result:
	case EV_tick_ns:
	case EV_timeout_ns:
		if (has_value(row, column))
			wg__set_int(ret, row->value);
		break;
	case EV_worker:
	case EV_sent:
	case EV_ready:
	case EV_found:
		if (has_number(row, column))
			wg__set_int(ret, row->number);
		break;
	default: who_cell(rows, row, column, ret); break;
	}
}

const struct wg__table wg__table_events = { "events",
	"one row an event, in the order of time, and one for each hole", event_columns, EV_COUNT,
	EV_t_ns, EV_t_ns, EV_t_ns, WG__HOLDS_EVENTS, 1e6, count_events, event_cell };

/* --- traces --- */

#define TRACES(X)                                                                                  \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(path, TEXT, "where it is")                                                               \
	X(events, INTEGER, "events read")                                                          \
	X(discarded, INTEGER, "events that the tracer discarded; a hole of unknown size is 1")     \
	X(begin_ns, INTEGER, "its first event, of the tracer's clock")                             \
	X(duration_ns, INTEGER, "from its first event to its last")                                \
	X(loops, INTEGER, "loops in it")                                                           \
	X(threads, INTEGER, "threads in it that were seen from outside")                           \
	X(notes, INTEGER, "lines on what is missing or was repaired")
#define ID(name, type, does) TR_##name,
enum { TRACES(ID) TR_COUNT };
#undef ID
static const struct wg__column trace_columns[] = { TRACES(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_traces(const struct wg__rows *rows)
{
	(void)rows;
	return 1;
}

static int64_t count_lanes(const struct wg__rows *rows, enum wg__lane_type type)
{
	int64_t count = 0;
	size_t i;

	for (i = 0; i < rows->lane_count; i++)
		count += rows->lane[i].type == type;
	return count;
}

static void trace_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg_measure *m = rows->measure;

	(void)i;
	switch (column) {
	case TR_trace: wg__set_text(ret, rows, rows->label); break;
	case TR_path: wg__set_text(ret, rows, rows->path); break;
	case TR_events: wg__set_int(ret, (int64_t)wg_measure_events(m)); break;
	case TR_discarded: wg__set_int(ret, (int64_t)wg_measure_discarded(m)); break;
	case TR_begin_ns: wg__set_int(ret, rows->begin_ns); break;
	case TR_duration_ns: wg__set_int(ret, wg_measure_end_ns(m) - wg_measure_begin_ns(m)); break;
	case TR_loops: wg__set_int(ret, count_lanes(rows, WG__LANE_LOOP)); break;
	case TR_threads: wg__set_int(ret, count_lanes(rows, WG__LANE_THREAD)); break;
	case TR_notes: wg__set_int(ret, (int64_t)rows->notes.count); break;
	default: break;
	}
}

const struct wg__table wg__table_traces = { "traces", "one row a trace", trace_columns, TR_COUNT,
	WG__NO_COLUMN, WG__NO_COLUMN, WG__NO_COLUMN, 0, 1, count_traces, trace_cell };
