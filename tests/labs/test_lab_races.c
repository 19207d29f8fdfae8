/*
 * test_lab_races.c: `wakegap lab check` tells a data race on PASS, and scores it if lab.conf says
 * so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

/* Every schedule passes; a line writes without the lock. */
static void write_racy(void)
{
	wg_learner_writes(WG_COURSE "/racy.c", NULL);
}

static size_t longest_line(const char *text)
{
	size_t longest = 0, len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		longest = len > longest ? len : longest;
	}
	return longest;
}

/* What grading systems read has the words and the points of the terminal. */
static const char *const formats[] = { "gradescope", "prairielearn", "autolab", "github" };

static void check_formats(const char *first, const char *second, const char *const *points)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		CU_ASSERT_EQUAL(LAB("grade", "--format", formats[i], learner.dir), 0);
		CU_ASSERT(wg_has(learner.out, first));
		CU_ASSERT(wg_has(learner.out, second));
		CU_ASSERT(wg_has(learner.out, points[i]));
		if (!wg_has(learner.out, first) || !wg_has(learner.out, points[i]))
			printf("#   %s: %s\n", formats[i], learner.out);
	}
}

static void a_pass_tells_a_data_race(void)
{
	json_t *root;

	wg_learner_init();
	write_racy();
	CU_ASSERT_EQUAL(setenv("COLUMNS", "80", 1), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_learner_says("PASS"));
	CU_ASSERT(
		wg_learner_says("race:  `box.is_full` is written at loop.c:9 without its lock, and "
				"read at loop.c:18: passes here, undefined in C"));
	/* Once for each pair of places: 18 reads, and 20 writes. */
	CU_ASSERT(wg_learner_says("written at loop.c:20"));
	CU_ASSERT(longest_line(learner.out) <= 80);
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "races")), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 5);
	json_decref(root);
	check_formats("race: `box.is_full` is written at loop.c:9 without its lock",
		"passes here, undefined in C",
		(const char *const[]){ "\"score\": 5", "\"score\": 1.0", "\"scoreboard\":[5]",
			"\"status\": \"pass\"" });
	wg_learner_fini();
}

static void without_a_race_nothing_is_told(void)
{
	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(!wg_learner_says("race:"));
	/* A failure has more urgent news. */
	wg_learner_writes(WG_COURSE "/loop.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(!wg_learner_says("race:"));
	wg_learner_fini();
}

/* The course of tests/data with this at the end of its lab.conf; static. */
static const char *course_with(const char *conf)
{
	static char dir[200];
	char command[900];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(dir, sizeof(dir), "%s/course", wg_tmpdir());
	(void)snprintf(command, sizeof(command),
		"mkdir %s && cp -r tests/data/course/* %s && printf '%s' >>%s/01-first/lab.conf",
		dir, dir, conf, dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	return dir;
}

static void a_race_counts_if_the_lab_says_so(void)
{
	json_t *root;

	wg_learner_init_in(
		course_with("\\n[lab]\\nraces = fail\\n\\n[check race]\\npoints = 4\\n"));
	write_racy();
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says("[FAIL] no data race"));
	CU_ASSERT(wg_learner_says("`box.is_full` is written at loop.c:9 without its lock"));
	CU_ASSERT(wg_learner_says("nothing orders the two"));
	CU_ASSERT(!wg_learner_says(" race:"));
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 5);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "max")), 9);
	json_decref(root);
	check_formats("no data race", "nothing orders the two",
		(const char *const[]){ "\"score\": 5", "\"score\": 0.555", "\"scoreboard\":[5]",
			"\"max_score\": 9" });
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_learner_says("[ok]   no data race"));
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 9);
	json_decref(root);
	wg_learner_fini();
}

void suite_lab_races(void)
{
	WG_TEST(a_pass_tells_a_data_race);
	WG_TEST(without_a_race_nothing_is_told);
	WG_TEST(a_race_counts_if_the_lab_says_so);
}
