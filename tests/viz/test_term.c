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
#include "viz/term/input.h"
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
	pty_keys(s, "X");
	CU_ASSERT(pty_expect(s, "no such key: X"));
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

/* What the input makes of bytes, a dot for what it swallows at a pause. */
static const char *made_of(const char *bytes)
{
	static char keys[64];
	struct wg_input input = { 0 };
	size_t n = 0;
	uint32_t key;

	for (; *bytes && n + 2 < sizeof(keys); bytes++) {
		key = wg_input_feed(&input, (unsigned char)*bytes);
		if (key)
			keys[n++] = key < 0x80 ? (char)key : key == WG_KEY_UP ? '^' : '#';
	}
	key = wg_input_pause(&input);
	if (key)
		keys[n++] = key == 0x1b ? '!' : '#';
	keys[n] = '\0';
	return keys;
}

static void what_is_no_key_is_swallowed_whole(void)
{
	static const char *const table[][2] = {
		{ "a\033[13;2ub", "ab" },     /* Shift-Enter */
		{ "a\033qb\033mc", "abc" },   /* Alt */
		{ "\033[I\033[Ox", "x" },     /* the focus */
		{ "\033[?62;1;6;22cx", "x" }, /* what terminal are you? */
		{ "\033[>0;276;0cx", "x" },
		{ "\033]11;rgb:1e1e/1e1e/1e1e\007x", "x" }, /* which background? */
		{ "\033]10;rgb:ffff/qqqq/1e1e\033\\x", "x" },
		{ "\033P1+r544e=787465726d\033\\x", "x" },
		{ "\033P>|XTerm(370)\033\\\033[24;80Rx", "x" }, { "\033O2Px\033OPy", "xy" },
		{ "\033[1;5Ax", "x" }, { "\033\033[Ax", "^x" }, { "\033", "!" }, { "a\033", "a!" },
		{ "\033[200~gap>1ms\nq\nls\n\033[201~z", "gap>1ms q ls z" },
		{ "\033[200~\033[A\tx\033[201~", "^ x" },
		{ "\033[<0;1;1M", "#0;1;1M" }, /* sgr.c takes over after the # */
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CU_ASSERT_STRING_EQUAL(made_of(table[i][0]), table[i][1]);
}

/* On a terminal: neither leaves the viewer, and a sequence may come in pieces. */
static void pasted_text_is_not_typed(void)
{
	struct pty *s = start("xterm-256color", "");
	int status;

	CU_ASSERT(pty_expect(s, "\033[?2004h"));
	CU_ASSERT(pty_expect(s, "quit"));
	pty_keys(s, "\033[200~q\nls\nq\033[201~?");
	CU_ASSERT(pty_expect(s, "leave the viewer"));
	pty_keys(s, "?/\033[200~late\nq\nl");
	CU_ASSERT(pty_expect(s, "late q l"));
	pty_keys(s, "s\n\033[20");
	CU_ASSERT(pty_expect(s, "s"));
	pty_keys(s, "1~\033]11;rgb:qq");
	pty_keys(s, "qq/q\033\\\033qZ");
	CU_ASSERT(pty_expect(s, "Z"));
	pty_keys(s, "\033");
	CU_ASSERT(pty_expect(s, "quit"));
	pty_keys(s, "q");
	status = pty_finish(s);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(wg_has(s->seen, "\033[?2004l"));
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
		/* A signal key discards no key that poll(2) saw: no read(2) is left to sleep. */
		CU_ASSERT(during.c_lflag & NOFLSH);
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
	CU_ASSERT(wg_has(s->seen, "try TERM=xterm-256color"));
	CU_ASSERT(wg_has(s->seen, "--frame"));
	free(s);
}

static void terminals_it_cannot_use_are_named(void)
{
	refused(NULL, "TERM is not set");
	refused("no-such-terminal", "'no-such-terminal'");
	refused("dumb", "'dumb'");
}

/* SIGHUP comes to the foreground of a terminal, unless nohup(1) has it ignored. */
static void a_vanished_terminal_ends_it(void)
{
	struct sigaction how = { .sa_handler = SIG_DFL }, saved;
	struct pty *s;
	int status, is_ignored;

	for (is_ignored = 0; is_ignored < 2; is_ignored++) {
		how.sa_handler = is_ignored ? SIG_IGN : SIG_DFL;
		(void)sigaction(SIGHUP, &how, &saved);
		s = start("xterm-256color", "");
		(void)sigaction(SIGHUP, &saved, NULL);
		CU_ASSERT(pty_expect(s, "quit"));
		(void)close(s->fd);
		CU_ASSERT_EQUAL(waitpid(s->pid, &status, 0), s->pid);
		if (is_ignored)
			CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		free(s);
	}
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
	WG_TEST(what_is_no_key_is_swallowed_whole);
	WG_TEST(pasted_text_is_not_typed);
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
