/*
 * test_models.c: the models of tests/models are about the functions that they name, and the checker
 * tells a right protocol from a broken one. `make models` checks all of them over all states.
 */
#include <stdlib.h>

#include "tests/harness/harness.h"

static int verify(const char *folder, const char *how, const char *model, char **out, char **err)
{
	const char *const argv[] = { "/bin/sh", "-c",
		"cd \"$0\" && MODEL_LINES=4 tests/models/verify $1 $2", folder, how, model, NULL };

	return wg_run(out, err, argv);
}

static void they_are_about_the_code_that_ships(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(verify(".", "--lines", "", NULL, &err), 0);
	CU_ASSERT_STRING_EQUAL(err, "");
	free(err);
}

/* Comments may change; one comparison may not. */
static void a_changed_line_is_noticed(void)
{
	const char *copy = wg_tmpdir();
	const char *const make[] = { "/bin/sh", "-c",
		"cp -r --parents core tests/models \"$0\" && cd \"$0\" &&"
		" sed -i 's|/\\* acquire: pairs.*|/* another remark */|' core/wait/futex.c &&"
		" tests/models/verify --lines &&"
		" sed -i '"
		" s/while (c->notifies == ticket/if (c->notifies == ticket/' core/wait/condvar.c",
		copy, NULL };
	char *err = NULL;

	CU_ASSERT_EQUAL(wg_run(NULL, &err, make), 0);
	free(err);
	CU_ASSERT_EQUAL(verify(copy, "--lines", "", NULL, &err), 1);
	CU_ASSERT(wg_has(err, "core/wait/condvar.c condvar_sleep"));
	CU_ASSERT(wg_has(err, "--accept"));
	free(err);
}

static void a_lost_notify_is_found(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(verify(".", "", "futex", &out, &err), 0);
	CU_ASSERT(wg_has(out, "futex: verified, all "));
	CU_ASSERT(wg_has(out, "futex (notify apart from the fact): verified, all "));
	CU_ASSERT(wg_has(out, "futex LOOK_FIRST: the loop looks before it arms"));
	CU_ASSERT(wg_has(out, "=> the loop sleeps, and nobody will notify it"));
	free(out);
	free(err);
}

/* Side by side: what one of them says is not lost, and an error is no flaw that is found. */
static void what_cannot_be_checked_is_a_failure(void)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(verify(".", "", "none nothing", &out, NULL), 1);
	CU_ASSERT(wg_has(out, "none: NOT verified"));
	CU_ASSERT(wg_has(out, "nothing: NOT verified"));
	CU_ASSERT(wg_has(out, "none LOOK_FIRST: NOT found"));
	CU_ASSERT_FALSE(wg_has(out, "LOOK_FIRST: the loop looks"));
	free(out);
}

void suite_models(void)
{
	bool has_spin = system("command -v spin >/dev/null") == 0;

	WG_TEST(they_are_about_the_code_that_ships);
	WG_TEST(a_changed_line_is_noticed);
	WG_TEST_IF(has_spin, "spin is not installed", a_lost_notify_is_found);
	WG_TEST_IF(has_spin, "spin is not installed", what_cannot_be_checked_is_a_failure);
}
