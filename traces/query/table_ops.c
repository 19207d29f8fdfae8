/*
 * table_ops.c: the table ops (see tables.h). The stages are those of M8 in measure.h.
 */
#include "traces/query/tables.h"

#define OPS(X)                                                                                     \
	WG__WHOSE(X)                                                                               \
	X(op, INTEGER, "id of the operation, unique in its process")                               \
	X(kind, TEXT, "read write open close stat connect accept recv send timer work")            \
	X(arg, INTEGER, "its argument, bytes asked for; NULL: its submit was not seen")            \
	X(result, INTEGER, "0 or more, or a negative errno; NULL: not done")                       \
	X(worker, INTEGER, "which worker did it; NULL: none was seen")                             \
	X(worker_tid, INTEGER, "thread of the worker")                                             \
	X(worker_lane, INTEGER, "lane of the worker")                                              \
	X(sent, INTEGER, "its notify: 1 sent, 0 coalesced; NULL: none was seen")                   \
	X(submit_ns, INTEGER, "handed in; times are since the first event of the trace")           \
	X(start_ns, INTEGER, "a worker began it")                                                  \
	X(done_ns, INTEGER, "its result was ready")                                                \
	X(notify_ns, INTEGER, "the loop was notified")                                             \
	X(wake_ns, INTEGER, "the loop's first wake after done_ns, if it slept")                    \
	X(deliver_ns, INTEGER, "the caller had the result")                                        \
	X(queued_ns, INTEGER, "submit to start")                                                   \
	X(service_ns, INTEGER, "start to done")                                                    \
	X(asleep_ns, INTEGER, "done to the loop's first wake after it; 0: it was awake")           \
	X(delivery_ns, INTEGER, "that wake to deliver")                                            \
	X(whole_ns, INTEGER, "submit to deliver")
#define ID(name, type, does) OP_##name,
enum { OPS(ID) OP_COUNT };
#undef ID
static const struct wg__column columns[] = { OPS(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count(const struct wg__rows *rows)
{
	return rows->op_count;
}

static void time_cell(const struct wg__rows *rows, const struct wg__op_row *row, size_t column,
	struct wg__value *ret)
{
	const int64_t times[] = { row->submit_ns, row->start_ns, row->done_ns, row->notify_ns,
		row->wake_ns, row->deliver_ns };

	wg__set_time(ret, rows, times[column - OP_submit_ns]);
}

static void stage_cell(const struct wg__rows *rows, const struct wg__op_row *row,
	enum wg_stage stage, struct wg__value *ret)
{
	const struct wg_loop_stats *loop = wg__lane_loop(rows, row->lane);

	if (row->stages >> stage & 1 && wg_stats_sees(loop, wg_dist_sees(stage)))
		wg__set_int(ret, row->stage_ns[stage]);
}

static void what_cell(const struct wg__rows *rows, const struct wg__op_row *row, size_t column,
	struct wg__value *ret)
{
	switch (column) {
	case OP_op: wg__set_int(ret, (int64_t)row->op); break;
	case OP_kind: wg__set_word(ret, wg_kind_name((enum wg_kind)row->kind)); break;
	case OP_arg:
		if (row->submit_ns != WG_NO_TIME)
			wg__set_int(ret, row->arg);
		break;
	case OP_result:
		if (row->done_ns != WG_NO_TIME || row->deliver_ns != WG_NO_TIME)
			wg__set_int(ret, row->result);
		break;
	case OP_worker:
		if (row->start_ns != WG_NO_TIME)
			wg__set_int(ret, row->worker);
		break;
	case OP_worker_tid:
		if (row->start_ns != WG_NO_TIME)
			wg__set_int(ret, row->worker_tid);
		break;
	case OP_worker_lane: wg__set_lane(ret, rows, row->worker_lane); break;
	case OP_sent:
		if (row->notify_ns != WG_NO_TIME)
			wg__set_int(ret, row->is_sent);
		break;
	default: break;
	}
}

static void cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__op_row *row = &rows->op[i];

	if (column <= OP_loop)
		wg__set_whose(ret, rows, row->lane, column);
	else if (column >= OP_queued_ns)
		stage_cell(rows, row, (enum wg_stage)(column - OP_queued_ns), ret);
	else if (column >= OP_submit_ns)
		time_cell(rows, row, column, ret);
	else
		what_cell(rows, row, column, ret);
}

const struct wg__table wg__table_ops = { "ops", "one row an operation, in the order of beginning",
	columns, OP_COUNT, WG__NO_COLUMN, OP_submit_ns, OP_deliver_ns, WG__HOLDS_OPS, 2e5, count,
	cell };
