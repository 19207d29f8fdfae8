/*
 * test_lab.c: `wakegap lab` from start to verify, on the small course of tests/course.
 */
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness.h"

#define COURSE "tests/course/01-first"

static struct {
	char home[200]; /* of this test */
	char dir[240];	/* the learner's */
	char *out, *err;
} t;

static void done(void)
{
	free(t.out);
	free(t.err);
	t.out = t.err = NULL;
}

/* wakegap lab WORDS, its output in t. */
static int lab(const char *const *words)
{
	const char *argv[16] = { wg_build_path("wakegap"), "lab" };
	size_t n = 2;

	done();
	while (*words && n < 15)
		argv[n++] = *words++;
	return wg_run(&t.out, &t.err, argv);
}

#define LAB(...) lab((const char *const[]){ __VA_ARGS__, NULL })

/* A started lab, with nothing known of others. */
static void set_up(void)
{
	done();
	(void)snprintf(t.home, sizeof(t.home), "%s", wg_tmpdir());
	(void)snprintf(t.dir, sizeof(t.dir), "%s/mine", t.home);
	CU_ASSERT_EQUAL(setenv("WAKEGAP_LABS", "tests/course", 1), 0);
	CU_ASSERT_EQUAL(setenv("WAKEGAP_STATE", t.home, 1), 0);
	CU_ASSERT_EQUAL(LAB("start", "1", t.dir), 0);
}

static bool has_file(const char *name)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", t.dir, name);
	return access(path, F_OK) == 0;
}

/* Put a file of the repository in the place of the learner's; more may be NULL. */
static void write_loop(const char *from, const char *more)
{
	char command[900];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(command, sizeof(command),
		"cat %s %s >%s/loop.new && mv %s/loop.new %s/loop.c", from, more ? more : "", t.dir,
		t.dir, t.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

static bool lists(const char *what)
{
	CU_ASSERT_EQUAL(LAB("list"), 0);
	return wg_has(t.out, what);
}

/* ---- the way through a lab ---- */

static void a_lab_is_started_once(void)
{
	set_up();
	CU_ASSERT(wg_has(t.out, "README.md") && wg_has(t.out, "solution"));
	CU_ASSERT(has_file("loop.c") && has_file("README.md") && has_file("lab01.h"));
	CU_ASSERT(has_file("compile_commands.json") && has_file(".clangd"));
	CU_ASSERT(!has_file("scenario.c") && !has_file("hints.md") && !has_file("solution.c"));
	CU_ASSERT_EQUAL(LAB("start", "1", t.dir), 1);
	CU_ASSERT(wg_has(t.err, "there already and not empty"));
	CU_ASSERT_EQUAL(LAB("start", "7", t.dir), 2);
	CU_ASSERT(lists("started      0 attempts, 0 hints"));
	done();
}

static void a_failure_says_what_you_did(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("check", t.dir), 1);
	CU_ASSERT(wg_has(t.out, "lab 01  FAIL   1 of 2 checks   schedule one/"));
	CU_ASSERT(wg_has(t.out, "[FAIL] no wake-up lost"));
	CU_ASSERT(wg_has(t.out, "0 allowed"));
	CU_ASSERT(wg_has(t.out, "you: cond_wait at loop.c:17, in 'loop'"));
	CU_ASSERT(wg_has(t.out, "nobody waits: the signal is forgotten"));
	CU_ASSERT(wg_has(t.out, "cond_wait  (never ends)"));
	CU_ASSERT(wg_has(t.out, "look at what you test between lock and wait"));
	CU_ASSERT(wg_has(t.out, "\n next: edit ") && wg_has(t.out, "(0 of 3 seen)"));
	CU_ASSERT(lists("started      1 attempt, 0 hints"));
	done();
}

static void a_pass_opens_the_solution(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("solution", t.dir), 1);
	CU_ASSERT(wg_has(t.err, "--give-up") && !has_file("solution.c"));
	write_loop(COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 0);
	CU_ASSERT(wg_has(t.out, "lab 01  PASS"));
	CU_ASSERT_EQUAL(LAB("solution", t.dir), 0);
	CU_ASSERT(has_file("solution.c"));
	CU_ASSERT(lists("passed       1 attempt"));
	/* A later failure does not take it away. */
	CU_ASSERT_EQUAL(LAB("reset", "--yes", t.dir), 2);
	CU_ASSERT_EQUAL(LAB("reset", t.dir, "--yes"), 0);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 1);
	CU_ASSERT(lists("passed       2 attempts"));
	done();
}

