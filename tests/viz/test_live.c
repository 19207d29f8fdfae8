/*
 * test_live.c: `wakegap live`: it follows, pauses, goes back, leaves the program running and
 * nothing else behind. L1 to L3 of command.h.
 *
 * Everything waits for facts, until a deadline. Others may use the session daemon at the same time,
 * so sessions are looked for by the pid in their names.
 */
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <pty.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/viz/live_run.h"

/* ---- mistakes ---- */

static int live(char **err, const char *const more[])
{
	const char *argv[16] = { wg_build_path("wakegap"), "live" };
	size_t i;

	for (i = 0; i < 13 && more[i]; i++)
		argv[i + 2] = more[i];
	return wg_run(NULL, err, argv);
}

/* It accepts the connection, and nothing more comes. */
static void a_silent_relay_daemon_is_not_waited_for(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char url[64], *err = NULL;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_FATAL(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
			listen(fd, 5) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	(void)snprintf(url, sizeof(url), "net://127.0.0.1:%u/host/a/b", ntohs(at.sin_port));
	CU_ASSERT_EQUAL(live(&err, (const char *const[]){ "--for", "200ms", url, NULL }), 1);
	CU_ASSERT(wg_has(err, "does not answer"));
	free(err);
	(void)close(fd);
}

static void mistakes_are_one_line_each(void)
{
	static const struct {
		const char *argv[4];
		int status;
		const char *line;
	} cases[] = {
		{ { NULL }, 2, "which command, or which session?" },
		{ { "net://127.0.0.1/x" }, 2, "net://HOST[:PORT]/host/NAME/SESSION" },
		{ { "http://127.0.0.1/host/a/b" }, 2, "is not a live session" },
		{ { "net://127.0.0.1:1/host/a/b" }, 1, "no relay daemon answers at" },
		{ { "--window", "x", "true" }, 2, "--window takes a time" },
		{ { "--events", "5", "true" }, 2, "--events takes" },
		{ { "--events", "18446744073709553K", "true" }, 2, "--events takes" },
		{ { "--events", "101M", "true" }, 2, "--events takes" },
		{ { "--frame", "9x9", "true" }, 2, "--frame: 9x9 is too small" },
		{ { "--background", "pink", "true" }, 2,
			"--background: no 'pink'; there are light and dark" },
		{ { "no-such-command-here" }, 1, "no such command" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *err = NULL;

		CU_ASSERT_EQUAL(live(&err, cases[i].argv), cases[i].status);
		CU_ASSERT(wg_has(err, cases[i].line));
		CU_ASSERT(err && strchr(err, '\n') == strrchr(err, '\n'));
		free(err);
	}
}

static void a_missing_relay_daemon_is_named(void)
{
	char *err = NULL;

	(void)setenv("LTTNG_RELAYD_PATH", "/no/such/lttng-relayd", 1);
	CU_ASSERT_EQUAL(live(&err, (const char *const[]){ "--with", "lttng", "true", NULL }), 1);
	(void)unsetenv("LTTNG_RELAYD_PATH");
	CU_ASSERT(wg_has(err, "cannot run lttng-relayd: LTTNG_RELAYD_PATH is '/no/such"));
	free(err);
}

/* ---- a real program ---- */

static void the_screen_follows_a_program(void)
{
	struct live_run run;
	const struct wg_scale *scale = &run.view.app.scale;
	int64_t from;
	pid_t pid;

	if (live_lacks_lttng())
		return;
	CU_ASSERT_FATAL(live_run_start(&run, live_workload("1000000")));
	CU_ASSERT(live_run_until_events(&run, 100));
	CU_ASSERT(live_run_until_events(&run, run.view.title.events + 100));
	CU_ASSERT(run.view.title.is_following && wg_scale_end(scale) > run.view.app.end_ns);
	CU_ASSERT_EQUAL(run.view.app.panes[0].trace->lanes[0].kind, WG_LANE_LOOP);
	/* The very first event was read: the command waited for the reader. */
	CU_ASSERT_STRING_EQUAL(run.view.app.panes[0].figures.strategy, "tick");
	(void)wg_live_view_key(&run.view, ' ', 0);
	from = scale->from_ns;
	CU_ASSERT(live_run_until_events(&run, run.view.title.events + 100));
	CU_ASSERT_EQUAL(scale->from_ns, from);
	CU_ASSERT(scale->step_ns > 1000000);
	pid = run.view.status.pid;
	live_run_leave(&run);
	/* L2, L1 */
	CU_ASSERT_EQUAL(kill(pid, 0), 0);
	CU_ASSERT(!live_has_session(getpid()));
	CU_ASSERT_EQUAL(wg_live_check(run.url, 10000, NULL, NULL, NULL), -ECONNREFUSED);
	live_kill(pid);
}

static void it_shows_the_end_and_passes_the_status_on(void)
{
	char *out = NULL, *err = NULL, log[400];
	int status;

	if (live_lacks_lttng())
		return;
	status = wg_run(&out, &err,
		(const char *const[]){ wg_build_path("wakegap"), "live", "--only", "--frame",
			"120x30", "--", wg_build_path("wakegap-workload"), "read", "--file",
			wg_build_path("wakegap-workload"), "--wait", "tick", "--passes", "1",
			NULL });
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT(wg_has(out, "ended") && wg_has(out, "0 discarded"));
	CU_ASSERT(wg_has(out, "loop 1 tick"));
	CU_ASSERT(wg_has(err, "events, 0 discarded; shown "));
	free(out);
	free(err);
	err = NULL;
	CU_ASSERT_EQUAL(live(&err, (const char *const[]){ "--with", "lttng", "--", "/bin/sh", "-c",
					   "exit 7", NULL }),
		7);
	free(err);
	/* A command that fails says why. */
	(void)snprintf(log, sizeof(log), "%s/log", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_run(&out, &err,
				(const char *const[]){ wg_build_path("wakegap"), "live", "--with",
					"lttng", "--log", log, "--frame", "100x20", "--", "/bin/sh",
					"-c", "echo no disk; exit 3", NULL }),
		3);
	CU_ASSERT(wg_has(out, "sh emitted no wakegap events: it ended with status 3"));
	CU_ASSERT(wg_has(err, "/bin/sh ended with status 3: no disk"));
	free(out);
	free(err);
}

static void it_says_in_words_what_the_screen_shows(void)
{
	char *out = NULL, *err = NULL;

	if (live_lacks_lttng())
		return;
	CU_ASSERT_EQUAL(wg_run(&out, &err,
				(const char *const[]){ wg_build_path("wakegap"), "live", "--only",
					"--text", "--no-mouse", "--background", "light", "--",
					wg_build_path("wakegap-workload"), "storm", "--wait",
					"futex", "--ops", "100", NULL }),
		0);
	CU_ASSERT(wg_has(out, "live: wakegap-workload, ended, "));
	CU_ASSERT(wg_has(out, "0 discarded, kept ") && wg_has(out, "of 1000k, 60.0 s"));
	CU_ASSERT(wg_has(out, "verdict: ") && wg_has(out, "lane: loop 1 futex"));
	free(out);
	free(err);
}

static void somebody_elses_session_is_shown_and_left_alone(void)
{
	struct live_run run;
	struct live_viewer viewer;
	struct wg_error err;
	char other[512];

	if (live_lacks_lttng())
		return;
	CU_ASSERT_FATAL(live_run_prepare(&run, live_workload("20")));
	(void)snprintf(other, sizeof(other), "%sx", run.url);
	CU_ASSERT_EQUAL(wg_live_check(other, 10000, NULL, NULL, &err), -ENOENT);
	CU_ASSERT(wg_has(err.text, "there is no session"));
	CU_ASSERT(live_viewer_start(&viewer, run.url));
	/* It is attached when the session has its one client. */
	CU_ASSERT(live_until_checked(run.url, -EBUSY));
	CU_ASSERT_EQUAL(wg_command_release(run.command, &err), 0);
	CU_ASSERT(live_run_until_ended(&run));
	CU_ASSERT_EQUAL(live_viewer_finish(&viewer), 0);
	CU_ASSERT(wg_has(viewer.out, "ended") && wg_has(viewer.out, "loop 1 tick"));
	free(viewer.out);
	live_run_leave(&run);
}

/* ---- on a terminal, and killed ---- */

static pid_t on_terminal(int *ret_fd, const char *passes)
{
	struct winsize size = { .ws_col = 90, .ws_row = 26 };
	pid_t pid = forkpty(ret_fd, NULL, NULL, &size);

	if (pid == 0) {
		char *const *workload = live_workload(passes);

		(void)setenv("TERM", "xterm-256color", 1);
		(void)execl(wg_build_path("wakegap"), "wakegap", "live", "--only", "--ascii", "--",
			workload[0], workload[1], workload[2], workload[3], workload[4],
			workload[5], workload[6], workload[7], (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void check_leaving(const char *keys, int expected)
{
	static char seen[1 << 20];
	const char *at;
	int fd, status = 0;
	size_t len;
	pid_t pid = on_terminal(&fd, "1000000"), command;

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT(live_expect(fd, "following", seen, sizeof(seen)));
	CU_ASSERT(live_expect(fd, "loop 1 tick", seen, sizeof(seen)));
	CU_ASSERT_EQUAL(write(fd, keys, strlen(keys)), (ssize_t)strlen(keys));
	CU_ASSERT(live_expect(fd, "keeps running as process ", seen, sizeof(seen)));
	len = strlen(seen);
	(void)live_expect(fd, "\n", seen + len, sizeof(seen) - len);
	at = strstr(seen, "keeps running as process ");
	command = at ? (pid_t)strtol(at + strlen("keeps running as process "), NULL, 10) : 0;
	while (live_expect(fd, "never", seen, sizeof(seen)))
		;
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), expected);
	(void)close(fd);
	CU_ASSERT(!live_has_session(pid));
	CU_ASSERT_FATAL(command > 1);
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	(void)kill(command, SIGKILL);
}

static void leaving_leaves_the_program_running(void)
{
	if (live_lacks_lttng())
		return;
	check_leaving("q", 0);
	check_leaving("\003", 128 + SIGINT); /* Ctrl-C is the viewer's, not the program's */
}

/* SIGKILL at any moment: the guardian cleans up, the program goes on. */
static void killed_it_leaves_nothing(void)
{
	struct live_viewer viewer;
	const char *tmp = wg_tmpdir();
	pid_t guard, relay, command;

	if (live_lacks_lttng())
		return;
	(void)setenv("TMPDIR", tmp, 1);
	CU_ASSERT_FATAL(live_viewer_start_command(&viewer));
	(void)unsetenv("TMPDIR");
	guard = live_child_of(viewer.pid, "wakegap-guard");
	relay = live_child_of(guard, "lttng-relayd");
	command = live_child_of(viewer.pid, "sleep");
	CU_ASSERT(guard > 0 && relay > 0 && command > 0);
	CU_ASSERT(live_has_session(viewer.pid));
	CU_ASSERT(!live_is_empty(tmp));
	(void)kill(viewer.pid, SIGKILL);
	CU_ASSERT_EQUAL(live_viewer_finish(&viewer), 128 + SIGKILL);
	free(viewer.out);
	CU_ASSERT(live_until_gone(relay));
	CU_ASSERT(live_until_gone(guard));
	CU_ASSERT(!live_has_session(viewer.pid));
	CU_ASSERT(live_is_empty(tmp));
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	(void)kill(command, SIGKILL);
}

/* Attaching anew would hide it, and lose what was buffered. */
static void a_reader_without_memory_says_so(void)
{
	struct live_run run;
	struct wg_error err = { 0, "" };
	int nth;

	if (live_lacks_lttng())
		return;
	CU_ASSERT_FATAL(live_run_prepare(&run, live_workload("1")));
	for (nth = 1; nth <= 2; nth++) {
		wg_fault_alloc_in_threads(nth);
		CU_ASSERT_EQUAL_FATAL(wg_live_open(run.url, &run.live, &err), 0);
		wg_fault_alloc_in_threads(WG_FAULT_NEVER);
		CU_ASSERT_EQUAL(wg_live_wait(run.live, 20000, &err), -EIO);
		CU_ASSERT(wg_has(err.text, "out of memory"));
		wg_live_close(run.live);
		run.live = NULL;
	}
	live_run_leave(&run);
}

void suite_live(void)
{
	WG_TEST(mistakes_are_one_line_each);
	WG_TEST(a_missing_relay_daemon_is_named);
	WG_TEST(a_silent_relay_daemon_is_not_waited_for);
	WG_TEST(the_screen_follows_a_program);
	WG_TEST(it_shows_the_end_and_passes_the_status_on);
	WG_TEST(it_says_in_words_what_the_screen_shows);
	WG_TEST(somebody_elses_session_is_shown_and_left_alone);
	WG_TEST(leaving_leaves_the_program_running);
	WG_TEST(killed_it_leaves_nothing);
	WG_TEST(a_reader_without_memory_says_so);
}
