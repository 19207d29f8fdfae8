/*
 * suite.c: see suite.h and harness.h: what runs in the process of a suite.
 */
#include "tests/harness/suite.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/base/tree.h"

enum {
	LTTNG = WG_SUITE_LTTNG,
	QUIET = WG_SUITE_QUIET,
	NAMED = WG_SUITE_NAMED,
	SLEEPS = WG_SUITE_SLEEPS
};

const struct wg_suite wg_suites[] = {
#define SUITE(name, limit, needs, flags) { #name, suite_##name, limit, needs, flags },
#include "tests/suites.def"
#undef SUITE
};

const size_t wg_suite_count = sizeof(wg_suites) / sizeof(wg_suites[0]);

const struct wg_suite *wg_suite_find(const char *name)
{
	size_t i;

	for (i = 0; i < wg_suite_count; i++) {
		if (strcmp(wg_suites[i].name, name) == 0)
			return &wg_suites[i];
	}
	return NULL;
}

static struct {
	CU_pSuite building;
	const char *only;	 /* NULL, or the one test to run */
	const char *skip_reason; /* of the running test */
	const char *absent;	 /* what this suite's skipped tests would need */
	int tests;
	const char *base; /* where its folders are: TMPDIR, which a test may change */
	char tmpdirs[64][128];
	int tmpdir_count;
	struct wg_report *report;
} run;

/* ---- harness.h ---- */

void wg_test_add(const char *name, void (*fn)(void))
{
	if (run.only && strcmp(run.only, name) != 0)
		return;
	(void)CU_add_test(run.building, name, fn);
	run.tests++;
}

static void skip_for_absence(void)
{
	wg_skip(run.absent);
}

void wg_test_add_if(bool have, const char *why, const char *name, void (*fn)(void))
{
	if (!have)
		run.absent = why;
	wg_test_add(name, have ? fn : skip_for_absence);
}

void wg_skip(const char *why)
{
	run.skip_reason = why;
}

bool wg_has(const char *text, const char *part)
{
	return text && strstr(text, part) != NULL;
}

static const char *path_in(const char *folder, const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

const char *wg_build_path(const char *name)
{
	const char *dir = getenv("WG_BUILD");

	return path_in(dir ? dir : "build", name);
}

const char *wg_sample(const char *name)
{
	return path_in("traces/samples", name);
}

const char *wg_golden(const char *name)
{
	return path_in("tests/data/golden", name);
}

char *wg_tmpdir(void)
{
	char *dir;

	if (run.tmpdir_count == 64)
		return NULL;
	dir = run.tmpdirs[run.tmpdir_count];
	(void)snprintf(dir, sizeof(run.tmpdirs[0]), "%s/wakegap-test-XXXXXX", run.base);
	if (!mkdtemp(dir))
		return NULL;
	run.tmpdir_count++;
	return dir;
}

static void remove_tmpdirs(void)
{
	while (run.tmpdir_count > 0)
		(void)wg_remove_tree(run.tmpdirs[--run.tmpdir_count]);
}

/* ---- the run ---- */

static void before_test(const CU_pTest test, const CU_pSuite suite)
{
	(void)suite;
	(void)snprintf(run.report->test, sizeof(run.report->test), "%s", test->pName);
}

static void print_failures(CU_pFailureRecord f)
{
	for (; f; f = f->pNext)
		printf("#   %s:%u: %s\n", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
			f->strCondition ? f->strCondition : "?");
	wg_run_tell(stdout);
}

static void after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	const char *why = run.skip_reason;

	run.skip_reason = NULL;
	if (failure) {
		run.report->failed++;
		printf("not ok - %s: %s\n", suite->pName, test->pName);
		print_failures(failure);
	} else if (why) {
		run.report->skipped++;
		printf("ok - %s: %s # SKIP %s\n", suite->pName, test->pName, why);
	} else {
		run.report->passed++;
		printf("ok - %s: %s\n", suite->pName, test->pName);
	}
	wg_run_forget();
	(void)setenv("TMPDIR", run.base, 1);
	(void)fflush(stdout);
}

/*
 * Signals as a terminal's programs have them. A shell starts what it puts into the background with
 * SIGINT ignored, nohup with SIGHUP ignored, and the programs under test would inherit that.
 */
static void default_signals(void)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE, SIGTSTP };
	const struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

int wg_suite_run(const struct wg_suite *suite, const char *test, struct wg_report *report)
{
	const char *base = getenv("TMPDIR");

	default_signals();
	run.base = strdup(base ? base : "/tmp");
	run.only = test;
	run.report = report;
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	run.building = CU_add_suite(suite->name, NULL, NULL);
	suite->build();
	CU_set_test_start_handler(before_test);
	CU_set_test_complete_handler(after_test);
	(void)CU_run_suite(run.building);
	CU_cleanup_registry();
	remove_tmpdirs();
	report->is_complete = true;
	return report->failed ? 1 : run.tests == 0 ? 2 : 0;
}
