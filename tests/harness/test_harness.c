/*
 * test_harness.c: the runner tests itself: a helper that cannot fail would prove nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

static void run_passes_output_and_status(void)
{
	const char *const argv[] = { "sh", "-c", "echo out; echo err >&2; exit 7", NULL };
	char *out, *err;

	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), 7);
	CU_ASSERT_STRING_EQUAL(out, "out\n");
	CU_ASSERT_STRING_EQUAL(err, "err\n");
	free(out);
	free(err);
}

static void run_tells_a_signal_and_a_missing_program(void)
{
	const char *const killed[] = { "sh", "-c", "kill -9 $$", NULL };
	const char *const missing[] = { "/nonexistent/program", NULL };

	CU_ASSERT_EQUAL(wg_run(NULL, NULL, killed), 128 + 9);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, missing), 127);
}

static void tmpdirs_differ(void)
{
	CU_ASSERT(strcmp(wg_tmpdir(), wg_tmpdir()) != 0);
}

void suite_harness(void)
{
	WG_TEST(run_passes_output_and_status);
	WG_TEST(run_tells_a_signal_and_a_missing_program);
	WG_TEST(tmpdirs_differ);
}
