/*
 * test_printed.c: every command that a text of ours prints runs as it is printed; see
 * tests/printed/run, which finds them and runs them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

static char *run(const char *list, int wanted)
{
	static char build[4096];
	const char *const argv[] = { "env", list, "sh", "tests/printed/run", build, wg_tmpdir(),
		NULL };
	char *out = NULL, *err = NULL;

	(void)snprintf(build, sizeof(build), "%s", wg_build_path("."));
	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), wanted);
	printf("# %s", out);
	free(out);
	return err;
}

static void every_command_runs_as_printed(void)
{
	if (access("/usr/bin/lttng-sessiond", X_OK) != 0)
		wg_skip("lttng-sessiond is not installed");
	else
		free(run("WG_TEXTS=", 0));
}

/* The check of this check. */
static void a_command_that_does_not_run_is_named(void)
{
	char *said = run("WG_TEXTS=tests/printed/wrong.txt", 1);

	CU_ASSERT(wg_has(said, "wrong.txt:3: 'wakegap stats DIR --no-such-option' ended with 2"));
	CU_ASSERT(wg_has(said, "wrong.txt:4: no target 'no-such-target'"));
	CU_ASSERT(wg_has(said, "wrong.txt:5: no suite 'no_such_suite'"));
	CU_ASSERT(wg_has(said, "wrong.txt:7: 'wakegap no-such-command'"));
	CU_ASSERT(wg_has(said, "no text has the command of line 3 of elsewhere"));
	CU_ASSERT(!wg_has(said, "wrong.txt:6"));
	free(said);
}

/* Once is enough, in the release build. */
#if defined(WG_UNDER_TSAN) || defined(WG_UNDER_ASAN) || !defined(__OPTIMIZE__)
static const bool is_plain = false;
#else
static const bool is_plain = true;
#endif

void suite_printed(void)
{
	WG_TEST_IF(is_plain, "once is enough, in the release build", every_command_runs_as_printed);
	WG_TEST_IF(is_plain, "once is enough, in the release build",
		a_command_that_does_not_run_is_named);
}
