/*
 * tables.h: the tables that questions are asked of: which columns there are, and what stands in a
 * cell. What a wait, a gap or an empty wake is, measure.h and threads.h say.
 *
 * A table is a list of columns and one function that answers for a cell. vtab.c makes it a table of
 * SQLite's; knowledge of SQL is there, knowledge of traces is here.
 */
#ifndef TRACES_QUERY_TABLES_H
#define TRACES_QUERY_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "traces/query/rows.h"

enum wg__value_type { WG__NULL, WG__INT, WG__REAL, WG__STRING };

struct wg__value {
	enum wg__value_type type; /* all zero is NULL */
	union {
		int64_t i;
		double d;
		const char *text; /* valid UTF-8; lives as long as the rows */
	};
};

struct wg__column {
	const char *name;
	const char *type; /* INTEGER, REAL or TEXT */
	const char *does; /* for .schema */
};

#define WG__NO_COLUMN (-1)

struct wg__table {
	const char *name;
	const char *does;
	const struct wg__column *columns; /* up to one without a name */
	size_t column_count;
	int time;	/* the column that rows are in the order of, or WG__NO_COLUMN */
	int from, to;	/* columns that say when a row begins and ends, or WG__NO_COLUMN */
	unsigned needs; /* enum wg__holds */
	double size;	/* of a trace, about: for the planner */
	size_t (*count)(const struct wg__rows *rows);
	/* *ret is NULL before; row is below count(). Without memory a text is NULL. */
	void (*cell)(struct wg__rows *rows, size_t row, size_t column, struct wg__value *ret);
};

/* The i-th, in the order of .tables; NULL past the last. */
const struct wg__table *wg__table_at(size_t i);
#define WG__TABLES_MAX 16

extern const struct wg__table wg__table_events, wg__table_ops, wg__table_waits, wg__table_gaps,
	wg__table_wakes, wg__table_threads, wg__table_sites, wg__table_lanes, wg__table_traces;

/* What a table lists once, as X(name, TYPE, "what it is"): numbers and texts are made of it. */
#define WG__COLUMN_ID(table, name)	 table##_##name
#define WG__COLUMN_ROW(name, type, does) { #name, #type, does },

/* --- what several tables share --- */

static inline void wg__set_int(struct wg__value *ret, int64_t value)
{
	ret->type = WG__INT;
	ret->i = value;
}

static inline void wg__set_text(struct wg__value *ret, struct wg__rows *rows, const char *text)
{
	ret->text = text ? wg__rows_clean(rows, text) : NULL;
	ret->type = ret->text ? WG__STRING : WG__NULL;
}

/* A text of ours, which needs no look. */
static inline void wg__set_word(struct wg__value *ret, const char *word)
{
	ret->type = WG__STRING;
	ret->text = word;
}

/* Since the first event of the trace; NULL if it did not happen. */
static inline void wg__set_time(struct wg__value *ret, const struct wg__rows *rows, int64_t time_ns)
{
	if (time_ns != WG_NO_TIME)
		wg__set_int(ret, time_ns - rows->begin_ns);
}

static inline void wg__set_lane(struct wg__value *ret, const struct wg__rows *rows, uint32_t lane)
{
	if (lane != WG__NO_ROW)
		wg__set_int(ret, (int64_t)rows->lane_base + lane + 1);
}

/* Columns that say whose a row is. */
enum wg__whose {
	WG__OF_TRACE,
	WG__OF_LANE,
	WG__OF_TYPE,
	WG__OF_PID,
	WG__OF_TID,
	WG__OF_PROCESS,
	WG__OF_LOOP
};
#define WG__WHOSE(X)                                                                               \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(lane, INTEGER, "the loop or thread that it is of: see lanes")                            \
	X(type, TEXT, "'loop', or 'thread' if it was seen from outside")                           \
	X(pid, INTEGER, "process id")                                                              \
	X(tid, INTEGER, "thread id; of a loop: the thread that waits")                             \
	X(process, TEXT, "name of the process")                                                    \
	X(loop, INTEGER, "id of the loop; NULL: a thread")
void wg__set_whose(struct wg__value *ret, struct wg__rows *rows, uint32_t lane, size_t column);

/* The counts of a loop's lane; NULL: it is a worker or a thread. */
const struct wg_loop_stats *wg__lane_loop(const struct wg__rows *rows, uint32_t lane);
const struct wg_thread_stats *wg__lane_thread(const struct wg__rows *rows, uint32_t lane);

/* The name of the process that a lane is of. */
const char *wg__lane_process(const struct wg__rows *rows, uint32_t lane);

/* Is the wake of that wait of a thread an empty one? -1: not known. */
int wg__wait_is_empty(const struct wg__wait_row *wait);

#endif
