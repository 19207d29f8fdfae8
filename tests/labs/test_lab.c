/*
 * test_lab.c: `wakegap lab` from start to solution, and its records in every form.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/course/course.h"
#include "labs/grade/cmd/predict.h"
#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"

/* ---- the way through a lab ---- */

static void a_lab_is_started_once(void)
{
	char dir[sizeof(learner.home) + 10];

	wg_learner_init();
	CU_ASSERT(wg_learner_says("README.md") && wg_learner_says("solution"));
	CU_ASSERT(wg_learner_has("loop.c") && wg_learner_has("README.md") &&
		  wg_learner_has("lab01.h"));
	CU_ASSERT(wg_learner_has("compile_commands.json") && wg_learner_has(".clangd"));
	CU_ASSERT(!wg_learner_has("scenario.c") && !wg_learner_has("hints.md") &&
		  !wg_learner_has("solution.c"));
	CU_ASSERT_EQUAL(LAB("start", "1", learner.dir), 1);
	CU_ASSERT(wg_has(learner.err, "is lab 01 already: `wakegap lab check "));
	CU_ASSERT_EQUAL(LAB("start", "7", learner.dir), 2);
	CU_ASSERT(wg_lab_lists("started\n    0 attempts, 0 hints"));
	(void)snprintf(dir, sizeof(dir), "%s/yours/", learner.home); /* as shells complete it */
	CU_ASSERT_EQUAL(LAB("start", "1", dir), 0);
	CU_ASSERT(wg_learner_says("/yours/loop.c"));
	wg_learner_fini();
}

static void a_failure_says_what_you_did(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says("lab 01  FAIL   1 of 2 checks failed   schedule one/"));
	CU_ASSERT(wg_learner_says("[FAIL] no wake-up lost"));
	CU_ASSERT(wg_learner_says("1 of 2 schedules fail\n"));
	CU_ASSERT(wg_learner_says("you: cond_wait at loop.c:17, in 'loop'"));
	CU_ASSERT(wg_learner_says("nobody waits: the signal is forgotten"));
	CU_ASSERT(wg_learner_says("cond_wait  loop.c:17   (never ends)"));
	CU_ASSERT(wg_learner_says("a signal with no waiter is forgotten; look at what you test"));
	CU_ASSERT(wg_learner_says("\n next: edit ") && wg_learner_says("(0 of 3 seen)"));
	CU_ASSERT(wg_lab_lists("started\n    1 attempt, 0 hints"));
	wg_learner_fini();
}

static void a_pass_opens_the_solution(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("solution", learner.dir), 1);
	CU_ASSERT(wg_has(learner.err, "--give-up") && !wg_learner_has("solution.c"));
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_learner_says("lab 01  PASS"));
	CU_ASSERT_EQUAL(LAB("solution", learner.dir), 0);
	CU_ASSERT(wg_learner_has("solution.c"));
	CU_ASSERT(wg_lab_lists("passed\n    1 attempt"));
	/* A later failure does not take it away. */
	CU_ASSERT_EQUAL(LAB("reset", "--yes", learner.dir), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_lab_lists("passed\n    2 attempts"));
	wg_learner_fini();
}

static void giving_up_is_seen_not_passed(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("solution", learner.dir, "--give-up"), 0);
	CU_ASSERT(wg_learner_has("solution.c"));
	CU_ASSERT(wg_lab_lists("seen\n"));
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_lab_lists("seen\n"));
	wg_learner_fini();
}

static void what_does_not_compile_costs_nothing(void)
{
	wg_learner_init();
	wg_learner_writes("tests/suites.def", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says("DOES NOT BUILD") && wg_learner_says("loop.c:"));
	CU_ASSERT(wg_learner_says("not counted as an attempt"));
	CU_ASSERT(wg_lab_lists("0 attempts"));
	wg_learner_fini();
}

static void hints_come_one_by_one(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("hint", learner.dir), 0);
	CU_ASSERT(wg_learner_says("hint 1 of 3") && wg_learner_says("the last thing"));
	CU_ASSERT_EQUAL(LAB("hint", learner.dir), 0);
	CU_ASSERT(wg_learner_says("hint 2 of 3") && wg_learner_says("remembers nothing"));
	CU_ASSERT_EQUAL(LAB("hint", learner.dir), 0);
	CU_ASSERT_EQUAL(LAB("hint", learner.dir), 0);
	CU_ASSERT(wg_learner_says("hint 3 of 3"));
	CU_ASSERT(wg_lab_lists("3 hints"));
	wg_learner_fini();
}

