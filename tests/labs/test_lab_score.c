/*
 * test_lab_score.c: what a record is worth: nothing that was not tried, in no grading system.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

static json_int_t score(void)
{
	json_t *root = wg_learner_grade("json");
	json_int_t points = json_integer_value(json_object_get(root, "score"));

	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "max")), 5);
	json_decref(root);
	return points;
}

/* No points, and no word that says "passed", in any form. */
static void assert_worthless(void)
{
	json_t *root, *scores, *each;
	const char *id;

	CU_ASSERT_EQUAL(score(), 0);
	root = wg_learner_grade("autolab");
	scores = json_object_get(root, "scores");
	CU_ASSERT_EQUAL(json_object_size(scores), 2); /* those of lab.conf */
	json_object_foreach(scores, id, each)
	{
		CU_ASSERT_EQUAL(json_integer_value(each), 0);
	}
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "gradescope", learner.dir), 0);
	CU_ASSERT(!wg_learner_says("\"passed\"") && !wg_learner_says("\"verdict\": \"ok\""));
	CU_ASSERT_EQUAL(LAB("grade", "--format", "prairielearn", learner.dir), 0);
	CU_ASSERT(!wg_learner_says("\"points\": 2") && !wg_learner_says("\"points\": 3"));
	CU_ASSERT_EQUAL(LAB("grade", "--format", "exercism", learner.dir), 0);
	CU_ASSERT(!wg_learner_says("\"pass\""));
	CU_ASSERT_EQUAL(LAB("grade", "--format", "csv", learner.dir), 0);
	CU_ASSERT(!wg_learner_says(",\"ok\","));
}

static void what_was_not_tried_is_worth_nothing(void)
{
	static const char *const files[] = { "/dev/null", WG_COURSE "/lab01.h",
		WG_COURSE "/wrong/dies.c", WG_COURSE "/wrong/spin.c",
		"tests/data/hostile/crashes.c", "tests/data/hostile/exits.c" };
	size_t i;

	wg_learner_init();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i += WG_STRIDE) {
		wg_learner_writes(files[i], NULL);
		assert_worthless();
	}
	wg_learner_writes(WG_COURSE "/solution.c", "tests/data/hostile/crashes.c");
	assert_worthless();
	wg_learner_fini();
}

/* What the starter holds is nobody's work; a remark in it does not change that. */
static void points_begin_where_the_starter_fails(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(score(), 0);
	wg_learner_writes(WG_COURSE "/loop.c", WG_COURSE "/lab01.h");
	CU_ASSERT_EQUAL(score(), 0);
	wg_learner_writes(WG_COURSE "/wrong/if.c", NULL);
	CU_ASSERT_EQUAL(score(), 0);
	wg_learner_writes(WG_COURSE "/wrong/keeps.c", NULL);
	CU_ASSERT_EQUAL(score(), 3);
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(score(), 5);
	wg_learner_fini();
}

static void a_missing_function_is_named(void)
{
	wg_learner_init();
	wg_learner_writes("/dev/null", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says("loop.c does not define 'mailbox_"));
	CU_ASSERT(!wg_learner_says("[ok]") && !wg_learner_says(".so"));
	CU_ASSERT(wg_lab_lists("0 attempts"));
	wg_learner_fini();
}

static void a_schedule_that_is_none_is_refused(void)
{
	static const char *const ids[] = { "nope/a1", "one/zzz", "one/", "/a1", "a1" };
	size_t i;

	wg_learner_init();
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CU_ASSERT_EQUAL(LAB("replay", ids[i], learner.dir), 2);
		CU_ASSERT_STRING_EQUAL(learner.out, "");
		CU_ASSERT(wg_has(learner.err, "SCENARIO/ID"));
	}
	CU_ASSERT_EQUAL(LAB("replay", "nope/a1", learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "no scenario 'nope'; there are: one"));
	wg_learner_fini();
}

void suite_lab_score(void)
{
	WG_TEST(what_was_not_tried_is_worth_nothing);
	WG_TEST(points_begin_where_the_starter_fails);
	WG_TEST(a_missing_function_is_named);
	WG_TEST(a_schedule_that_is_none_is_refused);
}
