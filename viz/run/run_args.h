/*
 * run_args.h: the options of `wakegap run`: what all workloads take, and what each takes.
 */
#ifndef VIZ_RUN_RUN_ARGS_H
#define VIZ_RUN_RUN_ARGS_H

#include <argp.h>

#include "viz/run/catalogue.h"
#include "viz/run/run.h"
#include "viz/run/workload_program.h"

#define WG_RUN_GIVEN_MAX 32

struct wg_run_cmd {
	struct wg_run run;
	const struct wg_catalogue *catalogue;
	char *wait_list; /* the argument of --wait, cut into names; owned */
	int64_t tick_ns;
	int64_t patience_ns; /* 0: for ever */
	int64_t window_ns;
	bool json;
	bool wants_help;
	const char *workload_name;   /* as typed, or NULL */
	struct wg_record_hold *hold; /* of traces that are not kept; or NULL */

	/* options of workloads, as typed: which workload it is may come after them */
	struct {
		const char *name, *value;
	} given[WG_RUN_GIVEN_MAX];
	size_t given_count;
};

/*
 * The options of `run`, static, made from what the program says. All: each workload's own, too;
 * brief: the workloads by name; only: those of one.
 */
const struct argp *wg_run_table(
	const struct wg_catalogue *catalogue, bool is_brief, const struct wg_workload_desc *only);

/* The strategies ("WAIT") or workloads ("WORKLOAD") with commas between; static. NULL: neither. */
const char *wg_run_words(const struct wg_catalogue *catalogue, const char *metavar);

/*
 * Fill c->run and the rest from argv; the catalogue is set. -1: go on; else the
 * exit status: help was printed, or a mistake was named.
 */
struct wg_cmd;
int wg_run_parse(struct wg_run_cmd *c, const struct wg_cmd *self, int argc, char **argv);

#endif
