/*
 * table_gaps.c: the table gaps (see tables.h).
 *
 * A loop that sleeps with results of two kinds ready has a gap for each kind, as `stats --by kind`
 * counts them; the one that began first is the gap of the wait.
 */
#include "traces/query/tables.h"

#define GAPS(X)                                                                                    \
	WG__WHOSE(X)                                                                               \
	X(kind, TEXT, "kind of the operations that were ready; NULL: a thread was notified")       \
	X(gap_from_ns, INTEGER, "it slept with a result ready from then, since the first event,")  \
	X(wake_ns, INTEGER, "until then")                                                          \
	X(gap_ns, INTEGER, "for so long")                                                          \
	X(first, INTEGER, "1: the gap of that wait, too; 0: another kind was ready before")        \
	X(op, INTEGER, "the operation that was ready first; NULL: not known")                      \
	X(reason, TEXT, "what ended it: notified timeout ready spurious interrupted")              \
	X(late, INTEGER, "1: the timeout ended it")                                                \
	X(wait_id, INTEGER, "the wait that it is in: waits.id")
#define ID(name, type, does) GA_##name,
enum { GAPS(ID) GA_COUNT };
#undef ID
static const struct wg__column columns[] = { GAPS(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count(const struct wg__rows *rows)
{
	return rows->gap_count;
}

static void cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__gap_row *row = &rows->gap[i];

	if (column <= GA_loop) {
		wg__set_whose(ret, rows, row->lane, column);
		return;
	}
	switch (column) {
	case GA_kind:
		if (!(row->flags & WG__GAP_THREAD))
			wg__set_word(ret, wg_kind_name((enum wg_kind)row->kind));
		break;
	case GA_gap_from_ns: wg__set_time(ret, rows, row->begin_ns); break;
	case GA_wake_ns: wg__set_time(ret, rows, row->wake_ns); break;
	case GA_gap_ns: wg__set_int(ret, row->wake_ns - row->begin_ns); break;
	case GA_first: wg__set_int(ret, (row->flags & WG__GAP_FIRST) != 0); break;
	case GA_op:
		if (row->op)
			wg__set_int(ret, (int64_t)row->op);
		break;
	case GA_reason: wg__set_word(ret, wg_reason_name((enum wg_reason)row->reason)); break;
	case GA_late: wg__set_int(ret, (row->flags & WG__GAP_LATE) != 0); break;
	case GA_wait_id: wg__set_int(ret, (int64_t)rows->wait_base + row->wait + 1); break;
	default: break;
	}
}

const struct wg__table wg__table_gaps = { "gaps",
	"one row for each wait and kind of operation: asleep with a result ready", columns,
	GA_COUNT, GA_wake_ns, GA_gap_from_ns, GA_wake_ns, WG__HOLDS_GAPS, 1e5, count, cell };
