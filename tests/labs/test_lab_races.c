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

/* Every schedule passes: the lock is taken before the signal. Line 4 writes without it. */
static const char racy[] = "#include \"lab01.h\"\n"
			   "void mailbox_put(struct mailbox *b)\n"
			   "{\n"
			   "\tb->is_full = true;\n"
			   "\tpthread_mutex_lock(&b->m);\n"
			   "\tpthread_cond_signal(&b->changed);\n"
			   "\tpthread_mutex_unlock(&b->m);\n"
			   "}\n"
			   "void mailbox_take(struct mailbox *b)\n"
			   "{\n"
			   "\tpthread_mutex_lock(&b->m);\n"
			   "\twhile (!b->is_full)\n"
			   "\t\tpthread_cond_wait(&b->changed, &b->m);\n"
			   "\tb->is_full = false;\n"
			   "\tpthread_mutex_unlock(&b->m);\n"
			   "}\n";

static void write_racy(void)
{
	char path[300];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/loop.c", learner.dir);
	out = fopen(path, "we");
	CU_ASSERT_FATAL(out != NULL);
	(void)fputs(racy, out);
	CU_ASSERT_EQUAL(fclose(out), 0);
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

static void a_pass_tells_a_data_race(void)
{
	json_t *root;

	wg_learner_init();
	write_racy();
	CU_ASSERT_EQUAL(setenv("COLUMNS", "80", 1), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_learner_says("PASS"));
	CU_ASSERT(
		wg_learner_says("race:  `box.is_full` is written at loop.c:4 without its lock, and "
				"read at loop.c:12: passes here, undefined in C"));
	/* Once for each pair of places: 12 reads, and 14 writes. */
	CU_ASSERT(wg_learner_says("written at loop.c:14"));
	CU_ASSERT(longest_line(learner.out) <= 80);
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "races")), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 5);
	json_decref(root);
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
	CU_ASSERT(wg_learner_says("`box.is_full` is written at loop.c:4 without its lock"));
	CU_ASSERT(wg_learner_says("nothing orders the two"));
	CU_ASSERT(!wg_learner_says(" race:"));
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 5);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "max")), 9);
	json_decref(root);
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
