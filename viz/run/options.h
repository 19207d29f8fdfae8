/*
 * options.h: the arguments of `wakegap run`: what all workloads take, and what each takes.
 */
#ifndef VIZ_RUN_OPTIONS_H
#define VIZ_RUN_OPTIONS_H

#include "viz/run/catalogue.h"
#include "viz/run/run.h"
#include "viz/run/workload_program.h"

#define WG_RUN_GIVEN_MAX 32

struct wg_run_cmd {
	struct wg_run run;
	char program[4096]; /* wakegap-workload */
	struct wg_wait_names names;
	struct wg_catalogue catalogue;
	char *wait_list; /* the argument of --wait, cut into names; owned */
	int64_t tick_ns;
	int64_t patience_ns; /* 0: for ever */
	int64_t window_ns;
	bool json;
	bool wants_help;
	struct wg_record_hold *hold; /* NULL: no LTTng here, and no --record asked for */

	/* options of workloads, as typed: which workload it is may come after them */
	struct {
		const char *name, *value;
	} given[WG_RUN_GIVEN_MAX];
	size_t given_count;
};

/*
 * Fill c->run and the rest from argv; program, names and catalogue are set. -1: go on; else the
 * exit status: help was printed, or a mistake was named.
 */
int wg_run_parse(struct wg_run_cmd *c, int argc, char **argv);

#endif
