/*
 * query_run.h: a question to traces, and its answer as text, for the suites of query.
 */
#ifndef TESTS_TRACES_QUERY_RUN_H
#define TESTS_TRACES_QUERY_RUN_H

#include <stddef.h>

#include "traces/query/query.h"

/*
 * The rows of the answer, without names: values apart by |, NULL is nothing, a line each. To be
 * freed. What went wrong is "error: " and its line, behind what was answered before.
 */
char *query_ask(struct wg_query *query, const char *sql);

/* The same of one trace. */
char *query_once(const char *path, const char *sql);

/* The first number of the answer; a failure if there is none. */
long long query_number(struct wg_query *query, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One trace; a failure, and NULL, if it cannot be opened. */
struct wg_query *query_open(const char *path);

#endif
