/*
 * test_lab_options.c: what `wakegap lab` is told: options, numbers, lab.conf. A mistake is one line
 * that names it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "labs/grade/course/course.h"
#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"

/* GNU style: before the folder, behind it, and "--" ends the options. */
static void flags_stand_anywhere(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("reset", learner.dir, "--yes"), 0);
	CU_ASSERT_EQUAL(LAB("reset", "--yes", "--", learner.dir), 0);
	CU_ASSERT_EQUAL(LAB("reset", "--", "--yes"), 1);
	CU_ASSERT(wg_has(learner.err, "cannot open '--yes'"));
	CU_ASSERT_EQUAL(LAB("solution", "--give-up", learner.dir), 0);
	CU_ASSERT_EQUAL(LAB("solution", learner.dir, "--give-up"), 0);
	CU_ASSERT_EQUAL(LAB("reset", "--force", learner.dir), 2);
	CU_ASSERT_STRING_EQUAL(
		learner.err, "wakegap lab: no option '--force' (see `wakegap lab reset --help`)\n");
	CU_ASSERT_EQUAL(LAB("solution", learner.dir, "--yes"), 2);
	CU_ASSERT(wg_has(learner.err, "no option '--yes' (see `wakegap lab solution --help`)"));
	CU_ASSERT_EQUAL(LAB("hint", "-x", learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "no option '-x'"));
	CU_ASSERT_EQUAL(LAB("hint", learner.dir, learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "one argument too many"));
	CU_ASSERT_EQUAL(LAB("start", "--easy", "1"), 2);
	CU_ASSERT_EQUAL(LAB("start"), 2);
	CU_ASSERT(wg_has(learner.err, "an argument is missing: LAB [DIR]"));
	CU_ASSERT_EQUAL(LAB("check", "--trace", learner.home, learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "--trace keeps the recording of --real"));
	wg_learner_fini();
}

/* The help of every command, its man page, and its place in the completion. */
static void every_command_explains_itself(void)
{
	static const char *const commands[] = { "list", "next", "start", "check", "watch",
		"predict", "hint", "replay", "view", "reset", "solution", "grade", "verify",
		"author", "soak" };
	static const char *const helps[] = { "--help", "-h" };
	char usage[64];
	size_t i, h;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		(void)snprintf(usage, sizeof(usage), "Usage: wakegap lab %s ", commands[i]);
		for (h = 0; h < 2; h++) {
			CU_ASSERT_EQUAL(LAB(commands[i], helps[h]), 0);
			CU_ASSERT(wg_learner_says(usage) && !*learner.err);
		}
		CU_ASSERT_EQUAL(LAB("help", commands[i]), 0);
		CU_ASSERT(wg_learner_says(usage));
		CU_ASSERT_EQUAL(LAB(commands[i], "--man"), 0);
		CU_ASSERT(wg_learner_says(".SH NAME\nwakegap\\-lab\\-"));
		CU_ASSERT_EQUAL(LAB(commands[i], "--no-such-option"), 2);
	}
	CU_ASSERT_EQUAL(LAB("--completion", "bash"), 0);
	CU_ASSERT(wg_learner_says("complete -F _wakegap-lab wakegap-lab\n"));
	CU_ASSERT_EQUAL(LAB("--man"), 0);
	CU_ASSERT(wg_learner_says(".SH \"FOR TEACHERS\"") && wg_learner_says("soak"));
	CU_ASSERT_EQUAL(LAB("--help"), 0);
	CU_ASSERT(wg_learner_says("Exit status: 0 passed"));
	wg_learner_fini();
}

/* A number is the whole word, or it is refused by name. */
static void numbers_are_whole(void)
{
	static const char *const bad[] = { "10x", "-1", "0", "", " 5", "0x10", "1e3",
		"18446744073709551617" };
	size_t i;

	wg_learner_init();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(LAB("check", "--seconds", bad[i], learner.dir), 2);
		CU_ASSERT(wg_has(learner.err, "--seconds takes a number from 1 to 3600, not '"));
		CU_ASSERT_EQUAL(LAB("watch", "--seconds", bad[i], learner.dir), 2);
		CU_ASSERT_EQUAL(LAB("grade", "--seconds", bad[i], learner.dir), 2);
		CU_ASSERT_EQUAL(LAB("soak", "--runs", bad[i], "1"), 2);
		CU_ASSERT(wg_has(learner.err, "--runs takes a number from 1 to 1000, not '"));
	}
	wg_learner_fini();
}

