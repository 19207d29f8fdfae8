/*
 * test_term.c: the viewer on a real terminal, a pty of ours: it comes up, answers, sleeps when
 * nothing happens, and gives the terminal back however it ends.
 */
#include <errno.h>
#include <poll.h>
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

#include "tests/fake_trace.h"
#include "tests/harness.h"
#include "viz/app.h"
#include "viz/term.h"

#define LEAVE_SCREEN "\033[?1049l" /* rmcup of xterm-256color */

struct session {
	pid_t pid;
	int fd;
	char seen[1 << 18]; /* all output since the last expect() */
	size_t len;
};

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

static struct session *start(const char *term, const char *no_color)
{
	struct winsize size = { .ws_col = 80, .ws_row = 24 };
	struct session *s = calloc(1, sizeof(*s));

	CU_ASSERT_FATAL(s != NULL);
	s->pid = forkpty(&s->fd, NULL, NULL, &size);
	CU_ASSERT_FATAL(s->pid >= 0);
	if (s->pid == 0)
		child(term, no_color);
	return s;
}

/* Take what comes within ms of quiet; false once the terminal is closed. */
static bool take(struct session *s, int ms)
{
	struct pollfd fd = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	n = read(s->fd, s->seen + s->len, sizeof(s->seen) - 1 - s->len);
	if (n <= 0)
		return false;
	s->len += (size_t)n;
	s->seen[s->len] = '\0';
	return true;
}

/* Read until text has come, for at most some seconds; forget all up to and with it. */
static bool expect(struct session *s, const char *text)
{
	char *at = strstr(s->seen, text);
	int i;

	for (i = 0; i < 500 && !at && take(s, 10); i++)
		at = strstr(s->seen, text);
	if (!at)
		return false;
	at += strlen(text);
	s->len -= (size_t)(at - s->seen);
	memmove(s->seen, at, s->len + 1);
	return true;
}

/* Read to the end; the status of the child as waitpid() tells it. */
static int finish(struct session *s)
{
	int status = -1, i;

	for (i = 0; i < 500 && take(s, 10); i++)
		;
	(void)waitpid(s->pid, &status, 0);
	(void)close(s->fd);
	return status;
}

static void keys(struct session *s, const char *text)
{
	CU_ASSERT(write(s->fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void it_comes_up_answers_and_leaves(void)
{
	struct session *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(expect(s, "wakegap view"));
	CU_ASSERT(expect(s, "quit"));
	keys(s, "x");
	CU_ASSERT(expect(s, "no such key: x"));
	keys(s, "?");
	CU_ASSERT(expect(s, "leave the viewer"));
	keys(s, "?w");
	CU_ASSERT(expect(s, "interval 1 of 20"));
	keys(s, "\033OC"); /* Right */
	keys(s, "q");
	status = finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(wg_has(s->seen, LEAVE_SCREEN));
	free(s);
}

static void ends_by(int signo)
{
	struct session *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(expect(s, "quit"));
	CU_ASSERT(kill(s->pid, signo) == 0);
	status = finish(s);
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
		struct session s = { 0 };
		int slave, status;

		CU_ASSERT_FATAL(openpty(&s.fd, &slave, NULL, NULL, &size) == 0);
		CU_ASSERT(tcgetattr(slave, &before) == 0);
		s.pid = fork();
		if (s.pid == 0) {
			(void)close(s.fd);
			(void)login_tty(slave);
			child("xterm-256color", "");
		}
		CU_ASSERT(expect(&s, "quit"));
		CU_ASSERT(tcgetattr(slave, &during) == 0);
		CU_ASSERT(!(during.c_lflag & ICANON) && (before.c_lflag & ICANON));
		if (ends[i])
			(void)kill(s.pid, ends[i]);
		else
			keys(&s, "q");
		CU_ASSERT(expect(&s, LEAVE_SCREEN));
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
	struct session *s = start("xterm-256color", "");
	long before;
	int i;

	CU_ASSERT(expect(s, "quit"));
	for (i = 0; i < 3; i++)
		(void)take(s, 100); /* the rest of the first screen */
	before = sleeps(s->pid);
	s->len = 0;
	(void)take(s, 400);
	CU_ASSERT(before > 0);
	CU_ASSERT(sleeps(s->pid) == before);
	CU_ASSERT(s->len == 0);
	keys(s, "q");
	(void)finish(s);
	free(s);
}

static void a_step_costs_few_bytes(void)
{
	struct session *s = start("xterm-256color", "");
	int i;

	CU_ASSERT(expect(s, "quit"));
	for (i = 0; i < 3; i++)
		(void)take(s, 100);
	s->len = 0;
	keys(s, "l");
	for (i = 0; i < 3; i++)
		(void)take(s, 100);
	CU_ASSERT(s->len > 0 && s->len < 1500);
	keys(s, "q");
	(void)finish(s);
	free(s);
}

static void resizing_draws_anew(void)
{
	struct winsize size = { .ws_col = 20, .ws_row = 5 };
	struct session *s = start("xterm-256color", "");

	CU_ASSERT(expect(s, "quit"));
	CU_ASSERT(ioctl(s->fd, TIOCSWINSZ, &size) == 0);
	CU_ASSERT(expect(s, "is too small"));
	size = (struct winsize){ .ws_col = 100, .ws_row = 30 };
	CU_ASSERT(ioctl(s->fd, TIOCSWINSZ, &size) == 0);
	CU_ASSERT(expect(s, "worker 3"));
	keys(s, "q");
	(void)finish(s);
	free(s);
}

static void it_stops_and_goes_on(void)
{
	struct session *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(expect(s, "quit"));
	CU_ASSERT(kill(s->pid, SIGTSTP) == 0);
	CU_ASSERT(expect(s, LEAVE_SCREEN));
	/* An orphaned process group is not stopped by the terminal's stop signal; then it goes on
	 * at once, which is as right. */
	CU_ASSERT(kill(s->pid, SIGCONT) == 0);
	CU_ASSERT(expect(s, "wakegap view"));
	keys(s, "q");
	status = finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free(s);
}

static void colours_only_where_wanted(void)
{
	struct session *s = start("xterm-256color", "");

	CU_ASSERT(expect(s, "38;5;208m"));
	keys(s, "q");
	(void)finish(s);
	free(s);
	s = start("xterm-256color", "1");
	keys(s, "q"); /* waits in the terminal until it is read */
	(void)finish(s);
	CU_ASSERT(wg_has(s->seen, "WASTED"));
	CU_ASSERT(!wg_has(s->seen, "38;5;"));
	free(s);
	s = start("xterm", ""); /* 8 colours */
	CU_ASSERT(expect(s, "\033[33m"));
	keys(s, "q");
	(void)finish(s);
	free(s);
}

static void refused(const char *term, const char *why)
{
	struct session *s = start(term, "");
	int status = finish(s);

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
	struct session *s = start("xterm-256color", "");
	int status = -1;

	CU_ASSERT(expect(s, "quit"));
	(void)close(s->fd);
	(void)waitpid(s->pid, &status, 0);
	CU_ASSERT(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 1));
	free(s);
}

void suite_term(void)
{
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
