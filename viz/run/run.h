/*
 * run.h: what `wakegap run` found out, between the part that runs and the part that reports.
 */
#ifndef VIZ_RUN_RUN_H
#define VIZ_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/measure/measure.h"
#include "viz/run/catalogue.h"
#include "viz/run/workload_program.h"

/*
 * One row: a strategy, or the floor. Recording costs time, and not the same for each strategy, so
 * the times come from a run that is not recorded, and wakes and gaps from one that is.
 */
struct wg_run_row {
	const char *wait;
	struct wg_run_answer answer;   /* owned; of the run that was not recorded, or that hung */
	struct wg_run_answer recorded; /* owned; all zero if it hung or there is none */
	struct wg_measure *measure;    /* owned; NULL if this row was not recorded */
};

struct wg_run {
	const struct wg_workload_desc *workload;
	uint64_t values[WG_PARAMS_MAX]; /* of its parameters, in its order */
	const char *file;		/* if it has such a parameter */
	unsigned passes;
	const char *record_dir;	 /* NULL: traces were not kept */
	struct wg_run_row *rows; /* in the order asked for, those that ran first */
	size_t row_count;	 /* that ran, or shall */
	size_t skipped_count;	 /* behind these: not available on this machine */
	bool has_floor;		 /* there is a way to do the same without a loop */
	struct wg_run_row floor;
};

/* Did every row that finished deliver the same, also as the floor if there is one? */
bool wg_run_agrees(const struct wg_run *run);

/* The first row that did not hang; NULL: all did. */
const struct wg_run_row *wg_run_first(const struct wg_run *run);
bool wg_run_has_hang(const struct wg_run *run);

void wg_run_print_table(const struct wg_run *run);
int wg_run_print_json(const struct wg_run *run); /* 0 or -ENOMEM */

/* The figures that only this workload has, a line each, a column for each strategy. */
void wg_run_print_figures(const struct wg_run *run);

#endif
