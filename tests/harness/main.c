/*
 * main.c: the test runner's command line.
 *
 * One suite runs in this process, which suits a debugger; several run side by side, each in a
 * process of its own (runner.h).
 */
#include <argp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/runner.h"
#include "tests/harness/suite.h"
#include "traces/base/tool.h"
#include "traces/base/units.h"

enum { SUITE = 's', TEST = 't', JOBS = 'j', LIST = 'l', NO_NAMESPACES = 256 };

static const struct argp_option options[] = {
	{ "suite", SUITE, "NAME", 0, "run this suite only; may be given several times", 0 },
	{ "test", TEST, "NAME", 0, "run this test of the one suite only", 0 },
	{ "jobs", JOBS, "N", 0, "so many suites at a time; default: one for each processor", 0 },
	{ "no-namespaces", NO_NAMESPACES, NULL, 0,
		"as root too, do not give each suite a session daemon of its own", 0 },
	{ "list", LIST, NULL, 0, "print the names of the suites", 0 },
	{ 0 },
};

struct arguments {
	struct wg_run run;
	const char *test;
	bool wants_list;
};

static void add_suite(struct arguments *a, const char *name, struct argp_state *state)
{
	const struct wg_suite *suite = wg_suite_find(name);
	size_t i;

	if (!suite)
		argp_error(state, "no suite '%s'; --list names them", name);
	for (i = 0; i < a->run.count; i++) {
		if (a->run.suites[i] == suite)
			return;
	}
	a->run.suites[a->run.count++] = suite;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	uint64_t jobs = 1;

	switch (key) {
	case SUITE: add_suite(a, arg, state); return 0;
	case TEST: a->test = arg; return 0;
	case JOBS:
		if (wg_parse_number(arg, 1, 1000, &jobs) < 0)
			argp_error(state, "--jobs takes a number from 1 to 1000, not '%s'", arg);
		a->run.jobs = (int)jobs;
		return 0;
	case NO_NAMESPACES: a->run.may_use_namespaces = false; return 0;
	case LIST: a->wants_list = true; return 0;
	case ARGP_KEY_END:
		if (a->test && a->run.count != 1)
			argp_error(state, "--test needs one --suite");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static void add_all(struct wg_run *run)
{
	size_t i;

	for (i = 0; i < wg_suite_count; i++) {
		if (!(wg_suites[i].flags & WG_SUITE_NAMED))
			run->suites[run->count++] = &wg_suites[i];
	}
}

static int list(const struct wg_run *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		puts(all->suites[i]->name);
	return 0;
}

static int run_one(const struct wg_suite *suite, const char *test)
{
	struct wg_report report = { 0 };
	int rc = wg_suite_run(suite, test, &report);

	if (rc == 2 && test)
		(void)fprintf(
			stderr, "wakegap-tests: suite %s has no test '%s'\n", suite->name, test);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &wg_tool_argp }, { 0 } };
	static const struct argp argp = { options, parse, NULL,
		"Run the test suites and close with `N passed, N failed, N skipped`.", children,
		NULL, NULL };
	static struct arguments a; /* static: reachable to the end, so no leak */

	a.run.jobs = wg_runner_processors();
	a.run.may_use_namespaces = true;
	wg_tool_begin("wakegap-tests", 1);
	a.run.suites = calloc(wg_suite_count, sizeof(*a.run.suites));
	if (!a.run.suites || argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &a) != 0)
		return 1;
	if (a.run.count == 1 && !a.wants_list)
		return run_one(a.run.suites[0], a.test);
	if (a.run.count == 0)
		add_all(&a.run);
	return a.wants_list ? list(&a.run) : wg_runner_run(&a.run);
}
