/*
 * test_lab_judge.c: `wakegap lab` where it is not trusted: what was handed in, what means harm; and
 * where it runs on: watch.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"
#include "tests/harness/pty.h"
#include "tests/harness/support.h"

/* ---- handed in ---- */

static int verify(const char *tar_arguments)
{
	char command[900], tar[260];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(tar, sizeof(tar), "%s/in.tar", learner.home);
	(void)snprintf(command, sizeof(command), "rm -f %s; cd %s && tar -P -cf %s %s", tar,
		learner.dir, tar, tar_arguments);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	return LAB("verify", tar);
}

static void what_was_handed_in_is_judged_anew(void)
{
	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT_EQUAL(verify("."), 0);
	CU_ASSERT(wg_learner_says("\"sha256_agrees\": true"));
	/* Changed after its last check, compressed, with paths that lead away. */
	wg_learner_writes(WG_COURSE "/loop.c", NULL);
	CU_ASSERT_EQUAL(verify("-z --transform 's,^,../../../etc/,' .wakegap-lab.json loop.c"), 1);
	CU_ASSERT(wg_learner_says("\"sha256_agrees\": false") &&
		  wg_learner_says("\"verdict\": \"fail\""));
	CU_ASSERT_EQUAL(verify(".wakegap-lab.json"), 77);
	CU_ASSERT(wg_has(learner.err, "has no loop.c"));
	CU_ASSERT_EQUAL(verify("loop.c"), 77);
	CU_ASSERT(wg_has(learner.err, "--lab N"));
	CU_ASSERT_EQUAL(
		verify("--transform s,lab01.h,x/loop.c, .wakegap-lab.json loop.c lab01.h"), 77);
	CU_ASSERT(wg_has(learner.err, "is there twice"));
	wg_learner_fini();
}

/* Headers and scenario of one's own count for nothing, and a link is no file. */
static void only_the_listed_files_are_taken(void)
{
	char command[700];
	const char *argv[] = { "sh", "-c", command, NULL };

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	(void)snprintf(command, sizeof(command),
		"cd %s && echo '#error mine' | tee lab01.h >scenario.c", learner.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT_EQUAL(verify("."), 0);
	(void)snprintf(command, sizeof(command), "cd %s && ln -sf /etc/passwd loop.c", learner.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT_EQUAL(verify("."), 77);
	wg_learner_fini();
}

/* ---- harm ---- */

/* Of the box, on this machine. */
static bool is_in_force(const char *what)
{
	json_t *root = wg_learner_grade("json");
	bool is = wg_has(
		json_string_value(json_object_get(json_object_get(root, "env"), "box")), what);

	json_decref(root);
	return is;
}

/* A right solution that does harm as well: there is a verdict, and it is no pass by luck. */
static void the_grader_survives(void)
{
	static const char *const names[] = { "crashes", "exits", "aborts", "corrupts", "forks",
		"hides", "closes", "shoots", "forges", "reports", "eats", "fills", "prints",
		"endless" };
	char path[100];
	json_t *root;
	size_t i;

	wg_learner_init();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i += WG_STRIDE) {
		int status;

		(void)snprintf(path, sizeof(path), "tests/data/hostile/%s.c", names[i]);
		wg_learner_writes(WG_COURSE "/solution.c", path);
		status = LAB("check", "--seconds", "4", learner.dir);
		CU_ASSERT(status == 0 || status == 1 || status == 77);
		CU_ASSERT(wg_learner_says("\n next: "));
		/* A report of one's own making counts for nothing. */
		if (strcmp(names[i], "forges") == 0)
			CU_ASSERT_EQUAL(status, 1);
		printf("# %s: judged with status %d\n", names[i], status);
	}
	/* And it is as good as before. */
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	root = wg_learner_grade("json");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "verdict")), "pass");
	json_decref(root);
	wg_learner_fini();
}

/* A wrong solution that says it is right, in every way there is but one: see Safety in
 * labs/grade/README.md for what code in the explorer's process could do with more patience. */