/* Read a lab.conf of these lines: what is wrong with it, or "". Static until the next call. */
static const char *conf_error(const char *lines, struct wg_lab *ret)
{
	static struct wg_error err;
	char dir[300], path[400];
	struct wg_course course;
	const char *root = wg_tmpdir();
	FILE *f;

	err.text[0] = '\0';
	(void)snprintf(dir, sizeof(dir), "%s/07-x", root);
	(void)snprintf(path, sizeof(path), "%s/lab.conf", dir);
	CU_ASSERT_EQUAL(mkdir(dir, 0755), 0);
	f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL);
	(void)fprintf(f, "files = loop.c\n%s\n", lines);
	(void)fclose(f);
	CU_ASSERT_EQUAL(setenv("WAKEGAP_LABS", root, 1), 0);
	if (wg_course_read(&course, &err) == 0)
		*ret = course.v[0];
	wg_course_fini(&course);
	return err.text;
}

static void numbers_of_lab_conf_are_whole(void)
{
	static const char *const bad[][2] = {
		{ "minutes = soon", "'minutes' is a number from 0 to 10000, not 'soon'" },
		{ "minutes = -5", "'minutes' is a number" },
		{ "[check a]\npoints = 10x", "'points' in [check a] is a number from 0 to 1000" },
		{ "[check a]\npoints = 99999999999", "'points' in [check a] is a number" },
		{ "[real]\ninterval = 10", "'interval' in [real] is a number of ms" },
		{ "[real]\ninterval = x ms", "'interval' in [real] is a number" },
		{ "races = loud", "'races' is 'tell' or 'fail', not 'loud'" },
		{ "races = fail fail", "'races' is 'tell' or 'fail', not 'fail fail'" },
		{ "[lab]\nraces =", "'races' in [lab] is 'tell' or 'fail', not ''" },
		{ "[check a]\nraces = fail", "'races' in [check a] is not known" },
		{ "[predict 1x]\nquestion = a", "'question' in [predict 1x] is not known" },
		{ "[check a]\ncolour = red", "'colour' in [check a] is not known" },
		{ "[real wide]\ninterval = 10 ms", "'interval' in [real wide] is not known" },
	};
	static struct wg_lab lab;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT(wg_has(conf_error(bad[i][0], &lab), bad[i][1]));
	}
	CU_ASSERT_STRING_EQUAL(conf_error("[real]\ninterval = 10 ms\n[check a]\npoints = 0\n"
					  "title = a\n[check b]\ntitle = b\npoints = 0\n"
					  "[check c]\ntitle = c",
				       &lab),
		"");
	CU_ASSERT(!lab.races_fail);
	CU_ASSERT(lab.number == 7 && lab.interval_ms == 10 && lab.check_count == 3);
	CU_ASSERT(lab.checks[0].points == 0 && lab.checks[1].points == 0);
	CU_ASSERT(lab.checks[2].points == 1);
}

static void mistakes_are_named(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("chekc"), 2);
	CU_ASSERT(wg_has(learner.err, "no command 'chekc'; did you mean 'check'?"));
	CU_ASSERT_EQUAL(LAB("check", "/"), 1);
	CU_ASSERT(wg_has(learner.err, "is not a lab's folder"));
	CU_ASSERT_EQUAL(LAB("check", "--seconds", "0", learner.dir), 2);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "xml", learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "there are json, gradescope"));
	CU_ASSERT_EQUAL(LAB("reset", learner.dir), 1); /* nobody to ask */
	CU_ASSERT(wg_has(learner.err, "--yes"));
	CU_ASSERT_EQUAL(LAB("--help"), 0);
	wg_learner_fini();
}

/* CC as make has it, with options or a program before it; blanks alone are none. */
static void a_compiler_may_have_words(void)
{
	static const char *const compilers[] = { "env gcc -DWORDS=2", "  gcc\t-g ", "  " };
	const char *cc = getenv("CC");
	char *was = cc ? strdup(cc) : NULL;
	size_t i;

	for (i = 0; i < sizeof(compilers) / sizeof(compilers[0]); i++) {
		wg_learner_init();
		(void)setenv("CC", compilers[i], 1);
		CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
		CU_ASSERT(wg_learner_says("FAIL"));
		CU_ASSERT_FALSE(wg_has(learner.err, "cannot run the compiler"));
		wg_learner_fini();
	}
	(void)setenv("CC", "no-such-compiler gcc", 1);
	wg_learner_init();
	CU_ASSERT_NOT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_has(learner.err, "'no-such-compiler'"));
	wg_learner_fini();
	(void)(was ? setenv("CC", was, 1) : unsetenv("CC"));
	free(was);
}

void suite_lab_options(void)
{
	WG_TEST(a_compiler_may_have_words);
	WG_TEST(flags_stand_anywhere);
	WG_TEST(every_command_explains_itself);
	WG_TEST(numbers_are_whole);
	WG_TEST(numbers_of_lab_conf_are_whole);
	WG_TEST(mistakes_are_named);
}
