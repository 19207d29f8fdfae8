/*
 * test_term.c: the viewer on a real terminal, a pty of ours: it comes up, answers, sleeps when
 * nothing happens, and gives the terminal back however it ends.
 */
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "viz/app/app.h"
#include "viz/term/guard.h"
#include "viz/term/term.h"

#define LEAVE_SCREEN "\033[?1049l" /* rmcup of xterm-256color */

/* The child: the viewer, with a way to crash it. */
static void child(const char *term, const char *no_color)
{
	struct wg_trace *trace = fake_reads("tick", 20, 4, 10000000);
	const struct wg_trace *traces[] = { trace };
	struct wg_app app;

	if (term)
		(void)setenv("TERM", term, 1);
	else
		(void)unsetenv("TERM");
	(void)setenv("NO_COLOR", no_color, 1);
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	if (wg_app_init(&app, traces, 1, 80, 24, true) < 0)
		_exit(99);
	_exit(wg_term_run(&app));
}

struct how {
	const char *term, *no_color;
};

static void run_child(void *arg)
{
	const struct how *how = arg;

	child(how->term, how->no_color);
}

static struct pty *start(const char *term, const char *no_color)
{
	struct how how = { term, no_color };

	return pty_start(80, 24, run_child, &how);
}

static void it_comes_up_answers_and_leaves(void)
{
	struct pty *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(pty_expect(s, "wakegap view"));
	CU_ASSERT(pty_expect(s, "quit"));
	pty_keys(s, "x");
	CU_ASSERT(pty_expect(s, "no such key: x"));
	pty_keys(s, "?");
	CU_ASSERT(pty_expect(s, "leave the viewer"));
	pty_keys(s, "?w");
	CU_ASSERT(pty_expect(s, "interval 1 of 20"));
	pty_keys(s, "\033OC"); /* Right */
	pty_keys(s, "q");
	status = pty_finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(wg_has(s->seen, LEAVE_SCREEN));
	free(s);
}

static void ends_by(int signo)
{
	struct pty *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(pty_expect(s, "quit"));
	CU_ASSERT(kill(s->pid, signo) == 0);
	status = pty_finish(s);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signo);
	CU_ASSERT(wg_has(s->seen, LEAVE_SCREEN));
	free(s);
}

static void every_signal_gives_the_terminal_back(void)
{
	ends_by(SIGINT);
	ends_by(SIGTERM);
	ends_by(SIGHUP);
	ends_by(SIGQUIT);
}

static void a_crash_gives_the_terminal_back(void)
{
	ends_by(SIGSEGV);
	ends_by(SIGBUS);
	ends_by(SIGABRT);
	ends_by(SIGFPE);
}

/* The modes of the terminal, seen from the other end, are those of before. */
static void the_modes_come_back(void)
{
	static const int ends[] = { 0, SIGTERM, SIGSEGV };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct termios before, during, after;
		struct winsize size = { .ws_col = 80, .ws_row = 24 };
		struct pty s = { 0 };
		int slave, status;

		CU_ASSERT_FATAL(openpty(&s.fd, &slave, NULL, NULL, &size) == 0);
		CU_ASSERT(tcgetattr(slave, &before) == 0);
		s.pid = fork();
		if (s.pid == 0) {
			(void)close(s.fd);
			(void)login_tty(slave);
			child("xterm-256color", "");
		}
		CU_ASSERT(pty_expect(&s, "quit"));
		CU_ASSERT(tcgetattr(slave, &during) == 0);
		CU_ASSERT(!(during.c_lflag & ICANON) && (before.c_lflag & ICANON));
		if (ends[i])
			(void)kill(s.pid, ends[i]);
		else
			pty_keys(&s, "q");
		CU_ASSERT(pty_expect(&s, LEAVE_SCREEN));
		(void)waitpid(s.pid, &status, 0);
		CU_ASSERT(tcgetattr(slave, &after) == 0);
		CU_ASSERT(after.c_lflag == before.c_lflag && after.c_iflag == before.c_iflag);
		CU_ASSERT(after.c_oflag == before.c_oflag);
		(void)close(slave);
		(void)close(s.fd);
	}
}

/* Times the process has gone to sleep by itself, from the kernel. */
static long sleeps(pid_t pid)
{
	char path[64], line[256];
	long n = -1;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		(void)sscanf(line, "voluntary_ctxt_switches: %ld", &n);
	if (in)
		(void)fclose(in);
	return n;
}

/* The very thing this project is about: nothing to do, so no wake-up and no byte. */
static void an_idle_viewer_does_not_wake(void)
{
	struct pty *s = start("xterm-256color", "");
	long before;
	int i;

	CU_ASSERT(pty_expect(s, "quit"));
	for (i = 0; i < 3; i++)
		(void)pty_take(s, 100); /* the rest of the first screen */
	before = sleeps(s->pid);
	s->len = 0;
	(void)pty_take(s, 400);
	CU_ASSERT(before > 0);
	CU_ASSERT(sleeps(s->pid) == before);
	CU_ASSERT(s->len == 0);
	pty_keys(s, "q");
	(void)pty_finish(s);
	free(s);
}

