/*
 * test_tour.c: `wakegap tour` and `wakegap demo` as a newcomer runs them: all of it, on a pipe and
 * on a terminal, interrupted, and where nothing can be recorded.
 */
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/private_lttng.h"
#include "tests/harness/pty.h"

static struct wg_private t;

/*
 * What is said last depends on what this run did; it must be what the trace has. Whether a step
 * hangs is up to the machine, even with a moment of 1 ms: a worker that is slow comes later.
 */
static void it_says_what_the_trace_has(
	const char *out, const char *trace, const char *hangs, const char *works)
{
	const char *const check[] = { wg_build_path("wakegap"), "check", "--max-stuck", "0", trace,
		NULL };
	bool is_stuck = wg_run(NULL, NULL, check) != 0;

	CU_ASSERT_EQUAL(wg_has(out, hangs), is_stuck);
	CU_ASSERT_EQUAL(wg_has(out, works), !is_stuck);
}

static void each_step_runs_and_says_what_happened(void)
{
	static const char *const traces[] = { "1/tick", "2/forever", "3/forever", "4/generation",
		"5/cap50", "6/condvar" };
	char kept[300], path[400], *out = NULL, *at;
	const char *const words[] = { wg_build_path("wakegap"), "tour", "--record", kept, NULL };
	size_t i;

	if (!wg_private_set_up(&t))
		return;
	(void)snprintf(kept, sizeof(kept), "%s/kept", t.home);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, wg_private_words(&t, words)), 0);
	for (i = 0, at = out; i < 6 && at; i++) {
		char title[16];

		(void)snprintf(title, sizeof(title), "== %zu of 6. ", i + 1);
		at = strstr(at, title);
		CU_ASSERT_PTR_NOT_NULL(at);
		(void)snprintf(path, sizeof(path), "%s/%s", kept, traces[i]);
		CU_ASSERT_EQUAL(access(path, F_OK), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/2/forever", kept);
	it_says_what_the_trace_has(out, path, "this run did not even need help", "the plan looks");
	(void)snprintf(path, sizeof(path), "%s/3/forever", kept);
	it_says_what_the_trace_has(out, path, "A notify is not kept", "hang this time, which");
	(void)snprintf(path, sizeof(path), "%s/4/generation", kept);
	it_says_what_the_trace_has(out, path, "There is none.", "hang this time, but");
	CU_ASSERT(wg_has(out, "that time is the gap."));
	CU_ASSERT(wg_has(out, "every wake is a late wake."));
	CU_ASSERT(wg_has(out, " wakes, 0 of them late; "));
	CU_ASSERT_FALSE(wg_has(out, "It hung, and should not have"));
	CU_ASSERT_FALSE(wg_has(out, "the last 0 ns"));
	CU_ASSERT(wg_has(out, "\nwakes/s "));
	CU_ASSERT_FALSE(wg_has(out, "; the first 20 are shown"));
	CU_ASSERT(wg_has(out, "wakegap lab start 1"));
	free(out);
	CU_ASSERT_FALSE(wg_private_has_temp(&t));
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

	if (!wg_private_set_up(&t))
		return;
	s = pty_start(80, 24, exec_words, (void *)(uintptr_t)wg_private_words(&t, words));
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
	CU_ASSERT_FALSE(wg_private_has_temp(&t));
}

/* Ctrl-C in a step goes to all that run; the folder goes, and nothing is recorded on. */
static void ctrl_c_leaves_nothing(void)
{
	static const char *const moments[][2] = { { "tour", "1 of 6." },
		{ "tour", "[Enter goes on" }, { "demo", "read with tick" } };
	size_t i;

	for (i = 0; i < 3; i++) {
		const char *const words[] = { wg_build_path("wakegap"), moments[i][0], NULL };
		struct pty *s;
		int status;

		if (!wg_private_set_up(&t))
			return;
		s = pty_start(80, 24, exec_words, (void *)(uintptr_t)wg_private_words(&t, words));
		CU_ASSERT_TRUE(pty_expect(s, moments[i][1]));
		pty_keys(s, "\003");
		status = pty_finish(s);
		CU_ASSERT_TRUE(WIFEXITED(status));
		CU_ASSERT_EQUAL(WEXITSTATUS(status), 128 + SIGINT);
		free(s);
		CU_ASSERT_FALSE(wg_private_has_temp(&t));
	}
}

/* The program that it runs records itself. */
static void without_lttng_it_works_too(void)
{
	const char *const words[] = { "env", "PATH=/nonexistent",
		"LTTNG_SESSIOND_PATH=/nonexistent", wg_build_path("wakegap"), "demo", NULL };
	char *err = NULL, *out = NULL;

	if (!wg_private_set_up(&t))
		return;
	CU_ASSERT_EQUAL(wg_run(&out, &err, wg_private_words(&t, words)), 0);
	CU_ASSERT(wg_has(out, "WASTED"));
	free(out);
	free(err);
	CU_ASSERT_FALSE(wg_private_has_temp(&t));
}

/* It ends at once, and says why once. */
static void without_a_reader_it_ends(void)
{
	static const char *const to[] = { ">&-", ">/dev/full" };
	char script[300], *err = NULL;
	size_t i;

	for (i = 0; i < 2; i++) {
		(void)snprintf(
			script, sizeof(script), "exec %s tour %s", wg_build_path("wakegap"), to[i]);
		CU_ASSERT_EQUAL(
			wg_run(NULL, &err, (const char *[]){ "sh", "-c", script, NULL }), 1);
		CU_ASSERT(wg_has(err, "cannot write to standard output: "));
		CU_ASSERT_PTR_EQUAL(strchr(err, '\n'), err + strlen(err) - 1);
		free(err);
	}
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
	WG_TEST(without_lttng_it_works_too);
	WG_TEST(without_a_reader_it_ends);
	WG_TEST(wrong_calls_are_one_line);
}
