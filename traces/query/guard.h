/*
 * guard.h: a database in memory that SQL can read and do nothing else with (Q1 and Q3 of query.h).
 */
#ifndef TRACES_QUERY_GUARD_H
#define TRACES_QUERY_GUARD_H

#include <sqlite3.h>
#include <stdbool.h>

/* An SQLITE_ code; *ret_db is to be closed in any case. */
int wg__guard_open(sqlite3 **ret_db);

/* From here on SQL only reads. *is_ours, while it is true: what is done is not what SQL asked for.
 */
void wg__guard_close_gate(sqlite3 *db, const bool *is_ours);

/* Settings that a database of ours needs, whoever reads it. */
void wg__guard_configure(sqlite3 *db);

#endif