static void a_step_costs_few_bytes(void)
{
	struct pty *s = start("xterm-256color", "");
	int i;

	CU_ASSERT(pty_expect(s, "quit"));
	for (i = 0; i < 3; i++)
		(void)pty_take(s, 100);
	s->len = 0;
	pty_keys(s, "l");
	for (i = 0; i < 3; i++)
		(void)pty_take(s, 100);
	CU_ASSERT(s->len > 0 && s->len < 1500);
	pty_keys(s, "q");
	(void)pty_finish(s);
	free(s);
}

static void resizing_draws_anew(void)
{
	struct winsize size = { .ws_col = 20, .ws_row = 5 };
	struct pty *s = start("xterm-256color", "");

	CU_ASSERT(pty_expect(s, "quit"));
	CU_ASSERT(ioctl(s->fd, TIOCSWINSZ, &size) == 0);
	CU_ASSERT(pty_expect(s, "is too small"));
	size = (struct winsize){ .ws_col = 100, .ws_row = 30 };
	CU_ASSERT(ioctl(s->fd, TIOCSWINSZ, &size) == 0);
	CU_ASSERT(pty_expect(s, "worker 3"));
	pty_keys(s, "q");
	(void)pty_finish(s);
	free(s);
}

static void it_stops_and_goes_on(void)
{
	struct pty *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(pty_expect(s, "quit"));
	CU_ASSERT(kill(s->pid, SIGTSTP) == 0);
	CU_ASSERT(pty_expect(s, LEAVE_SCREEN));
	/* An orphaned process group is not stopped by the terminal's stop signal; then it goes on
	 * at once, which is as right. */
	CU_ASSERT(kill(s->pid, SIGCONT) == 0);
	CU_ASSERT(pty_expect(s, "wakegap view"));
	pty_keys(s, "q");
	status = pty_finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free(s);
}

static void colours_only_where_wanted(void)
{
	struct pty *s = start("xterm-256color", "");

	CU_ASSERT(pty_expect(s, "38;5;208m"));
	pty_keys(s, "q");
	(void)pty_finish(s);
	free(s);
	s = start("xterm-256color", "1");
	pty_keys(s, "q"); /* waits in the terminal until it is read */
	(void)pty_finish(s);
	CU_ASSERT(wg_has(s->seen, "WASTED"));
	CU_ASSERT(!wg_has(s->seen, "38;5;"));
	free(s);
	s = start("xterm", ""); /* 8 colours */
	CU_ASSERT(pty_expect(s, "\033[33m"));
	pty_keys(s, "q");
	(void)pty_finish(s);
	free(s);
}

static void refused(const char *term, const char *why)
{
	struct pty *s = start(term, "");
	int status = pty_finish(s);

	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CU_ASSERT(wg_has(s->seen, why));
	CU_ASSERT(wg_has(s->seen, "--frame"));
	free(s);
}

static void terminals_it_cannot_use_are_named(void)
{
	refused(NULL, "TERM is not set");
	refused("no-such-terminal", "'no-such-terminal'");
	refused("dumb", "'dumb'");
}

static void a_vanished_terminal_ends_it(void)
{
	struct pty *s = start("xterm-256color", "");
	int status = -1;

	CU_ASSERT(pty_expect(s, "quit"));
	(void)close(s->fd);
	(void)waitpid(s->pid, &status, 0);
	CU_ASSERT(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 1));
	free(s);
}

static bool is_ignored(int signo)
{
	struct sigaction now;

	return sigaction(signo, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* As under nohup(1), which has SIGHUP ignored; and what others ignored is ignored afterwards. */
static void what_was_ignored_stays_so(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, saved[2];
	int master, slave;

	CU_ASSERT_FATAL(openpty(&master, &slave, NULL, NULL, NULL) == 0);
	(void)sigaction(SIGHUP, &ignore, &saved[0]);
	(void)sigaction(SIGINT, &ignore, &saved[1]);
	CU_ASSERT_EQUAL(wg_guard_start(slave), 0);
	CU_ASSERT(is_ignored(SIGHUP));
	CU_ASSERT(!is_ignored(SIGINT));
	wg_guard_stop();
	CU_ASSERT(is_ignored(SIGHUP));
	CU_ASSERT(is_ignored(SIGINT));
	(void)sigaction(SIGHUP, &saved[0], NULL);
	(void)sigaction(SIGINT, &saved[1], NULL);
	(void)close(master);
	(void)close(slave);
}

void suite_term(void)
{
	WG_TEST(what_was_ignored_stays_so);
	WG_TEST(it_comes_up_answers_and_leaves);
	WG_TEST(every_signal_gives_the_terminal_back);
	WG_TEST(a_crash_gives_the_terminal_back);
	WG_TEST(the_modes_come_back);
	WG_TEST(an_idle_viewer_does_not_wake);
	WG_TEST(a_step_costs_few_bytes);
	WG_TEST(resizing_draws_anew);
	WG_TEST(it_stops_and_goes_on);
	WG_TEST(colours_only_where_wanted);
	WG_TEST(terminals_it_cannot_use_are_named);
	WG_TEST(a_vanished_terminal_ends_it);
}
