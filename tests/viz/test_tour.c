/*
 * test_tour.c: `wakegap tour` and `wakegap demo` as a newcomer runs them: all of it, on a pipe and
 * on a terminal, interrupted, and where nothing can be recorded.
 */
#include <dirent.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/pty.h"

static struct {
	char home[256], lttng[300], temp[300], script[600];
} t;

static bool lacks_lttng(void)
{
	static const char *const probe[] = { "unshare", "-m", "true", NULL };

	if (access("/usr/bin/lttng-sessiond", X_OK) != 0)
		wg_skip("lttng-sessiond is not installed");
	else if (geteuid() == 0 && wg_run(NULL, NULL, probe) != 0)
		wg_skip("root may not make a mount namespace here");
	else
		return false;
	return true;
}

/* "$@" with a daemon of its own, and with a folder for temporary files of its own. */
static void set_up(void)
{
	(void)snprintf(t.home, sizeof(t.home), "%s", wg_tmpdir());
	(void)snprintf(t.lttng, sizeof(t.lttng), "%s/.lttng", t.home);
	(void)snprintf(t.temp, sizeof(t.temp), "%s/tmp", t.home);
	CU_ASSERT_EQUAL_FATAL(mkdir(t.lttng, 0755), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(t.temp, 0755), 0);
	(void)snprintf(t.script, sizeof(t.script),
		geteuid() == 0 ? "export TMPDIR=%s; mkdir -p /var/run/lttng && mount --bind %s "
				 "/var/run/lttng && exec \"$@\""
			       : "export TMPDIR=%s LTTNG_HOME=%s/..; exec \"$@\"",
		t.temp, t.lttng);
}

/* The words behind "sh -c SCRIPT sh", as root in a namespace. */
static const char *const *privately(const char *const words[])
{
	static const char *argv[16];
	size_t n = 0;

	if (geteuid() == 0) {
		argv[n++] = "unshare";
		argv[n++] = "-m";
	}
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = t.script;
	argv[n++] = "sh";
	while (*words && n < 15)
		argv[n++] = *words++;
	argv[n] = NULL;
	return argv;
}

static void no_folder_is_left(void)
{
	DIR *dir = opendir(t.temp);
	struct dirent *e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((e = readdir(dir)))
		CU_ASSERT_NOT_EQUAL(strncmp(e->d_name, "wakegap-", 8), 0);
	(void)closedir(dir);
}

/* What is said last depends on what this run did; it must be what the trace has. */
static void each_step_runs_and_says_what_happened(void)
{
	static const char *const traces[] = { "1/tick", "2/forever", "3/forever", "4/generation",
		"5/cap50", "6/condvar" };
	char kept[300], path[400], *out = NULL, *at;
	const char *const words[] = { wg_build_path("wakegap"), "tour", "--record", kept, NULL };
	size_t i;

	if (lacks_lttng())
		return;
	set_up();
	(void)snprintf(kept, sizeof(kept), "%s/kept", t.home);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, privately(words)), 0);
	for (i = 0, at = out; i < 6 && at; i++) {
		char title[16];

		(void)snprintf(title, sizeof(title), "== %zu of 6. ", i + 1);
		at = strstr(at, title);
		CU_ASSERT_PTR_NOT_NULL(at);
		(void)snprintf(path, sizeof(path), "%s/%s", kept, traces[i]);
		CU_ASSERT_EQUAL(access(path, F_OK), 0);
	}
	/* With a moment of 1 ms these two always hang, and the others never do. */
	CU_ASSERT(wg_has(out, "A notify is no memory."));
	CU_ASSERT(wg_has(out, "There is none."));
	CU_ASSERT(wg_has(out, "that time is the gap."));
	CU_ASSERT(wg_has(out, "every wake is a late wake."));
	CU_ASSERT(wg_has(out, " wakes, 0 of them late; "));
	CU_ASSERT_FALSE(wg_has(out, "It should not have"));
	CU_ASSERT(wg_has(out, "\nwakes/s "));
	CU_ASSERT_FALSE(wg_has(out, "; the first 20 are shown"));
	CU_ASSERT(wg_has(out, "wakegap lab start 1"));
	free(out);
	no_folder_is_left();
}

static void exec_words(void *words)
{
	(void)execvp(((char *const *)words)[0], words);
	_exit(127);
}

static void a_person_is_asked_and_may_leave(void)
{
	const char *const words[] = { wg_build_path("wakegap"), "tour", NULL };
	struct pty *s;
	int status;

	if (lacks_lttng())
		return;
	set_up();
	s = pty_start(80, 24, exec_words, (void *)(uintptr_t)privately(words));
	CU_ASSERT_TRUE(pty_expect(s, "[Enter goes on; v opens the viewer on this trace; q "));
	pty_keys(s, "v\n");
	CU_ASSERT_TRUE(pty_expect(s, "WASTED"));
	pty_keys(s, "q");
	CU_ASSERT_TRUE(pty_expect(s, "[Enter goes on"));
	pty_keys(s, "q\n");
	status = pty_finish(s);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
	free(s);
	no_folder_is_left();
}

/* Ctrl-C in a step goes to all that run; the folder goes, and nothing is recorded on. */
static void ctrl_c_leaves_nothing(void)
{
	const char *const words[] = { wg_build_path("wakegap"), "tour", NULL };
	static const char *const moments[] = { "1 of 6.", "[Enter goes on" };
	size_t i;

	if (lacks_lttng())
		return;
	for (i = 0; i < 2; i++) {
		struct pty *s;
		int status;

		set_up();
		s = pty_start(80, 24, exec_words, (void *)(uintptr_t)privately(words));
		CU_ASSERT_TRUE(pty_expect(s, moments[i]));
		pty_keys(s, "\003");
		status = pty_finish(s);
		CU_ASSERT_TRUE(WIFEXITED(status));
		CU_ASSERT_EQUAL(WEXITSTATUS(status), 128 + SIGINT);
		free(s);
		no_folder_is_left();
	}
}

static void without_lttng_it_says_so(void)
{
	const char *const words[] = { "env", "PATH=/nonexistent",
		"LTTNG_SESSIOND_PATH=/nonexistent", wg_build_path("wakegap"), "tour", NULL };
	char *err = NULL;

	if (lacks_lttng())
		return;
	set_up();
	CU_ASSERT_EQUAL(wg_run(NULL, &err, privately(words)), 77);
	CU_ASSERT(
		wg_has(err, "the tour shows what was recorded, and nothing was: `wakegap doctor`"));
	free(err);
	no_folder_is_left();
}

static void wrong_calls_are_one_line(void)
{
	const char *argv[] = { wg_build_path("wakegap"), "tour", "x", NULL };
	char *err = NULL;

	CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 2);
	CU_ASSERT(wg_has(err, "'x' is one too many"));
	free(err);
	argv[1] = "demo";
	argv[2] = "--record=/nonexistent/x";
	CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 1);
	CU_ASSERT(wg_has(err, "cannot make the folder '/nonexistent/x': No such file"));
	free(err);
}

void suite_tour(void)
{
	WG_TEST(each_step_runs_and_says_what_happened);
	WG_TEST(a_person_is_asked_and_may_leave);
	WG_TEST(ctrl_c_leaves_nothing);
	WG_TEST(without_lttng_it_says_so);
	WG_TEST(wrong_calls_are_one_line);
}