static void predictions_come_before_answers(void)
{
	char command[600];
	const char *argv[] = { "sh", "-c", command, NULL };

	wg_learner_init();
	(void)snprintf(command, sizeof(command), "echo none | %s lab predict %s",
		wg_build_path("wakegap"), learner.dir);
	wg_learner_fini();
	CU_ASSERT_EQUAL(wg_run(&learner.out, &learner.err, argv), 0);
	CU_ASSERT(wg_learner_says("predict 1 of 1: Two threads") &&
		  wg_learner_says("> you said none; it is In those in which the signal comes "
				  "before the wait.\n\n0 of 1 predicted\n"));
	CU_ASSERT_EQUAL(LAB("predict", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\n you said none; it is In those"));
	CU_ASSERT(wg_lab_lists("0 attempts, 0 hints, 0 of 1 predicted"));
	wg_learner_fini();
}

static void answers_are_judged(void)
{
	static const struct {
		const char *answer, *given;
		bool is_right;
	} table[] = {
		{ "7.3 +-20%", "7", true },
		{ "7.3 +-20%", "about 8.7 ms", true },
		{ "7.3 +-20%", "7,3", true },
		{ "7.3 +-20%", "8.8", false },
		{ "7.3 +-20%", "10 - 2.7", false },
		{ "50|49", "49", true },
		{ "50|49", "50.0 ms", true },
		{ "50|49", "48", false },
		{ "-1", "-1", true },
		{ "-1", "it is -1, for ever", true },
		{ "-1", "1", false },
		{ "0", "0 %", true },
		{ "0", "", false },
		{ "1", "1 of 3", true },
		{ "1", "1/3", true },
		{ "1", "1 or 2", false },
		{ "1|once", "Once.", true },
		{ "2", "two", true },
		{ "10", "100", false },
		{ "4 and 1", "4, 1", true },
		{ "4 and 1", "4 ways out, 1 notifies", true },
		{ "4 and 1", "1 and 4", false },
		{ "2 W", "2*W", true },
		{ "yes|y", "Yes, since it looks too early", true },
		{ "yes", "y", true },
		{ "yes", "no", false },
		{ "no", "not at all", false },
		{ "nobody|no one", "no one does", true },
		{ "slow operations|slow", "the slow ones", true },
		{ "call_complete", "call_complete()", true },
		{ "call_complete", "inbox_put", false },
		{ "as often as it can", "well, as often as it can!", true },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct wg_lab_question q = { .question = "?" };

		(void)snprintf(q.answer, sizeof(q.answer), "%s", table[i].answer);
		CU_ASSERT_EQUAL(wg_predict_is_right(&q, table[i].given), table[i].is_right);
		if (wg_predict_is_right(&q, table[i].given) != table[i].is_right)
			printf("# '%s' for '%s'\n", table[i].given, table[i].answer);
	}
}

/* What is told as the answer would be one; a pattern in lab.conf is for no reader. */
static void labs_know_their_own_answers(void)
{
	struct wg_error err = { 0 };
	struct wg_course course;
	size_t i, q;

	CU_ASSERT_EQUAL(setenv("WAKEGAP_LABS", "labs", 1), 0);
	CU_ASSERT_EQUAL_FATAL(wg_course_read(&course, &err), 0);
	for (i = 0; i < course.count; i++) {
		for (q = 0; q < course.v[i].question_count; q++) {
			const struct wg_lab_question *it = &course.v[i].questions[q];
			char shown[WG_LAB_TEXT];

			(void)snprintf(shown, sizeof(shown), "%.*s", (int)strcspn(it->answer, "|+"),
				it->answer);
			CU_ASSERT(wg_predict_is_right(it, shown));
			CU_ASSERT(*it->why && !strpbrk(shown, "[]()*?"));
		}
	}
	wg_course_fini(&course);
}

/* Judged, counted, and in the record. */
static void predictions_are_counted(void)
{
	char command[700];
	const char *argv[] = { "sh", "-c", command, NULL };
	json_t *root, *predictions;

	wg_learner_init_in("labs");
	(void)snprintf(command, sizeof(command),
		"printf '7.5\\n60\\nhundred\\n' | %s lab predict %s", wg_build_path("wakegap"),
		learner.dir);
	wg_learner_fini();
	CU_ASSERT_EQUAL(wg_run(&learner.out, &learner.err, argv), 0);
	CU_ASSERT(wg_learner_says("> right: each read begins"));
	CU_ASSERT(wg_learner_says("> you said 60; it is 5 because"));
	CU_ASSERT(wg_learner_says("\n1 of 3 predicted\n"));
	CU_ASSERT(wg_lab_lists(", 1 of 3 predicted"));
	CU_ASSERT_EQUAL(LAB("grade", learner.dir), 0);
	root = json_loads(learner.out, 0, NULL);
	predictions = json_object_get(root, "predictions");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(predictions, "right")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(predictions, "answered")), 3);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(predictions, "of")), 3);
	json_decref(root);
	wg_learner_fini();
}

