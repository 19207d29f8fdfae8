/*
 * stepped.c: see stepped.h. By ptrace(2), of a child that asked for it.
 */
#include "tests/harness/stepped.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"

#define LIMIT_S 30

bool stepped_allowed(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void run(void *arg)
{
	static const struct rlimit no_core = { 0, 0 };
	char *const *argv = arg;
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)setenv("TERM", "xterm-256color", 1);
	/* The leak checker is a tracer too, and a process has one at most. */
	(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		(void)execv(argv[0], argv);
	_exit(127);
}

/* Until it has stopped or ended; what it says is taken meanwhile, so that it never waits for us. */
static bool await(struct stepped *s)
{
	struct wg_patience patience = wg_patience(LIMIT_S);
	struct pollfd fds[2] = { { .fd = s->child_fd, .events = POLLIN },
		{ .fd = s->pty->fd, .events = POLLIN } };
	struct signalfd_siginfo info;
	pid_t got;

	while ((got = waitpid(s->pty->pid, &s->status, WNOHANG)) == 0) {
		CU_ASSERT_FATAL(wg_patience_lasts(&patience));
		if (poll(fds, 2, 500) <= 0)
			continue;
		if (fds[0].revents)
			(void)!read(s->child_fd, &info, sizeof(info));
		if (fds[1].revents && !pty_take(s->pty, 0))
			fds[1].fd = -1;
	}
	CU_ASSERT_EQUAL_FATAL(got, s->pty->pid);
	s->has_ended = !WIFSTOPPED(s->status);
	return !s->has_ended;
}

struct stepped *stepped_start(int cols, int rows, char *const *argv)
{
	struct stepped *s = calloc(1, sizeof(*s));
	sigset_t set;

	CU_ASSERT_FATAL(s != NULL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	s->child_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	CU_ASSERT_FATAL(s->child_fd >= 0);
	s->pty = pty_start(cols, rows, run, (void *)(uintptr_t)argv);
	CU_ASSERT_FATAL(await(s));
	CU_ASSERT_EQUAL_FATAL(ptrace(PTRACE_SETOPTIONS, s->pty->pid, NULL,
				      PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL),
		0);
	return s;
}

static bool look(const struct stepped *s, struct __ptrace_syscall_info *ret)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, s->pty->pid, sizeof(*ret), ret) > 0 &&
	       ret->op == PTRACE_SYSCALL_INFO_ENTRY;
}

bool stepped_next(struct stepped *s)
{
	struct __ptrace_syscall_info info;
	int signo = 0;

	do {
		if (ptrace(PTRACE_SYSCALL, s->pty->pid, NULL, signo) != 0 || !await(s))
			return false;
		signo = WSTOPSIG(s->status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(s->status);
	} while (signo || !look(s, &info));
	return true;
}

bool stepped_writes(const struct stepped *s, char byte)
{
	struct __ptrace_syscall_info info;
	char first;
	long word;

	if (s->has_ended || !look(s, &info) || info.entry.nr != SYS_write ||
		info.entry.args[2] != 1)
		return false;
	word = ptrace(PTRACE_PEEKDATA, s->pty->pid, info.entry.args[1], NULL);
	memcpy(&first, &word, 1);
	return first == byte;
}

bool stepped_exits(const struct stepped *s)
{
	struct __ptrace_syscall_info info;

	return !s->has_ended && look(s, &info) && info.entry.nr == SYS_exit_group;
}

char *stepped_finish(struct stepped *s, int *ret_status)
{
	int signo = 0;
	char *said;

	while (!s->has_ended) {
		(void)ptrace(PTRACE_CONT, s->pty->pid, NULL, signo);
		signo = await(s) ? WSTOPSIG(s->status) : 0;
		if (signo == (SIGTRAP | 0x80))
			signo = 0;
	}
	*ret_status = s->status;
	(void)pty_finish(s->pty);
	said = strdup(s->pty->seen);
	(void)close(s->child_fd);
	free(s->pty);
	free(s);
	return said;
}
