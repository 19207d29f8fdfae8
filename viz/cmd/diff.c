/*
 * diff.c: `wakegap diff`: did a new version make a figure worse?
 *
 * One run of each cannot tell: two runs of the same program differ as well. So each side is a set
 * of recordings, and a change is one only if noise does not explain it.
 */
#include <string.h>

#include "traces/base/manual.h"
#include "viz/base/part_args.h"
#include "viz/base/reader_args.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/stats/diff.h"

enum { KEY_FAIL_IF = 0x1000, KEY_JSON, KEY_JUNIT };

static error_t take_limit(struct diff *diff, const char *arg, struct argp_state *state)
{
	char why[200];

	if (diff->limit_count == DIFF_LIMITS_MAX)
		return wg_option_fail(state, "--fail-if: at most %d limits", DIFF_LIMITS_MAX);
	if (wg_diff_limit_parse(arg, &diff->limit[diff->limit_count], why, sizeof(why)) < 0)
		return wg_option_fail(state, "--fail-if: %s", why);
	diff->limit_count++;
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct diff *diff = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &diff->part;
		diff->part.is_strict = true;
		return 0;
	case KEY_FAIL_IF: return take_limit(diff, arg, state);
	case KEY_JSON: diff->json = true; return 0;
	case KEY_JUNIT: diff->junit_path = arg; return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			return wg_option_fail(state,
				"'%s' is one too many: put the recordings of each version into one "
				"folder",
				arg);
		diff->side[state->arg_num].path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!diff->side[1].path)
			return wg_option_fail(state,
				diff->side[0].path ? "'%s' is A; which is B?"
						   : "which recordings? A and B",
				diff->side[0].path);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "fail-if", KEY_FAIL_IF, "FIGURE+LIMIT", 0,
			"fail if the figure rose by more than LIMIT: gap-p99+10%, wasted+1ms, "
			"late-wakes+0; with - it must not fall: ops-5%. May be given again",
			0 },
		{ "json", KEY_JSON, NULL, 0, "the comparison as JSON, times in nanoseconds", 0 },
		{ "junit", KEY_JUNIT, "FILE", 0,
			"write the limits as JUnit XML too, a test case each; with - for standard "
			"output, the table goes to standard error",
			0 },
		{ 0 },
	};
	static const struct argp_child children[] = {
		{ &wg_part_argp, 0, "A part of each trace:", 1 },
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "A B",
		"Compares two sets of recordings, of an old version and of a new one. A and B are "
		"folders with a recording for each run.\v"
		"Figures are those that `wakegap check --help` lists, without max- and min-. A "
		"recording gives one value of each, all loops or threads added up. The medians of "
		"A and B are compared; the interval says where the true change is, with 95 % "
		"certainty (bootstrap). It needs five runs on each side.\n\n"
		"  more, less   noise does not explain the change\n"
		"  noise        it may: the interval has no change in it\n"
		"  same         every run has the same value\n\n"
		"Of twenty figures one is called more or less by chance. So name the figures that "
		"matter with --fail-if.\n\n"
		"Exit status: 0 done, every limit holds; 1 one is broken for certain, or a trace "
		"cannot be read; 2 usage; 77 inconclusive: not enough runs, or a limit lies within "
		"the interval",
		children, NULL, NULL };

	return &table;
}

static int run(int argc, char **argv)
{
	struct diff diff = { 0 };
	int rc;

	wg_say_pipes();
	wg_say_plainly();
	diff.out = stdout;
	rc = wg_options_parse(&wg_cmd_diff, argc, argv, 0, &diff);
	if (rc >= 0)
		return rc;
	if (diff.junit_path && strcmp(diff.junit_path, "-") == 0)
		diff.out = wg_say_plain(stderr);
	return wg_say_flushed(wg_diff_run(&diff));
}

const struct wg_cmd wg_cmd_diff = {
	.name = "wakegap diff",
	.does = "compare two versions of a program, and tell a change from noise",
	.main = run,
	.table = table,
	.chapters = { wg__manual_diff, wg__manual_part },
	.words = wg_part_words,
};
