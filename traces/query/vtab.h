/*
 * vtab.h: the tables of tables.h as tables of SQLite's. They can only be read.
 */
#ifndef TRACES_QUERY_VTAB_H
#define TRACES_QUERY_VTAB_H

#include <sqlite3.h>

#include "traces/query/traces.h"

/*
 * Every table, named with this prefix, becomes one of db, for as long as db is open; traces must
 * outlive it. An SQLITE_ code. What failed while rows are read is in traces->err.
 */
int wg__vtab_register(sqlite3 *db, struct wg__traces *traces, const char *prefix);

/* "CREATE TABLE name(...)" with what each column is as comments. sqlite3_free(); NULL: no memory.
 */
char *wg__vtab_schema(const struct wg__table *table);

#endif