static void giving_up_is_seen_not_passed(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("solution", t.dir, "--give-up"), 0);
	CU_ASSERT(has_file("solution.c"));
	CU_ASSERT(lists("seen "));
	write_loop(COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 0);
	CU_ASSERT(lists("seen "));
	done();
}

static void what_does_not_compile_costs_nothing(void)
{
	set_up();
	write_loop("tests/suites.def", NULL);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 1);
	CU_ASSERT(wg_has(t.out, "DOES NOT COMPILE") && wg_has(t.out, "loop.c:2:"));
	CU_ASSERT(wg_has(t.out, "not counted"));
	CU_ASSERT(lists("0 attempts"));
	done();
}

static void hints_come_one_by_one(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("hint", t.dir), 0);
	CU_ASSERT(wg_has(t.out, "hint 1 of 3") && wg_has(t.out, "the last thing"));
	CU_ASSERT_EQUAL(LAB("hint", t.dir), 0);
	CU_ASSERT(wg_has(t.out, "hint 2 of 3") && wg_has(t.out, "remembers nothing"));
	CU_ASSERT_EQUAL(LAB("hint", t.dir), 0);
	CU_ASSERT_EQUAL(LAB("hint", t.dir), 0);
	CU_ASSERT(wg_has(t.out, "hint 3 of 3"));
	CU_ASSERT(lists("3 hints"));
	done();
}

static void predictions_come_before_answers(void)
{
	char command[600];
	const char *argv[] = { "sh", "-c", command, NULL };

	set_up();
	(void)snprintf(command, sizeof(command), "echo none | %s lab predict %s",
		wg_build_path("wakegap"), t.dir);
	done();
	CU_ASSERT_EQUAL(wg_run(&t.out, &t.err, argv), 0);
	CU_ASSERT(wg_has(t.out, "predict 1 of 1: Two threads") && wg_has(t.out, "here: In those"));
	CU_ASSERT_EQUAL(LAB("predict", t.dir), 0);
	CU_ASSERT(wg_has(t.out, " you: none"));
	done();
}

static void one_schedule_again(void)
{
	char *at, id[64] = "";

	set_up();
	CU_ASSERT_EQUAL(LAB("view", t.dir), 1); /* nothing has failed yet */
	CU_ASSERT_EQUAL(LAB("check", t.dir), 1);
	at = strstr(t.out, "schedule ");
	CU_ASSERT_FATAL(at && sscanf(at, "schedule %63s", id) == 1);
	CU_ASSERT_EQUAL(LAB("replay", id, t.dir), 1);
	CU_ASSERT(wg_has(t.out, "cond_signal") && wg_has(t.out, "[FAIL] no wake-up lost"));
	CU_ASSERT_EQUAL(LAB("replay", "nonsense", t.dir), 2);
	CU_ASSERT_EQUAL(LAB("view", t.dir), 0);
	CU_ASSERT(strlen(t.out) > 100);
	done();
}

static void mistakes_are_named(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("chekc"), 2);
	CU_ASSERT(wg_has(t.err, "no command 'chekc'"));
	CU_ASSERT_EQUAL(LAB("check", "/"), 1);
	CU_ASSERT(wg_has(t.err, "is not a lab's folder"));
	CU_ASSERT_EQUAL(LAB("check", "--seconds", "0", t.dir), 2);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "xml", t.dir), 2);
	CU_ASSERT(wg_has(t.err, "there are json, gradescope"));
	CU_ASSERT_EQUAL(LAB("reset", t.dir), 1); /* nobody to ask */
	CU_ASSERT(wg_has(t.err, "--yes"));
	CU_ASSERT_EQUAL(LAB("--help"), 0);
	done();
}

