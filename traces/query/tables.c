/*
 * tables.c: the list of tables, and what they share (see tables.h).
 */
#include "traces/query/tables.h"

static const struct wg__table *const tables[] = { &wg__table_events, &wg__table_ops,
	&wg__table_waits, &wg__table_gaps, &wg__table_wakes, &wg__table_threads, &wg__table_sites,
	&wg__table_lanes, &wg__table_traces };
_Static_assert(sizeof(tables) / sizeof(tables[0]) <= WG__TABLES_MAX, "lists of them have room");

const struct wg__table *wg__table_at(size_t i)
{
	return i < sizeof(tables) / sizeof(tables[0]) ? tables[i] : NULL;
}

const struct wg_loop_stats *wg__lane_loop(const struct wg__rows *rows, uint32_t lane)
{
	const struct wg__lane_row *row = &rows->lane[lane];

	return row->type == WG__LANE_LOOP ? wg_measure_loop(rows->measure, row->number) : NULL;
}

const struct wg_thread_stats *wg__lane_thread(const struct wg__rows *rows, uint32_t lane)
{
	const struct wg__lane_row *row = &rows->lane[lane];

	return row->type == WG__LANE_THREAD
		       ? wg_thread_of(rows->threads, row->space, row->pid, row->tid)
		       : NULL;
}

const char *wg__lane_process(const struct wg__rows *rows, uint32_t lane)
{
	const struct wg__lane_row *row = &rows->lane[lane];
	const struct wg_thread_stats *main_thread;

	if (row->type != WG__LANE_THREAD)
		return wg_measure_loop(rows->measure, row->number)->process;
	main_thread = wg_thread_of(rows->threads, row->space, row->pid, row->pid);
	return main_thread ? main_thread->name : "";
}

void wg__set_whose(struct wg__value *ret, struct wg__rows *rows, uint32_t lane, size_t column)
{
	static const char *const types[] = { "loop", "worker", "thread" };
	const struct wg__lane_row *row = &rows->lane[lane];

	switch ((enum wg__whose)column) {
	case WG__OF_TRACE: wg__set_text(ret, rows, rows->label); break;
	case WG__OF_LANE: wg__set_lane(ret, rows, lane); break;
	case WG__OF_TYPE: wg__set_word(ret, types[row->type]); break;
	case WG__OF_PID: wg__set_int(ret, row->pid); break;
	case WG__OF_TID: wg__set_int(ret, row->tid); break;
	case WG__OF_PROCESS: wg__set_text(ret, rows, wg__lane_process(rows, lane)); break;
	case WG__OF_LOOP:
		if (row->type != WG__LANE_THREAD)
			wg__set_int(ret, (int64_t)row->loop);
		break;
	}
}

int wg__wait_is_empty(const struct wg__wait_row *wait)
{
	switch ((enum wg_wake_class)wait->class) {
	case WG_CLASS_TIMER_EMPTY:
	case WG_CLASS_ZERO_POLL:
	case WG_CLASS_SPIN: return 1;
	case WG_CLASS_TIMER:
	case WG_CLASS_COUNT: return -1;
	default: return 0;
	}
}
