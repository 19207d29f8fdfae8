/*
 * check.c: `wakegap check`: bounds on the measures, for a user's own CI.
 *
 * A check must not pass by accident. An incomplete trace is INCONCLUSIVE, however good it looks. A
 * trace that cannot be read fails. A call without a bound is a mistake.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/base/manual.h"
#include "traces/base/units.h"
#include "viz/base/jobs.h"
#include "viz/base/progress.h"
#include "viz/base/part_args.h"
#include "viz/base/reader_args.h"
#include "viz/base/recordings.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/stats/check.h"

enum { KEY_JUNIT = 0x1000, KEY_THREADS = 0x2000 };

static error_t take_bound(int key, char *arg, struct argp_state *state)
{
	const struct wg_bound_info *info;
	struct wg_bounds *bounds = state->input;
	uint64_t count;
	int bound = key - 1;

	if (key < 1 || key > WG_BOUND_COUNT)
		return ARGP_ERR_UNKNOWN;
	info = wg_bound_info((enum wg_bound)bound);
	bounds->is_set[bound] = true;
	if (info->is_time)
		return wg_parse_time(arg, &bounds->limit[bound]) == 0
			       ? 0
			       : wg_option_fail(state, "--%s: '%s' is not a time such as 10ms",
					 info->option, arg);
	if (wg_parse_number(arg, 0, INT64_MAX, &count) < 0)
		return wg_option_fail(state, "--%s: '%s' is not a number", info->option, arg);
	bounds->limit[bound] = (int64_t)count;
	return 0;
}

static error_t take_thread_bound(int key, char *arg, struct argp_state *state)
{
	struct wg_thread_bounds *bounds = state->input;
	const struct wg_thread_bound_info *info;
	int bound = key - KEY_THREADS;

	if (bound < 0 || !(info = wg_thread_bound_info((enum wg_thread_bound)bound)))
		return ARGP_ERR_UNKNOWN;
	bounds->is_set[bound] = true;
	if (wg_parse_number(arg, 0, INT64_MAX, &bounds->limit[bound]) < 0)
		return wg_option_fail(state, "--%s: '%s' is not a number", info->option, arg);
	return 0;
}

static const struct argp *thread_bounds_table(void)
{
	static struct argp_option options[WG_THREAD_BOUND_COUNT + 1];
	static const struct argp table = { .options = options, .parser = take_thread_bound };
	const struct wg_thread_bound_info *info;
	int i;

	for (i = 0; (info = wg_thread_bound_info((enum wg_thread_bound)i)); i++)
		options[i] = (struct argp_option){ info->option, KEY_THREADS + i, "N", 0,
			info->means, 0 };
	return &table;
}

static const struct argp *bounds_table(void)
{
	static struct argp_option options[WG_BOUND_COUNT + 1];
	static const struct argp table = { .options = options, .parser = take_bound };
	const struct wg_bound_info *info;
	int i;

	for (i = 0; (info = wg_bound_info((enum wg_bound)i)); i++)
		options[i] = (struct argp_option){ info->option, i + 1,
			info->is_time ? "TIME" : "N", 0, info->means, 0 };
	return &table;
}

struct call {
	struct check *check;
	const char **paths; /* as they were typed */
	size_t count;
};

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;
	struct check *check = call->check;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &check->bounds;
		state->child_inputs[1] = &check->thread_bounds;
		state->child_inputs[2] = &check->part;
		check->part.is_strict = true;
		state->child_inputs[3] = &check->jobs;
		return 0;
	case KEY_JUNIT: check->junit_path = arg; return 0;
	case ARGP_KEY_ARG: call->paths[call->count++] = arg; return 0;
	case ARGP_KEY_END:
		if (call->count == 0)
			return wg_option_fail(state, "which trace? " WG_MAKES_A_TRACE);
		if (wg_bounds_count(&check->bounds) == 0 &&
			wg_thread_bounds_count(&check->thread_bounds) == 0)
			return wg_option_fail(state,
				"which bound? such as --max-late-wakes 0; the check of a "
				"lab is `wakegap lab check`");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "junit", KEY_JUNIT, "FILE", 0,
			"write the findings as JUnit XML too, a test case for each bound and loop; "
			"with - for standard output, the text goes to standard error",
			0 },
		{ 0 },
	};
	static struct argp_child children[] = {
		{ NULL, 0, "Bounds on each loop. One holds while the figure is not above it:", 1 },
		{ NULL, 0, "Bounds on each thread of a program that is seen from outside:", 2 },
		{ &wg_part_argp, 0, "A part of the trace:", 3 },
		{ &wg_jobs_argp, 0, "Many traces:", 8 },
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE... --BOUND VALUE...",
		"Fails if a loop or a thread breaks a bound. TRACE is a folder that holds a trace, "
		"or any "
		"folder above one; 'DIR/**' stands for each recording below DIR.\v"
		"Percentiles are nearest rank. An empty trace passes every maximum; --min-ops "
		"rejects it. `wakegap stats --help` says what is counted.\n\n"
		"Prints `ok`, or one line for each broken bound. A trace with discarded events or "
		"damage is INCONCLUSIVE: a bound that it breaks is named, and no bound is said to "
		"hold.\n\n"
		"Exit status: 0 all bounds hold; 1 one is broken, a trace cannot be read, or the "
		"report cannot be written; "
		"2 usage; 77 inconclusive, and no whole trace breaks a bound",
		children, NULL, NULL };

	children[0].argp = bounds_table();
	children[1].argp = thread_bounds_table();
	return &table;
}

static int run(int argc, char **argv)
{
	struct wg_recordings found = { 0 };
	struct check check = { 0 };
	struct call call = { &check, calloc((size_t)argc + 1, sizeof(*call.paths)), 0 };
	int rc;

	wg_say_pipes();
	wg_say_plainly();
	check.out = stdout;
	if (!call.paths)
		return wg_say("out of memory");
	rc = wg_options_parse(&wg_cmd_check, argc, argv, 0, &call);
	if (rc < 0 && wg_recordings_expand(call.paths, call.count, &found) < 0)
		rc = wg_say("out of memory");
	check.paths = (const char *const *)found.path;
	check.count = found.count;
	wg_progress_start();
	if (rc < 0)
		rc = wg_say_flushed(wg_check_run(&check));
	wg_recordings_fini(&found);
	free(call.paths);
	return rc;
}

const struct wg_cmd wg_cmd_check = {
	.name = "wakegap check",
	.does = "fail if a loop breaks a bound: for your own CI",
	.main = run,
	.table = table,
	.chapters = { wg__manual_check, wg__manual_part },
	.words = wg_part_words,
};
