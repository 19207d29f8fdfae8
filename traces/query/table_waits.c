/*
 * table_waits.c: the tables waits and wakes (see tables.h).
 */
#include "traces/query/tables.h"

#define WAITS(X)                                                                                   \
	WG__WHOSE(X)                                                                               \
	X(id, INTEGER, "number of the wait")                                                       \
	X(wait, TEXT, "loop: its way to wait; thread: in what, epoll cond futex ...")              \
	X(wait_ns, INTEGER, "when it began; times are since the first event of the trace")         \
	X(wake_ns, INTEGER, "when it ended; NULL: its wake is missing")                            \
	X(asleep_ns, INTEGER, "from wait to wake")                                                 \
	X(timeout_ns, INTEGER, "what it asked for; negative: for ever")                            \
	X(reason, TEXT, "notified timeout ready spurious interrupted")                             \
	X(class, TEXT, "thread: what the wake was for, as in stats --json")                        \
	X(empty, INTEGER, "1: nothing was there; NULL: not known")                                 \
	X(late, INTEGER, "1: the timeout ended it with a result ready")                            \
	X(open, INTEGER, "1: asleep at the end of the trace")                                      \
	X(gap_from_ns, INTEGER, "since then it slept with a result ready; NULL: it did not")       \
	X(gap_ns, INTEGER, "for so long")                                                          \
	X(gap_op, INTEGER, "the operation that was ready first")                                   \
	X(gap_kind, TEXT, "its kind")                                                              \
	X(object, INTEGER, "thread: what it waits for")                                            \
	X(object_kind, TEXT, "epoll eventfd pipe socket timerfd cond sem futex ...")               \
	X(fd, INTEGER, "its file descriptor")                                                      \
	X(site, INTEGER, "thread: where in the program: see sites")                                \
	X(by_pid, INTEGER, "thread: who woke it")                                                  \
	X(by_tid, INTEGER, "likewise")                                                             \
	X(by_call, TEXT, "with which call")                                                        \
	X(certainty, TEXT, "of that: exact likely")                                                \
	X(notify_ns, INTEGER, "when it was woken")                                                 \
	X(did, TEXT, "thread, until its next wait: nothing looked drained acted")                  \
	X(calls, INTEGER, "system calls until then")                                               \
	X(cpu_ns, INTEGER, "CPU time until then")