/* ---- forms ---- */

static json_t *grade(const char *format)
{
	json_t *root;

	CU_ASSERT_EQUAL(LAB("grade", "--format", format, t.dir), 0);
	root = json_loads(t.out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

/* What does not compile is written as each system wants it. */
static void records_of_nothing(void)
{
	json_t *root;

	write_loop("tests/suites.def", NULL);
	root = grade("prairielearn");
	CU_ASSERT(json_is_false(json_object_get(root, "gradable")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "format_errors")), 1);
	json_decref(root);
	root = grade("exercism");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "status")), "error");
	json_decref(root);
	root = grade("gradescope");
	CU_ASSERT(json_integer_value(json_object_get(root, "score")) == 0);
	json_decref(root);
}

static void a_record_in_every_form(void)
{
	json_t *root;

	set_up();
	root = grade("json");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "verdict")), "fail");
	CU_ASSERT(json_integer_value(json_object_get(root, "score")) == 2);
	CU_ASSERT(json_integer_value(json_object_get(root, "max")) == 5);
	CU_ASSERT_EQUAL(strlen(json_string_value(json_object_get(root, "source_sha256"))), 64);
	json_decref(root);
	root = grade("gradescope");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "tests")), 2);
	json_decref(root);
	root = grade("prairielearn");
	CU_ASSERT(json_real_value(json_object_get(root, "score")) == 0.4);
	json_decref(root);
	root = grade("autolab");
	CU_ASSERT(strchr(t.out, '\n') == t.out + strlen(t.out) - 1); /* one line */
	CU_ASSERT(json_object_get(json_object_get(root, "scores"), "stuck") != NULL);
	json_decref(root);
	root = grade("exercism");
	CU_ASSERT(json_integer_value(json_object_get(root, "version")) == 3);
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "csv", "--student", "=1+1", t.dir), 0);
	CU_ASSERT(wg_has(t.out, "\"'=1+1\",\"01-first\",\"stuck\",\"fail\""));
	records_of_nothing();
	done();
}

/* ---- handed in ---- */

static int verify(const char *tar_arguments)
{
	char command[900], tar[260];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(tar, sizeof(tar), "%s/in.tar", t.home);
	(void)snprintf(command, sizeof(command), "rm -f %s; cd %s && tar -P -cf %s %s", tar, t.dir,
		tar, tar_arguments);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	return LAB("verify", tar);
}

static void what_was_handed_in_is_judged_anew(void)
{
	set_up();
	write_loop(COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 0);
	CU_ASSERT_EQUAL(verify("."), 0);
	CU_ASSERT(wg_has(t.out, "\"sha256_agrees\": true"));
	/* Changed after its last check, compressed, with paths that lead away. */
	write_loop(COURSE "/loop.c", NULL);
	CU_ASSERT_EQUAL(verify("-z --transform 's,^,../../../etc/,' .wakegap-lab.json loop.c"), 1);
	CU_ASSERT(wg_has(t.out, "\"sha256_agrees\": false") &&
		  wg_has(t.out, "\"verdict\": \"fail\""));
	CU_ASSERT_EQUAL(verify(".wakegap-lab.json"), 77);
	CU_ASSERT(wg_has(t.err, "has no loop.c"));
	CU_ASSERT_EQUAL(verify("loop.c"), 77);
	CU_ASSERT(wg_has(t.err, "--lab N"));
	CU_ASSERT_EQUAL(
		verify("--transform s,lab01.h,x/loop.c, .wakegap-lab.json loop.c lab01.h"), 77);
	CU_ASSERT(wg_has(t.err, "is there twice"));
	done();
}

