/*
 * guard.c: see guard.h.
 *
 * The static object is the price of signal handlers. It is set up before the first handler is
 * installed; after that the only writes to it append to `restore`, byte before length, by the
 * thread that the handlers interrupt.
 */
#include "viz/term/guard.h"

#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
static const int handled[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct {
	int pipe[2];
	int in_fd;
	struct termios tty;
	char restore[256];
	size_t restore_len;
	/* what was there before, and comes back */
	struct sigaction saved_fatal[COUNT(fatal)], saved_handled[COUNT(handled)];
	sigset_t saved_mask;
	stack_t saved_stack;
} guard = { .pipe = { -1, -1 }, .in_fd = -1 };

static void on_signal(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;

	/* A full pipe already holds a reason to look. */
	(void)!write(guard.pipe[1], &byte, 1);
	errno = saved;
}

/* SA_RESETHAND has put the default action back, so raising again ends as it would have. */
static void on_crash(int signo)
{
	(void)!write(STDOUT_FILENO, guard.restore, guard.restore_len);
	(void)tcsetattr(guard.in_fd, TCSANOW, &guard.tty);
	(void)raise(signo);
}

static void set_handler(int signo, void (*handler)(int), int flags, struct sigaction *ret_saved)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(signo, &action, ret_saved);
}

/* Last: what the caller held back comes now, and there is a handler for it. */
static void unblock(void)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < COUNT(handled); i++)
		(void)sigaddset(&set, handled[i]);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, &guard.saved_mask);
}

int wg_guard_start(int in_fd)
{
	static char memory[1 << 16];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };
	size_t i;

	guard.in_fd = in_fd;
	guard.restore_len = 0;
	if (tcgetattr(in_fd, &guard.tty) < 0 || sigaltstack(&stack, &guard.saved_stack) < 0 ||
		pipe2(guard.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	for (i = 0; i < COUNT(handled); i++) {
		struct sigaction *saved = &guard.saved_handled[i];

		set_handler(handled[i], on_signal, SA_RESTART, saved);
		if (handled[i] == SIGHUP && saved->sa_handler == SIG_IGN)
			(void)sigaction(SIGHUP, saved, NULL); /* nohup(1) */
	}
	/* On a stack of their own, because a crash may be the end of the usual one. */
	for (i = 0; i < COUNT(fatal); i++)
		set_handler(fatal[i], on_crash, SA_RESETHAND | SA_NODEFER | SA_ONSTACK,
			&guard.saved_fatal[i]);
	unblock();
	return 0;
}

int wg_guard_restore_byte(int byte)
{
	if (guard.restore_len < sizeof(guard.restore)) {
		guard.restore[guard.restore_len] = (char)byte;
		guard.restore_len++;
	}
	return byte;
}

void wg_guard_restore(const char *text)
{
	while (*text)
		(void)wg_guard_restore_byte(*text++);
}

int wg_guard_fd(void)
{
	return guard.pipe[0];
}

int wg_guard_next(void)
{
	unsigned char signo;

	return read(guard.pipe[0], &signo, 1) == 1 ? signo : 0;
}

void wg_guard_suspend(void)
{
	set_handler(SIGTSTP, SIG_DFL, 0, NULL);
	(void)raise(SIGTSTP);
	set_handler(SIGTSTP, on_signal, SA_RESTART, NULL);
}

/* Those that came too late for the loop. */
static int take_last(void)
{
	int signo, end = 0;

	while ((signo = wg_guard_next()) != 0) {
		if (signo != SIGTSTP && signo != SIGCONT && signo != SIGWINCH)
			end = signo;
	}
	return end;
}

int wg_guard_stop(void)
{
	int end;
	size_t i;

	if (guard.pipe[0] < 0)
		return 0;
	/* First: what is held back again meets no action of before. */
	(void)pthread_sigmask(SIG_SETMASK, &guard.saved_mask, NULL);
	end = take_last();
	for (i = 0; i < COUNT(handled); i++)
		(void)sigaction(handled[i], &guard.saved_handled[i], NULL);
	for (i = 0; i < COUNT(fatal); i++)
		(void)sigaction(fatal[i], &guard.saved_fatal[i], NULL);
	(void)sigaltstack(&guard.saved_stack, NULL);
	(void)close(guard.pipe[0]);
	(void)close(guard.pipe[1]);
	guard.pipe[0] = guard.pipe[1] = -1;
	return end;
}