static void one_schedule_again(void)
{
	char *at, id[64] = "";

	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("view", learner.dir), 1); /* nothing has failed yet */
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	at = strstr(learner.out, "schedule ");
	CU_ASSERT_FATAL(at && sscanf(at, "schedule %63s", id) == 1);
	CU_ASSERT_EQUAL(LAB("replay", id, learner.dir), 1);
	CU_ASSERT(wg_learner_says("cond_signal") && wg_learner_says("[FAIL] no wake-up lost"));
	CU_ASSERT_EQUAL(LAB("replay", "nonsense", learner.dir), 2);
	CU_ASSERT_EQUAL(LAB("view", learner.dir), 0);
	CU_ASSERT(strlen(learner.out) > 100);
	wg_learner_fini();
}

/* A schedule in which threads take turns often has a name that nobody reads: it is shown short, and
 * what is shown can be copied. */
static void a_long_name_is_shown_short(void)
{
	char shown[64] = "", again[64] = "", *at;
	const char *whole;
	json_t *root;

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/wrong/long.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	at = strstr(learner.out, "schedule one/");
	CU_ASSERT_FATAL(at && sscanf(at, "schedule %63s", shown) == 1);
	CU_ASSERT(strlen(shown) == strlen("one/") + 22 && wg_has(shown, ".."));
	CU_ASSERT_EQUAL(LAB("replay", shown, learner.dir), 1);
	CU_ASSERT(wg_learner_says("[FAIL] no wake-up lost"));
	CU_ASSERT(sscanf(learner.out, "schedule %63s", again) == 1 && strcmp(shown, again) == 0);
	CU_ASSERT_EQUAL(LAB("view", learner.dir), 0);
	/* Records hold it whole, and that is the same schedule. */
	root = wg_learner_grade("json");
	whole = json_string_value(json_object_get(root, "schedule_id"));
	CU_ASSERT_FATAL(whole && strlen(whole) > 30);
	CU_ASSERT_EQUAL(LAB("replay", whole, learner.dir), 1);
	CU_ASSERT(wg_learner_says(again));
	json_decref(root);
	/* After another check it is there still; what never was is not. */
	wg_learner_writes(WG_COURSE "/loop.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	wg_learner_writes(WG_COURSE "/wrong/long.c", NULL);
	CU_ASSERT_EQUAL(LAB("replay", shown, learner.dir), 1);
	CU_ASSERT_EQUAL(LAB("replay", "one/a1b1a1b1a1b1..00000000", learner.dir), 1);
	CU_ASSERT(wg_has(learner.err, "is shortened, and no recent check"));
	wg_learner_fini();
}

/* The story of a failure holds the step that its lab is about. */
static void a_spurious_wake_up_is_shown(void)
{
	char dir[300];

	wg_learner_init_in("labs");
	(void)snprintf(dir, sizeof(dir), "%s/three", learner.home);
	CU_ASSERT_EQUAL(LAB("start", "3", dir), 0);
	CU_ASSERT_EQUAL(LAB("check", dir), 1);
	CU_ASSERT(wg_learner_says("spurious wake-up  loop.c:") &&
		  wg_learner_says("cond_wait returns  loop.c:"));
	wg_learner_fini();
}

/* What an endless loop kept from being tried has no points. */
static void after_an_endless_loop_nothing_is_known(void)
{
	json_t *root;

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/wrong/spin.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says(" [?]    the result is delivered                     not "
				  "tried\n"));
	CU_ASSERT(wg_learner_says("1 of 1 schedules fail\n        seen: loop runs for 2 s"));
	root = wg_learner_grade("json");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "score")), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "schedules")), 1);
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "csv", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\"delivered\",\"skip\",\"not tried\",\"\""));
	wg_learner_fini();
}