/* Headers and scenario of one's own count for nothing, and a link is no file. */
static void only_the_listed_files_are_taken(void)
{
	char command[700];
	const char *argv[] = { "sh", "-c", command, NULL };

	set_up();
	write_loop(COURSE "/solution.c", NULL);
	(void)snprintf(command, sizeof(command),
		"cd %s && echo '#error mine' | tee lab01.h >scenario.c", t.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 0);
	CU_ASSERT_EQUAL(verify("."), 0);
	(void)snprintf(command, sizeof(command), "cd %s && ln -sf /etc/passwd loop.c", t.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", t.dir), 1);
	CU_ASSERT_EQUAL(verify("."), 77);
	done();
}

/* ---- harm ---- */

/* A right solution that does harm as well: there is a verdict, and it is no pass by luck. */
static void the_grader_survives(void)
{
	static const char *const names[] = { "crashes", "exits", "aborts", "corrupts", "forks",
		"hides", "closes", "shoots", "reports", "eats", "fills", "prints", "endless" };
	char path[100];
	json_t *root;
	size_t i;

	set_up();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int status;

		(void)snprintf(path, sizeof(path), "tests/hostile/%s.c", names[i]);
		write_loop(COURSE "/solution.c", path);
		status = LAB("check", "--seconds", "4", t.dir);
		CU_ASSERT(status == 0 || status == 1 || status == 77);
		CU_ASSERT(wg_has(t.out, "\n next: "));
		printf("# %s: %.*s\n", names[i], (int)strcspn(t.out, "\n"), t.out);
	}
	/* And it is as good as before. */
	write_loop(COURSE "/solution.c", NULL);
	root = grade("json");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "verdict")), "pass");
	json_decref(root);
	done();
}

/* ---- watch ---- */

/* Read fd until text was there `times` times; false: it ended, or half a minute went by. */
static bool shows(int fd, const char *text, int times)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char all[65536] = "", *at;
	size_t len = 0;

	while (poll(&p, 1, 30000) == 1) {
		ssize_t n = read(fd, all + len, sizeof(all) - 1 - len);
		int found = 0;

		if (n <= 0)
			return false;
		len += (size_t)n;
		all[len] = '\0';
		for (at = all; (at = strstr(at, text)); at++)
			found++;
		if (found >= times)
			return true;
	}
	return false;
}

static void watch(const char *option)
{
	const char *program = wg_build_path("wakegap");
	int fds[2], status = 0;
	pid_t pid;

	set_up();
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execl(program, program, "lab", "watch", option ? option : t.dir,
			option ? t.dir : (char *)NULL, (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	CU_ASSERT(shows(fds[0], "lab 01  FAIL", 1));
	write_loop(COURSE "/solution.c", NULL); /* as an editor does: beside, then renamed */
	CU_ASSERT(shows(fds[0], "lab 01  PASS", 1));
	(void)kill(pid, SIGTERM);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	(void)close(fds[0]);
	done();
}

static void a_save_is_noticed(void)
{
	watch(NULL);
}

static void where_there_are_no_events_it_looks(void)
{
	watch("--poll");
}

/* ---- for authors ---- */

static void labs_judge_as_they_say(void)
{
	set_up();
	CU_ASSERT_EQUAL(LAB("author"), 0);
	CU_ASSERT(wg_has(t.out, "wrong/if.c") && !wg_has(t.out, "[FAIL]"));
	done();
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
	WG_TEST(one_schedule_again);
	WG_TEST(mistakes_are_named);
	WG_TEST(a_record_in_every_form);
	WG_TEST(what_was_handed_in_is_judged_anew);
	WG_TEST(only_the_listed_files_are_taken);
	WG_TEST(the_grader_survives);
	WG_TEST(a_save_is_noticed);
	WG_TEST(where_there_are_no_events_it_looks);
	WG_TEST(labs_judge_as_they_say);
}
