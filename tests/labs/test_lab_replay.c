/*
 * test_lab_replay.c: one schedule again, with what the learner's file prints beside its steps.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "tests/harness/support.h"
#include "tests/labs/explorer.h"
#include "tests/labs/lab_run.h"

/* What steps of this call print, in the failing schedule of a scenario; static. */
static const char *printed(const char *scenario, const char *call)
{
	static char text[4096];
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", scenario);
	const json_t *step;
	size_t i;

	text[0] = '\0';
	json_array_foreach(
		json_object_get(json_object_get(wg_explorer_scenario(report, scenario), "shortest"),
			"steps"),
		i, step)
	{
		if (strcmp(wg_json_text(step, "call"), call) == 0)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s",
				wg_json_text(step, "printed"));
	}
	json_decref(report);
	return text;
}

static void what_is_printed_stands_at_its_step(void)
{
	/* A new thread has no step yet. */
	CU_ASSERT_STRING_EQUAL(printed("prints", "(start)"), "begins\n");
	CU_ASSERT_STRING_EQUAL(printed("prints", "pthread_mutex_lock"),
		"a tab\\t, a \\x1b[31mcolour, \\xff and standard error\n");
	CU_ASSERT_STRING_EQUAL(
		printed("prints", "pthread_mutex_unlock"), "second\nthird\nh\xc3\xa9\n");
}

static void much_is_cut_and_nothing_hangs(void)
{
	const char *text = printed("prints_much", "pthread_mutex_lock");

	CU_ASSERT(strlen(text) < 500 && strncmp(text, "xxxx", 4) == 0);
	CU_ASSERT(wg_has(text, "xxx..."));
	CU_ASSERT_STRING_EQUAL(printed("prints_much", "pthread_mutex_unlock"), "the end\n");
}

static void a_crash_within_printf_is_a_finding(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "prints_nowhere");

	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(wg_json_number(wg_explorer_check(
					 wg_explorer_scenario(report, "prints_nowhere"), "crash"),
			  "failing") == 1);
	json_decref(report);
}

static void replay_shows_it_and_check_does_not(void)
{
	char command[900], name[200];
	const char *argv[] = { "sh", "-c", command, NULL };
	json_t *root;

	wg_learner_init();
	(void)snprintf(command, sizeof(command),
		"sed 's/#include \"lab01.h\"/&\\n#include <stdio.h>/;s/while (/if (/;"
		"s/.*mutex_lock(&b->m);/&\\n\\tprintf(\"is \\\\033[1m%%d\\\\n\", b->is_full);/' "
		"%s >%s/loop.c",
		WG_COURSE "/wrong/keeps.c", learner.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(!wg_learner_says("prints") && !wg_learner_says("is \\x1b"));
	root = wg_learner_grade("json");
	(void)snprintf(
		name, sizeof(name), "%s", json_string_value(json_object_get(root, "schedule_id")));
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("replay", name, learner.dir), 1);
	CU_ASSERT(wg_has(learner.out, "\n      prints: | is \\x1b[1m0\n"));
	CU_ASSERT(!strchr(learner.out, '\033'));
	wg_learner_fini();
}

/* ---- in the viewer ---- */

/* Does the trace of the failing schedule hold this text? Its steps are text. */
static bool has_step(const char *dir, const char *text)
{
	char path[400], bytes[65536];
	FILE *in;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/steps_0", dir);
	in = fopen(path, "re");
	CU_ASSERT_FATAL(in != NULL);
	n = fread(bytes, 1, sizeof(bytes), in);
	(void)fclose(in);
	return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void a_trace_has_the_steps(void)
{
	static const char *const texts[] = { "misuse.c:", "pthread_mutex_lock(&", "locks: `",
		" held by T1", ", awaited by T2" };
	char dir[300], id[200];
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "crossed_locks");
	size_t i;

	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	(void)snprintf(id, sizeof(id), "%s",
		wg_json_text(
			json_object_get(wg_explorer_scenario(report, "crossed_locks"), "shortest"),
			"id"));
	json_decref(report);
	report = EXPLORE(
		"cases", &status, "--scenario", "crossed_locks", "--replay", id, "--trace", dir);
	json_decref(report);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CU_ASSERT(has_step(dir, texts[i]));
		if (!has_step(dir, texts[i]))
			printf("# no '%s'\n", texts[i]);
	}
}

