/*
 * mistakes.h: what SQLite says of a mistake, as one line that says what to do.
 */
#ifndef TRACES_QUERY_MISTAKES_H
#define TRACES_QUERY_MISTAKES_H

#include <sqlite3.h>

#include "traces/base/error.h"

/* Of the last call on db, which failed with code on this SQL. Returns a negative errno. */
int wg__mistake(sqlite3 *db, int code, const char *sql, struct wg_error *err);

/* A table that is none: which ones there are. Returns -EINVAL. */
int wg__mistake_table(const char *name, struct wg_error *err);

#endif