/* ---- forms ---- */

/* What does not compile is written as each system wants it. */
static void records_of_nothing(void)
{
	json_t *root;

	wg_learner_writes("tests/suites.def", NULL);
	root = wg_learner_grade("prairielearn");
	CU_ASSERT(json_is_false(json_object_get(root, "gradable")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "format_errors")), 1);
	json_decref(root);
	root = wg_learner_grade("exercism");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "status")), "error");
	json_decref(root);
	root = wg_learner_grade("gradescope");
	CU_ASSERT(json_integer_value(json_object_get(root, "score")) == 0);
	json_decref(root);
}

static void a_record_in_every_form(void)
{
	json_t *root;

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/wrong/keeps.c", NULL);
	root = wg_learner_grade("json");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "verdict")), "fail");
	CU_ASSERT(json_integer_value(json_object_get(root, "score")) == 3);
	CU_ASSERT(json_integer_value(json_object_get(root, "max")) == 5);
	CU_ASSERT_EQUAL(strlen(json_string_value(json_object_get(root, "source_sha256"))), 64);
	json_decref(root);
	root = wg_learner_grade("gradescope");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "tests")), 2);
	json_decref(root);
	root = wg_learner_grade("prairielearn");
	CU_ASSERT(json_real_value(json_object_get(root, "score")) == 0.6);
	json_decref(root);
	root = wg_learner_grade("autolab");
	CU_ASSERT(wg_learner_says("[ok] no wake-up lost: 0 of ")); /* words, then one line */
	CU_ASSERT(strchr(strstr(learner.out, "\n{") + 1, '\n')[1] == '\0');
	CU_ASSERT(json_object_get(json_object_get(root, "scores"), "stuck") != NULL);
	json_decref(root);
	root = wg_learner_grade("exercism");
	CU_ASSERT(json_integer_value(json_object_get(root, "version")) == 3);
	json_decref(root);
	root = wg_learner_grade("github");
	CU_ASSERT(json_integer_value(json_object_get(root, "max_score")) == 5);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "tests")), 2);
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "csv", "--student", "=1+1", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\"'=1+1\",\"01-first\",\"stuck\",\"ok\""));
	records_of_nothing();
	wg_learner_fini();
}

/* From anywhere, by its number; a folder of that name comes first. */
static void a_lab_is_found_by_its_number(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("check", "1"), 1);
	CU_ASSERT(wg_learner_says("you: cond_wait at loop.c:17"));
	CU_ASSERT(wg_learner_says("wakegap lab hint 1   ("));
	CU_ASSERT_EQUAL(LAB("hint", "1"), 0);
	CU_ASSERT_EQUAL(LAB("check", "2"), 1);
	CU_ASSERT(wg_has(learner.err, "2"));
	wg_learner_fini();
}

void suite_lab(void)
{
	WG_TEST(a_lab_is_started_once);
	WG_TEST(a_failure_says_what_you_did);
	WG_TEST(a_pass_opens_the_solution);
	WG_TEST(giving_up_is_seen_not_passed);
	WG_TEST(what_does_not_compile_costs_nothing);
	WG_TEST(hints_come_one_by_one);
	WG_TEST(predictions_come_before_answers);
	WG_TEST(answers_are_judged);
	WG_TEST(labs_know_their_own_answers);
	WG_TEST(predictions_are_counted);
	WG_TEST(one_schedule_again);
	WG_TEST(a_long_name_is_shown_short);
	WG_TEST(a_spurious_wake_up_is_shown);
	WG_TEST(after_an_endless_loop_nothing_is_known);
	WG_TEST(a_record_in_every_form);
	WG_TEST(a_lab_is_found_by_its_number);
}