#define ID(name, type, does) WA_##name,
enum { WAITS(ID) WA_COUNT };
#undef ID
static const struct wg__column wait_columns[] = { WAITS(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_waits(const struct wg__rows *rows)
{
	return rows->wait_count;
}

static bool has_woken(const struct wg__wait_row *row)
{
	return row->flags & WG__WAIT_HAS_WAKE && !(row->flags & WG__WAIT_OPEN);
}

static void set_flag(struct wg__value *ret, int is)
{
	if (is >= 0)
		wg__set_int(ret, is);
}

/* Of a wake: its own, and those of its wait. */
static int is_empty(const struct wg__rows *rows, const struct wg__wake_row *wake)
{
	const struct wg_loop_stats *loop = wg__lane_loop(rows, wake->lane);

	if (!loop)
		return wg__wait_is_empty(&rows->wait[wake->wait]);
	return wg_stats_sees(loop, WG_SEES_EMPTY_WAKES) ? (wake->flags & WG__WAKE_EMPTY) != 0 : -1;
}

static int is_late(const struct wg__rows *rows, const struct wg__wake_row *wake)
{
	const struct wg_loop_stats *loop = wg__lane_loop(rows, wake->lane);

	if (!loop)
		return rows->wait[wake->wait].class == WG_CLASS_LATE;
	return wg_stats_sees(loop, WG_SEES_LATE_WAKES) ? (wake->flags & WG__WAKE_LATE) != 0 : -1;
}

static bool has_gap(const struct wg__rows *rows, const struct wg__wait_row *row)
{
	const struct wg_loop_stats *loop = wg__lane_loop(rows, row->lane);

	return has_woken(row) && row->gap_begin_ns >= 0 &&
	       (!loop || wg_stats_sees(loop, WG_SEES_GAPS));
}

static void gap_cell(const struct wg__rows *rows, const struct wg__wait_row *row, size_t column,
	struct wg__value *ret)
{
	bool is_loop = rows->lane[row->lane].type == WG__LANE_LOOP;

	if (!has_gap(rows, row))
		return;
	switch (column) {
	case WA_gap_from_ns: wg__set_time(ret, rows, row->gap_begin_ns); break;
	case WA_gap_ns: wg__set_int(ret, row->wake_ns - row->gap_begin_ns); break;
	case WA_gap_op:
		if (is_loop)
			wg__set_int(ret, (int64_t)row->op);
		break;
	default:
		if (is_loop)
			wg__set_word(ret, wg_kind_name((enum wg_kind)row->kind));
		break;
	}
}

static void object_cell(const struct wg__rows *rows, const struct wg__wait_row *row, size_t column,
	struct wg__value *ret)
{
	const struct wg_thread_object *o =
		wg_thread_object(rows->threads, rows->lane[row->lane].space, row->op);

	if (column == WA_object && row->op)
		wg__set_int(ret, (int64_t)row->op);
	else if (column == WA_object_kind && o && o->kind != WG_OBJECT_OTHER)
		wg__set_word(ret, wg_object_kind_name(o->kind));
	else if (column == WA_fd && o && o->fd >= 0)
		wg__set_int(ret, o->fd);
}

static void by_cell(
	struct wg__rows *rows, const struct wg__wait_row *row, size_t column, struct wg__value *ret)
{
	if (row->certainty == WG_CERTAINTY_NONE)
		return;
	switch (column) {
	case WA_by_pid: wg__set_int(ret, row->by_pid); break;
	case WA_by_tid: wg__set_int(ret, row->by_tid); break;
	case WA_by_call: wg__set_text(ret, rows, row->by_call); break;
	case WA_certainty:
		wg__set_word(ret, wg_certainty_name((enum wg_certainty)row->certainty));
		break;
	default: wg__set_time(ret, rows, row->notify_ns); break;
	}
}

/* What only a thread has. */
static void thread_cell(
	struct wg__rows *rows, const struct wg__wait_row *row, size_t column, struct wg__value *ret)
{
	bool is_settled = row->flags & WG__WAIT_SETTLED;

	if (rows->lane[row->lane].type != WG__LANE_THREAD)
		return;
	switch (column) {
	case WA_class:
		if (row->class != WG_CLASS_COUNT)
			wg__set_word(ret, wg_wake_class_name((enum wg_wake_class)row->class));
		break;
	case WA_object:
	case WA_object_kind:
	case WA_fd: object_cell(rows, row, column, ret); break;
	case WA_site:
		if (row->site)
			wg__set_int(ret, row->site);
		break;
	case WA_did:
		if (is_settled && row->did != WG_DID_UNKNOWN)
			wg__set_word(ret, wg_did_name((enum wg_did)row->did));
		break;
	case WA_calls:
		if (is_settled && row->calls >= 0)
			wg__set_int(ret, row->calls);
		break;
	case WA_cpu_ns:
		if (is_settled && row->cpu_ns >= 0)
			wg__set_int(ret, row->cpu_ns);
		break;
	default: by_cell(rows, row, column, ret); break;
	}
}

static void end_cell(const struct wg__rows *rows, const struct wg__wait_row *row, size_t column,
	struct wg__value *ret)
{
	const struct wg__wake_row *wake = row->wake == WG__NO_ROW ? NULL : &rows->wake[row->wake];

	if (column == WA_open)
		wg__set_int(ret, (row->flags & WG__WAIT_OPEN) != 0);
	else if (column == WA_wake_ns && row->flags & WG__WAIT_HAS_WAKE)
		wg__set_time(ret, rows, row->wake_ns);
	else if (column == WA_asleep_ns && row->flags & WG__WAIT_HAS_WAKE)
		wg__set_int(ret, row->wake_ns - row->wait_ns);
	else if (column == WA_reason && has_woken(row))
		wg__set_word(ret, wg_reason_name((enum wg_reason)row->reason));
	else if (column == WA_empty && wake)
		set_flag(ret, is_empty(rows, wake));
	else if (column == WA_late && wake)
		set_flag(ret, is_late(rows, wake));
}

static void wait_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__wait_row *row = &rows->wait[i];
	const struct wg_loop_stats *loop;

	if (column <= WA_loop) {
		wg__set_whose(ret, rows, row->lane, column);
		return;
	}
	switch (column) {
	case WA_id: wg__set_int(ret, (int64_t)rows->wait_base + (int64_t)i + 1); break;
	case WA_wait:
		loop = wg__lane_loop(rows, row->lane);
		if (loop)
			wg__set_text(ret, rows, loop->wait);
		else
			wg__set_word(ret, wg_wait_in_name((enum wg_wait_in)row->how));
		break;
	case WA_wait_ns: wg__set_time(ret, rows, row->wait_ns); break;
	case WA_timeout_ns:
		if (row->timeout_ns != WG_NOT_OBSERVABLE)
			wg__set_int(ret, row->timeout_ns);
		break;
	case WA_wake_ns:
	case WA_asleep_ns:
	case WA_reason:
	case WA_empty:
	case WA_late:
	case WA_open: end_cell(rows, row, column, ret); break;
	case WA_gap_from_ns:
	case WA_gap_ns:
	case WA_gap_op:
	case WA_gap_kind: gap_cell(rows, row, column, ret); break;
	default: thread_cell(rows, row, column, ret); break;
	}
}

const struct wg__table wg__table_waits = { "waits",
	"one row a wait of a loop or thread, in the order of wait_ns", wait_columns, WA_COUNT,
	WA_wait_ns, WA_wait_ns, WA_wake_ns, WG__HOLDS_WAITS, 2e5, count_waits, wait_cell };

/* --- wakes --- */

#define WAKES(X)                                                                                   \
	WG__WHOSE(X)                                                                               \
	X(wake_ns, INTEGER, "since the first event of the trace")                                  \
	X(wait_id, INTEGER, "the wait that it ended: waits.id; NULL: not seen")                    \
	X(asleep_ns, INTEGER, "for how long it slept")                                             \
	X(reason, TEXT, "notified timeout ready spurious interrupted")                             \
	X(class, TEXT, "thread: what it was for, as in stats --json")                              \
	X(empty, INTEGER, "1: nothing was there; NULL: not known")                                 \
	X(late, INTEGER, "1: the timeout ended the wait with a result ready")                      \
	X(results, INTEGER, "loop: for so many ready results it is the first wake")                \
	X(by_pid, INTEGER, "thread: who woke it")                                                  \
	X(by_tid, INTEGER, "likewise")                                                             \
	X(by_call, TEXT, "with which call")                                                        \
	X(certainty, TEXT, "of that: exact likely")                                                \
	X(notify_ns, INTEGER, "when it was woken")                                                 \
	X(notify_to_wake_ns, INTEGER, "from then, or from the wait if that came later, to wake_ns")
#define ID(name, type, does) WK_##name,
enum { WAKES(ID) WK_COUNT };
#undef ID
static const struct wg__column wake_columns[] = { WAKES(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_wakes(const struct wg__rows *rows)
{
	return rows->wake_count;
}

/* What its wait knows of it. */
static void waited_cell(
	struct wg__rows *rows, const struct wg__wake_row *row, size_t column, struct wg__value *ret)
{
	static const size_t same[] = { WA_by_pid, WA_by_tid, WA_by_call, WA_certainty,
		WA_notify_ns };
	const struct wg__wait_row *wait = &rows->wait[row->wait];

	switch (column) {
	case WK_wait_id: wg__set_int(ret, (int64_t)rows->wait_base + row->wait + 1); break;
	case WK_asleep_ns: wg__set_int(ret, wait->wake_ns - wait->wait_ns); break;
	case WK_class: thread_cell(rows, wait, WA_class, ret); break;
	case WK_notify_to_wake_ns:
		if (wait->notify_ns != WG_NO_TIME)
			wg__set_int(ret,
				wait->wake_ns - (wait->notify_ns > wait->wait_ns ? wait->notify_ns
										 : wait->wait_ns));
		break;
	default: thread_cell(rows, wait, same[column - WK_by_pid], ret); break;
	}
}

static void wake_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__wake_row *row = &rows->wake[i];

	if (column <= WK_loop) {
		wg__set_whose(ret, rows, row->lane, column);
		return;
	}
	switch (column) {
	case WK_wake_ns: wg__set_time(ret, rows, row->wake_ns); break;
	case WK_reason: wg__set_word(ret, wg_reason_name((enum wg_reason)row->reason)); break;
	case WK_empty: set_flag(ret, is_empty(rows, row)); break;
	case WK_late: set_flag(ret, is_late(rows, row)); break;
	case WK_results:
		if (rows->lane[row->lane].type == WG__LANE_LOOP)
			wg__set_int(ret, row->results);
		break;
	default:
		if (row->wait != WG__NO_ROW)
			waited_cell(rows, row, column, ret);
		break;
	}
}

const struct wg__table wg__table_wakes = { "wakes",
	"one row a wake of a loop or thread, in the order of wake_ns", wake_columns, WK_COUNT,
	WK_wake_ns, WK_wake_ns, WK_wake_ns, WG__HOLDS_WAITS, 2e5, count_wakes, wake_cell };
