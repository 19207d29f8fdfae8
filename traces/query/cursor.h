/*
 * cursor.h: the rows of a table, one after another, as SQLite asks for them. Private to vtab.c.
 */
#ifndef TRACES_QUERY_CURSOR_H
#define TRACES_QUERY_CURSOR_H

#include <sqlite3.h>

#include "traces/query/traces.h"

#define WG__CONDITIONS_MAX 8

/* idxNum: */
#define WG__ORDERED   1 /* rows must come in the order of time, */
#define WG__BACKWARDS 2 /* or against it */

struct wg__vtab_aux {
	struct wg__traces *traces;
	const struct wg__table *table;
};

struct wg__vtab {
	sqlite3_vtab base;
	struct wg__vtab_aux is;
};

/* As in sqlite3_module. The plan is "COLUMN,OPERATOR;" for each argument. */
int wg__cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret);
int wg__cursor_close(sqlite3_vtab_cursor *base);
int wg__cursor_filter(
	sqlite3_vtab_cursor *base, int num, const char *plan, int argc, sqlite3_value **argv);
int wg__cursor_next(sqlite3_vtab_cursor *base);
int wg__cursor_is_eof(sqlite3_vtab_cursor *base);
int wg__cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i);
int wg__cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret);

#endif
