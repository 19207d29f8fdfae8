/*
 * test_progress.c: the line that says how far reading is: on a terminal, of each command that reads
 * whole traces, wiped before anything else is printed there; also before the shell's prompt.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "traces/query/query.h"
#include "traces/read/read.h"
#include "viz/base/progress.h"
#include "viz/cmd/commands.h"

#define ARGS 8

static char sample[512];

static const struct call {
	const struct wg_cmd *cmd;
	const char *argv[ARGS];
	bool needs_sqlite;
} calls[] = {
	{ &wg_cmd_stats, { "stats", sample }, false },
	{ &wg_cmd_check, { "check", sample, "--min-ops", "1" }, false },
	{ &wg_cmd_export, { "export", sample, "--format", "csv", "-o", "/dev/null" }, false },
	{ &wg_cmd_export, { "export", sample, "--format", "svg", "-o", "/dev/null" }, false },
	{ &wg_cmd_export, { "export", sample, "--format", "perfetto", "-o", "/dev/null" }, false },
	{ &wg_cmd_query, { "query", sample, "SELECT 'GAPS', count(*) FROM gaps" }, true },
};

static void run_call(void *arg)
{
	const struct call *call = arg;
	char *argv[ARGS] = { NULL };
	int argc, status;

	wg_progress_after(0);
	for (argc = 0; call->argv[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)call->argv[argc];
	status = call->cmd->main(argc, argv);
	(void)fflush(stdout);
	_exit(status);
}

static struct pty *start(const struct call *call, void (*child)(void *))
{
	(void)snprintf(sample, sizeof(sample), "%s", wg_sample("tick"));
	return pty_start(80, 24, child, (void *)(uintptr_t)call);
}

/* What is printed comes after it is wiped. */
static void each_command_says_how_far_it_is(void)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct pty *s;
		int status;

		if (calls[i].needs_sqlite && !wg_query_available())
			continue;
		s = start(&calls[i], run_call);
		CU_ASSERT(pty_expect(s, "\rreading "));
		CU_ASSERT(pty_expect(s, "events\033[K"));
		CU_ASSERT(pty_expect(s, "\r\033[K"));
		status = pty_finish(s);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		CU_ASSERT(!strstr(s->seen, "reading"));
		free(s);
	}
}

/* ---- nothing elsewhere ---- */

static void run_into_a_file(void *arg)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)dup2(fd, STDERR_FILENO);
	run_call(arg);
}

static void run_rows(void *arg)
{
	static const struct call rows = { &wg_cmd_export, { "export", sample, "--format", "csv" },
		false };

	(void)arg;
	run_call((void *)(uintptr_t)&rows);
}

static void check_silent(void (*child)(void *))
{
	struct pty *s = start(&calls[2], child);
	int status = pty_finish(s);

	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(!strstr(s->seen, "reading"));
	free(s);
}

/* Neither where nobody looks, nor among rows that go to the same terminal. */
static void other_places_have_no_line(void)
{
	check_silent(run_into_a_file);
	check_silent(run_rows);
}

/* ---- signals ---- */

/* A trace that is never read to its end; the line stands. */
static void read_on(void *arg)
{
	static const struct rlimit no_core = { 0, 0 };
	struct wg_reader *reader = NULL;
	struct wg_error err;

	(void)arg;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	wg_progress_after(0);
	wg_progress_start();
	if (wg_reader_open(sample, &reader, &err) == 0)
		(void)pause();
	_exit(1);
}

static void ignore_and_read_on(void *arg)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGHUP, &ignore, NULL);
	read_on(arg);
}

/* So the prompt stands alone on its line. */
static void a_signal_wipes_it(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct pty *s = start(NULL, read_on);
		int status;

		CU_ASSERT(pty_expect(s, "\rreading "));
		CU_ASSERT(pty_expect(s, "events\033[K"));
		if (signals[i] == SIGINT)
			pty_keys(s, "\003"); /* Ctrl-C: the terminal writes ^C behind the line */
		else
			CU_ASSERT_EQUAL(kill(s->pid, signals[i]), 0);
		CU_ASSERT(pty_expect(s, "\r\033[K"));
		status = pty_finish(s);
		CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
		CU_ASSERT_STRING_EQUAL(s->seen, "");
		free(s);
	}
}

static void an_ignored_signal_stays_ignored(void)
{
	struct pty *s = start(NULL, ignore_and_read_on);
	int status;

	CU_ASSERT(pty_expect(s, "events\033[K"));
	CU_ASSERT_EQUAL(kill(s->pid, SIGHUP), 0);
	CU_ASSERT_EQUAL(kill(s->pid, SIGTERM), 0);
	status = pty_finish(s);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	free(s);
}

void suite_progress(void)
{
	WG_TEST(each_command_says_how_far_it_is);
	WG_TEST(other_places_have_no_line);
	WG_TEST(a_signal_wipes_it);
	WG_TEST(an_ignored_signal_stays_ignored);
}
