/*
 * import_run.h: a log is written, imported and counted, for the suites of import.
 */
#ifndef TESTS_TRACES_IMPORT_RUN_H
#define TESTS_TRACES_IMPORT_RUN_H

#include <stdio.h>

#include "traces/import/import.h"
#include "traces/measure/threads.h"

/* A log in the making. */
struct import_log {
	char *text;
	size_t len;
	FILE *out;
};

struct import_run {
	struct wg_threads *threads;
	struct wg_import_stats stats;
	int rc;
	uint64_t records, rows, row_calls, backwards;
	int64_t last_ns[8];
	uint32_t last_tid[8];
	char *findings; /* all of them, a line each */
};

void import_start(struct import_log *l);

/* Import what was written, and count it; the times of each thread are checked on the way. */
struct import_run import_finish(struct import_log *l);
struct import_run import_bytes(const void *bytes, size_t len);
struct import_run import_text(const char *text);
void import_done(struct import_run *r);

/* The thread of that number; one that did nothing, and a failure, if it is not there. */
const struct wg_thread_stats *import_thread(const struct import_run *r, uint32_t tid);

#endif