static void who_cheats_does_not_pass(void)
{
	static const char *const names[] = { "forges", "forges_all", "reports", "reaches",
		"patches", "shoots", "exits", "closes" };
	bool is_filtered;
	char path[100];
	size_t i;

	wg_learner_init();
	is_filtered = is_in_force("filter");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i += WG_STRIDE) {
		/* Without the filter code can be changed by who runs in the same process. */
		if (strcmp(names[i], "patches") == 0 && !is_filtered) {
			printf("# no filter of system calls here: %s is not tried\n", names[i]);
			continue;
		}
		(void)snprintf(path, sizeof(path), "tests/data/hostile/%s.c", names[i]);
		wg_learner_writes(WG_COURSE "/loop.c", path);
		CU_ASSERT_EQUAL(LAB("check", "--seconds", "4", learner.dir), 1);
		CU_ASSERT(wg_learner_says("lab 01  FAIL"));
		printf("# %s: %.*s\n", names[i], (int)strcspn(strstr(learner.out, "seen: "), "\n"),
			strstr(learner.out, "seen: "));
		if (strcmp(names[i], "exits") == 0)
			CU_ASSERT(wg_has(
				learner.out, "the lab calls _exit() while it is being loaded"));
	}
	wg_learner_fini();
}

/* The compiler reads for the learner, and has the same limits. */
static void the_compiler_is_in_the_box(void)
{
	static const char *const files[] = { "tests/data/hostile/includes.c",
		"tests/data/hostile/swells.c" };
	json_t *root;
	bool is_apart;
	size_t i;

	wg_learner_init();
	is_apart = is_in_force("files");
	for (i = is_apart ? 0 : 1; i < 2; i++) {
		wg_learner_writes(files[i], NULL);
		root = wg_learner_grade("json");
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(root, "verdict")), "build");
		CU_ASSERT(!wg_learner_says("root:x:"));
		json_decref(root);
	}
	wg_learner_fini();
}

/* It cannot be told what such a file is worth, as with every check that takes too long. */
static void a_compiler_without_end_is_inconclusive(void)
{
	char path[300];
	FILE *f;

	(void)setenv("CC", "gcc", 1); /* clang ends such a file by itself */
	wg_learner_init();
	(void)snprintf(path, sizeof(path), "%s/twice.c", learner.home);
	f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL);
	(void)fputs("#include __FILE__\n#include __FILE__\n", f);
	(void)fclose(f);
	wg_learner_writes(path, NULL);
	CU_ASSERT_EQUAL(LAB("check", "--seconds", "1", learner.dir), 77);
	CU_ASSERT(wg_learner_says("INCONCLUSIVE") &&
		  wg_learner_says("the compiler did not end in 10 s"));
	CU_ASSERT(wg_lab_lists("0 attempts"));
	wg_learner_fini();
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

