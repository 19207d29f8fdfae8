/*
 * test_lab_limits.c: archives that are made to do harm, and terminals that can do little.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/judge/report.h"
#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

static int sh(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	return wg_run(NULL, NULL, argv);
}

/* ---- archives ---- */

/* Make an archive by a command in the learner's folder; verify refuses it in one line. */
static void must_refuse(const char *make, const char *why)
{
	char command[700], path[300];

	(void)snprintf(command, sizeof(command), "cd %s && %s", learner.home, make);
	CU_ASSERT_EQUAL_FATAL(sh(command), 0);
	(void)snprintf(path, sizeof(path), "%s/it", learner.home);
	CU_ASSERT_EQUAL(LAB("verify", path), 77);
	if (!wg_has(learner.err, why))
		printf("#   %s\n", learner.err);
	CU_ASSERT(wg_has(learner.err, why));
	CU_ASSERT(strchr(learner.err, '\n') == strrchr(learner.err, '\n'));
}

static void bombs_are_refused(void)
{
	wg_learner_init();
	must_refuse("head -c 300000000 /dev/zero >loop.c && tar czf it loop.c && rm loop.c",
		"unpacks to more than 64 MiB");
	must_refuse("gzip <it >it2 && mv it2 it", "compressed more than once");
	must_refuse("d=$(printf 'a/%.0s' $(seq 80)) && mkdir -p $d && touch ${d}loop.c && "
		    "tar cf it a",
		"folders more than 64 deep");
	wg_learner_fini();
}

/* Nobody writes to the pipe: it is only read by the process that is ended. */
static void verify_can_be_ended(void)
{
	char path[300], program[300];
	int status = 0;
	pid_t pid;

	wg_learner_init();
	(void)snprintf(path, sizeof(path), "mkfifo %s/pipe", learner.home);
	CU_ASSERT_EQUAL_FATAL(sh(path), 0);
	(void)snprintf(path, sizeof(path), "%s/pipe", learner.home);
	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap-lab"));
	pid = fork();
	if (pid == 0) {
		(void)execl(
			program, "wakegap-lab", "verify", path, "-o", "/dev/null", (char *)NULL);
		_exit(98);
	}
	/* Its second process is there: it has begun, and its signals are caught. */
	(void)snprintf(path, sizeof(path), "until pgrep -P %d >/dev/null; do :; done", (int)pid);
	CU_ASSERT_EQUAL(sh(path), 0);
	CU_ASSERT_EQUAL(kill(pid, SIGTERM), 0);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 77);
	wg_learner_fini();
}

/* The state goes with a folder that a learner made. A FIFO in its place would hold the grader. */
static void a_state_that_is_no_file_holds_nobody(void)
{
	char command[600];

	wg_learner_init();
	(void)snprintf(command, sizeof(command),
		"rm %s/.wakegap-lab.json && mkfifo %s/.wakegap-lab.json", learner.dir, learner.dir);
	CU_ASSERT_EQUAL_FATAL(sh(command), 0);
	CU_ASSERT_EQUAL(LAB("grade", learner.dir), 1);
	CU_ASSERT(wg_has(learner.err, "is damaged"));
	wg_learner_fini();
}

/* ---- memory ---- */

/* The box ended it (suite box): that is a verdict, even if a report that can be read was there. */
static void a_sum_of_memory_is_said(void)
{
	char report[] = "{\"scenarios\": []}";
	struct wg_box_result result = { .used_bytes = UINT64_C(5) << 29,
		.limit_bytes = UINT64_C(2) << 30,
		.report = { report, strlen(report), strlen(report) } };
	struct wg_lab lab = { .check_count = 0 };
	struct wg_error err = { 0 };
	json_t *record = json_pack("{s:[]}", "checks");

	CU_ASSERT_EQUAL(wg_report_take(record, &lab, NULL, &result, &err), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(record, "verdict")), "fail");
	CU_ASSERT(wg_has(json_string_value(json_object_get(record, "reason")),
		"all its processes together used more than 2.0 GiB of memory, and were ended"));
	json_decref(record);
}

/* ---- terminals ---- */

/* The compiler writes what our user's locale can show. */
static void the_compiler_has_our_locale(void)
{
	char command[1200];

	wg_learner_init();
	(void)snprintf(command, sizeof(command),
		"echo 'int x = undeclared;' >%s/loop.c; "
		"for l in C C.UTF-8; do LC_ALL=$l %s lab check %s | "
		"grep -c '\342\200\230'; done | tr '\\n' ' ' | grep -q '^0 [1-9]'",
		learner.dir, wg_build_path("wakegap"), learner.dir);
	CU_ASSERT_EQUAL(sh(command), 0);
	wg_learner_fini();
}

static void watch(void *term)
{
	(void)setenv("TERM", term, 1);
	(void)execl(
		wg_build_path("wakegap-lab"), "wakegap-lab", "watch", learner.dir, (char *)NULL);
}

static void a_dumb_terminal_gets_text_only(void)
{
	struct pty *s;

	wg_learner_init();
	s = pty_start(80, 24, watch, (void *)(uintptr_t) "dumb");
	CU_ASSERT(pty_expect(s, "checking "));
	while (!strstr(s->seen, "q quit") && pty_take(s, 1000))
		continue;
	CU_ASSERT(strstr(s->seen, "FAIL") && !strchr(s->seen, '\033'));
	pty_keys(s, "q");
	CU_ASSERT_EQUAL(pty_finish(s), 0);
	free(s);
	wg_learner_fini();
}

/* After a stop and `fg`, keys are keys again. */
static void watch_comes_back_from_a_stop(void)
{
	struct pty *s;
	int status;

	wg_learner_init();
	s = pty_start(80, 24, watch, (void *)(uintptr_t) "xterm");
	CU_ASSERT(pty_expect(s, "q quit"));
	CU_ASSERT_EQUAL(kill(s->pid, SIGTSTP), 0);
	CU_ASSERT_EQUAL(waitpid(s->pid, &status, WUNTRACED), s->pid);
	CU_ASSERT(WIFSTOPPED(status));
	CU_ASSERT_EQUAL(kill(s->pid, SIGCONT), 0);
	CU_ASSERT(pty_expect(s, "q quit"));
	pty_keys(s, "q"); /* without Enter */
	CU_ASSERT_EQUAL(pty_finish(s), 0);
	free(s);
	wg_learner_fini();
}

void suite_lab_limits(void)
{
	(void)setenv("CC", "gcc", 1); /* its quotes follow the locale; clang has others */
	WG_TEST(bombs_are_refused);
	WG_TEST(verify_can_be_ended);
	WG_TEST(a_state_that_is_no_file_holds_nobody);
	WG_TEST(a_sum_of_memory_is_said);
	WG_TEST(the_compiler_has_our_locale);
	WG_TEST(a_dumb_terminal_gets_text_only);
	WG_TEST(watch_comes_back_from_a_stop);
}
