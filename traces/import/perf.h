/*
 * perf.h: lines of `perf script`, `trace-cmd report` and ftrace as records of threads. Private to
 * traces/import.
 */
#ifndef TRACES_IMPORT_PERF_H
#define TRACES_IMPORT_PERF_H

#include "traces/import/import.h"
#include "traces/import/span.h"

struct wg__perf;

/* NULL: no memory. sink and stats are borrowed; stats is kept up to date. */
struct wg__perf *wg__perf_create(const struct wg_import_sink *sink, struct wg_import_stats *stats);
void wg__perf_destroy(struct wg__perf *p);

/* One line without its end. 0, 1: not understood, or a negative errno. */
int wg__perf_line(struct wg__perf *p, struct wg__span line);

/* Threads that are still asleep stay so. 0, or a negative errno. */
int wg__perf_end(struct wg__perf *p);

/* Does a line look as if one of these tools wrote it? */
bool wg__perf_is(struct wg__span line);

#endif