static void the_viewer_shows_the_step_at_the_cursor(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT_EQUAL(LAB("view", learner.dir), 0);
	CU_ASSERT(wg_has(learner.out, "\nstep "));
	CU_ASSERT(wg_has(learner.out, " scenario.c:"));
	CU_ASSERT(wg_has(learner.out, "sleeps for ever in pthread_cond_wait: nobody will notify"));
	wg_learner_fini();
}

static int ends[2]; /* a pipe: at its end once nobody of `wakegap lab view` is left */

static void view_here(void *tmp)
{
	const char *program = wg_build_path("wakegap");

	(void)close(ends[0]);
	(void)setenv("TERM", "xterm", 1);
	(void)setenv("TMPDIR", tmp, 1);
	(void)execl(program, program, "lab", "view", learner.dir, (char *)NULL);
}

/* A sleep that never ends has no length, not in the cursor's line and not in the title. */
static void says_no_length(const char *tmp)
{
	char script[600], *out = NULL;

	(void)snprintf(script, sizeof(script),
		"%s view --frame=100x30 --keys 'End Left' %s/wakegap-lab-*/01-first",
		wg_build_path("wakegap"), tmp);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, (const char *[]){ "sh", "-c", script, NULL }), 0);
	CU_ASSERT(
		wg_has(out, "/01-first ") && wg_has(out, ": sleeps for ever: nobody will notify"));
	CU_ASSERT(!wg_has(out, "nobody will notify for ") && !wg_has(out, "(to the end)"));
	CU_ASSERT(wg_has(out, " STUCK ") && !isdigit(strstr(out, " STUCK ")[7]));
	free(out);
}

/* signo, or 0: the terminal is closed. The viewer goes along, and so does the trace. */
static void ends_whole(int signo)
{
	const char *tmp = wg_tmpdir();
	struct pty *s;
	int status = 0;
	char byte;

	CU_ASSERT_EQUAL(chmod(tmp, 0755), 0); /* root compiles as somebody else */
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	s = pty_start(100, 30, view_here, (void *)(uintptr_t)tmp);
	(void)close(ends[1]);
	CU_ASSERT(pty_expect(s, "stuck"));
	CU_ASSERT(rmdir(tmp) < 0 && errno == ENOTEMPTY);
	says_no_length(tmp);
	if (signo) {
		CU_ASSERT_EQUAL(kill(s->pid, signo), 0);
		status = pty_finish(s);
	} else {
		(void)close(s->fd);
		CU_ASSERT_EQUAL(waitpid(s->pid, &status, 0), s->pid);
	}
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 128 + (signo ? signo : SIGHUP));
	CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 0);
	CU_ASSERT_EQUAL(rmdir(tmp), 0);
	(void)close(ends[0]);
	free(s);
}

static void the_viewer_ends_with_the_command(void)
{
	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	ends_whole(SIGTERM);
	ends_whole(0);
	wg_learner_fini();
}

void suite_lab_replay(void)
{
	WG_TEST(what_is_printed_stands_at_its_step);
	WG_TEST(much_is_cut_and_nothing_hangs);
	WG_TEST(a_crash_within_printf_is_a_finding);
	WG_TEST(replay_shows_it_and_check_does_not);
	WG_TEST(a_trace_has_the_steps);
	WG_TEST(the_viewer_shows_the_step_at_the_cursor);
	WG_TEST(the_viewer_ends_with_the_command);
}
