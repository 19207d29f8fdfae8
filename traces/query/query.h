/*
 * query.h: questions to traces in SQL.
 *
 *     struct wg_query *q;
 *     int rc = wg_query_open(paths, count, &q, &err);
 *     if (rc == 0)
 *             rc = wg_query_run(q, "SELECT kind, p99(gap_ns) FROM gaps GROUP BY kind", &sink,
 * &err); wg_query_close(q);
 *
 * SQLite answers, over tables that are the rows of the traces (tables.h). What SQL may do here:
 *   Q1 It reads, and nothing else: no statement can change anything, or reach a file, another
 *      database, an extension or the network.
 *   Q2 p50(x), p90(x), p99(x) and percentile(x, p), p from 0 to 100, are by nearest rank, as all
 *      percentiles of wakegap are (measure.h).
 *   Q3 It ends at wg_query_stop(). Sorting and grouping take at most WG_QUERY_MEMORY.
 *   Q4 Sums over rows are the figures of `wakegap stats --json`, to the nanosecond.
 *
 * Without SQLite at build time, wg_query_open() says what to install.
 *
 * Thread: one at a time, but wg_query_stop(). Blocks for the disk.
 */
#ifndef TRACES_QUERY_QUERY_H
#define TRACES_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"

#define WG_QUERY_MEMORY (INT64_C(1) << 30)

enum wg_query_type { WG_QUERY_NULL, WG_QUERY_INT, WG_QUERY_REAL, WG_QUERY_TEXT };

struct wg_query_value {
	enum wg_query_type type;
	int64_t i;
	double d;
	const char *text; /* without a 0 in it; a blob comes as hexadecimal digits */
};

/* Where answers go. Each returns 0, or a negative errno that ends wg_query_run(). */
struct wg_query_sink {
	int (*begin)(void *user, const char *const *names, size_t count);
	int (*row)(void *user, const struct wg_query_value *values, size_t count);
	int (*end)(void *user);
	int (*text)(void *user, const char *text); /* of .schema */
	void *user;
};

struct wg_query;

/* False: it was built without SQLite. */
bool wg_query_available(void);

/*
 * Nothing is read yet, and paths, which are borrowed, may be none. Errors, each with a line:
 * -ENOSYS without SQLite, -ENOMEM.
 */
int wg_query_open(
	const char *const *paths, size_t count, struct wg_query **ret_query, struct wg_error *err);

/*
 * Run statements, and lines that begin with a dot: .tables, .schema [TABLE]. Errors, each with a
 * line that says what to do: -EINVAL for a mistake in the SQL; -EACCES for what Q1 forbids;
 * -ECANCELED after a stop; -ENOMEM; errors of wg_reader_open(); what the sink returned, without a
 * line. Answers before the error were given to the sink.
 */
int wg_query_run(struct wg_query *query, const char *sql, const struct wg_query_sink *sink,
	struct wg_error *err);

/* End what runs, for good. From any thread or signal handler, between open and close. */
void wg_query_stop(struct wg_query *query);

/*
 * The i-th line on what is missing from the traces that were read, or NULL; *ret_label is what that
 * trace is called. Borrowed until the next run.
 */
const char *wg_query_note(const struct wg_query *query, size_t i, const char **ret_label);

void wg_query_close(struct wg_query *query); /* NULL is fine */

#endif
