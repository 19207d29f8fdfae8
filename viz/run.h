/*
 * run.h: what `wakegap run` found out, between the part that runs and the part that tells.
 */
#ifndef VIZ_RUN_H
#define VIZ_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/measure.h"
#include "viz/workload.h"

/* One row: a strategy, or the floor. */
struct wg_run_row {
	const char *wait;
	struct wg_answer answer;
	struct wg_measure *measure; /* owned; NULL if this row was not recorded */
};

struct wg_run {
	const char *workload, *file;
	uint64_t chunk;
	unsigned passes;
	const char *record_dir;	 /* NULL: traces were not kept */
	struct wg_run_row *rows; /* in the order asked for */
	size_t row_count;
	struct wg_run_row floor;
};

/* Did every row deliver the bytes that the floor read? */
bool wg_run_agrees(const struct wg_run *run);

void wg_run_print_table(const struct wg_run *run);
int wg_run_print_json(const struct wg_run *run); /* 0 or -ENOMEM */

#endif
