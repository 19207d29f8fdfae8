/*
 * percentile.h: the functions p50, p90, p99 and percentile of SQL: nearest rank, as in measure.h.
 */
#ifndef TRACES_QUERY_PERCENTILE_H
#define TRACES_QUERY_PERCENTILE_H

#include <sqlite3.h>

/* An SQLITE_ code. */
int wg__percentile_register(sqlite3 *db);

#endif
