/*
 * strace.h: lines of strace as records of threads. Private to traces/import.
 */
#ifndef TRACES_IMPORT_STRACE_H
#define TRACES_IMPORT_STRACE_H

#include "traces/import/import.h"
#include "traces/import/span.h"

struct wg__strace;

/* NULL: no memory. sink and stats are borrowed; stats is kept up to date. */
struct wg__strace *wg__strace_create(
	const struct wg_import_sink *sink, struct wg_import_stats *stats);
void wg__strace_destroy(struct wg__strace *s);

/* One line without its end; stats->lines is its number. 0, 1: not understood, or a negative
 * errno. */
int wg__strace_line(struct wg__strace *s, struct wg__span line);

/* Threads that are still asleep stay so. 0, or a negative errno. */
int wg__strace_end(struct wg__strace *s);

/* Does a line look as if strace wrote it? */
bool wg__strace_is(struct wg__span line);

/* The head of a table of `strace -c`, and one of its rows: name, calls, errors, seconds. */
bool wg__strace_is_table(struct wg__span line);
int wg__strace_row(
	const struct wg_import_sink *sink, struct wg_import_stats *stats, struct wg__span line);

#endif