static void watch(const char *option, const char *dir)
{
	const char *program = wg_build_path("wakegap");
	int fds[2], status = 0;
	pid_t pid;

	wg_learner_init();
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execl(program, program, "lab", "watch", option ? option : dir,
			option ? dir : (char *)NULL, (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	CU_ASSERT(shows(fds[0], "lab 01  FAIL", 1));
	wg_learner_writes(
		WG_COURSE "/solution.c", NULL); /* as an editor does: beside, then renamed */
	CU_ASSERT(shows(fds[0], "lab 01  PASS", 1));
	(void)kill(pid, SIGTERM);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	(void)close(fds[0]);
	wg_learner_fini();
}

static void a_save_is_noticed(void)
{
	watch(NULL, learner.dir);
}

static void a_lab_is_watched_by_its_number(void)
{
	watch(NULL, "1");
}

static void where_there_are_no_events_it_looks(void)
{
	watch("--poll", learner.dir);
}

static void watch_here(void *arg)
{
	const char *program = wg_build_path("wakegap");

	(void)arg;
	(void)execl(program, program, "lab", "watch", learner.dir, (char *)NULL);
	_exit(127);
}

/* On a terminal it asks when told to, and keys do the rest; the terminal is as before at the end.
 */
static void keys_on_a_terminal(void)
{
	struct pty *s;
	int status;

	wg_learner_init();
	s = pty_start(100, 40, watch_here, NULL);
	CU_ASSERT_FATAL(s != NULL);
	CU_ASSERT(pty_expect(s, "1 prediction is not made yet: wakegap lab predict"));
	CU_ASSERT(pty_expect(s, "FAIL"));
	CU_ASSERT(pty_expect(s, "q quit"));
	pty_keys(s, "p");
	CU_ASSERT(pty_expect(s, "predict 1 of 1"));
	pty_keys(s, "all of them\n");
	CU_ASSERT(pty_expect(s, "you said all of them; it is In those"));
	pty_keys(s, "h");
	CU_ASSERT(pty_expect(s, "hint 1 of 3"));
	pty_keys(s, "x");
	CU_ASSERT(pty_expect(s, "q quit"));
	pty_keys(s, "l");
	CU_ASSERT(pty_expect(s, "1 attempt, 1 hint"));
	pty_keys(s, "r");
	CU_ASSERT(pty_expect(s, "FAIL"));
	CU_ASSERT(pty_expect(s, "q quit"));
	pty_keys(s, "q");
	status = pty_finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free(s);
	wg_learner_fini();
}

/* ---- for authors ---- */

static void labs_judge_as_they_say(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("author"), 0);
	CU_ASSERT(wg_learner_says("wrong/if.c") && !wg_learner_says("[FAIL]"));
	wg_learner_fini();
}

/* A lab that could not be tried does not judge as it says. */
static void an_untried_lab_is_not_ok(void)
{
	const char *course;

	wg_learner_init();
	CU_ASSERT_EQUAL(setenv("TMPDIR", "/nonexistent", 1), 0);
	CU_ASSERT_EQUAL(LAB("author", "1"), 1);
	CU_ASSERT(wg_learner_says("cannot make a folder in '/nonexistent'"));
	CU_ASSERT_EQUAL(LAB("verify", learner.dir), 77);
	CU_ASSERT(wg_has(learner.err, "cannot make a folder in '/nonexistent'"));
	CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
	course = wg_tmpdir();
	CU_ASSERT_EQUAL(setenv("WAKEGAP_LABS", course, 1), 0);
	CU_ASSERT_EQUAL(LAB("author"), 1);
	CU_ASSERT(wg_has(learner.err, "there are no labs in"));
	wg_learner_fini();
}

/* Labs whose wrong fixes break one check in several scenarios, each with words of its own: what is
 * expected may stand in any of them, as for tests/labs/test_labs.c. */
static void words_of_any_scenario_count(void)
{
	static const char *const labs[] = { "6", "13", "15", "16" };
	size_t i;

	wg_learner_init_in("labs");
	for (i = 0; i < sizeof(labs) / sizeof(labs[0]); i += WG_STRIDE) {
		int status = LAB("author", labs[i]);

		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT(wg_learner_says("[ok]   solution.c") && !wg_learner_says("[FAIL]"));
		if (status != 0)
			printf("# %s\n", learner.out);
	}
	wg_learner_fini();
}

void suite_lab_judge(void)
{
	WG_TEST(what_was_handed_in_is_judged_anew);
	WG_TEST(only_the_listed_files_are_taken);
	WG_TEST(the_grader_survives);
	WG_TEST(who_cheats_does_not_pass);
	WG_TEST(the_compiler_is_in_the_box);
	WG_TEST(a_compiler_without_end_is_inconclusive);
	WG_TEST(a_save_is_noticed);
	WG_TEST(a_lab_is_watched_by_its_number);
	WG_TEST(where_there_are_no_events_it_looks);
	WG_TEST(keys_on_a_terminal);
	WG_TEST(labs_judge_as_they_say);
	WG_TEST(an_untried_lab_is_not_ok);
	WG_TEST(words_of_any_scenario_count);
}
