/*
 * check.h: one run of `wakegap check`.
 */
#ifndef VIZ_STATS_CHECK_H
#define VIZ_STATS_CHECK_H

#include <stdio.h>

#include "traces/measure/check.h"
#include "traces/measure/check_threads.h"
#include "traces/measure/part.h"
#include "viz/stats/stats.h"

struct check {
	const char *const *paths;
	size_t count;
	unsigned jobs; /* traces that are read at once */
	struct wg_bounds bounds;
	struct wg_thread_bounds thread_bounds;
	struct wg_part part;
	const char *junit_path; /* NULL: none */
	FILE *out;		/* for the findings; stderr while the report goes to stdout */
};

/* Says what it finds; returns the exit status. */
int wg_check_run(struct check *check);

/* "late wakes: 164 > 0, first at 10.2 ms: op 1 (read) was ready for 9.98 ms". Returns buf. */
char *wg_answer_text(char *buf, size_t len, const struct wg_answer *finding, int64_t origin_ns);

/* The bound alone, "0" or "1 ms". Returns buf. */
char *wg_answer_limit(char *buf, size_t len, const struct wg_answer *finding);

#endif
