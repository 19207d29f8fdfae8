/*
 * child.c: fork early, exec late.
 *
 *      recorder                          child
 *      hold      ── fork ──────────────▶ reads the hold pipe
 *      (tracker gets the pid, tracing starts)
 *      release   ── one byte ──────────▶ execvp
 *                ◀── end of file ─────── the CLOEXEC end closed: it runs
 *                ◀── errno ───────────── or exec failed
 *
 * The child is held back because the process tracker needs its pid before the first event, and the
 * pid is known only after fork. If the recorder is killed meanwhile, the hold pipe closes and the
 * child ends without running anything.
 *
 * What the command leaves running loses its parent. If asked to, the recorder becomes its parent in
 * init's place (a "subreaper", prctl(2)): so it knows what still runs, a daemon as well.
 *
 * If the recorder is killed later the command runs on, unobserved, as it does when strace is
 * killed: it is the user's program, and what it does may matter more than the trace.
 */
#include "traces/record/child.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

/* How long a command has to end by itself after a signal that was passed on. */
#define GRACE_MS 2000

static ssize_t read_retry(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n;
}

/*
 * SIGPIPE and SIGCHLD: the caller may ignore them for its own reasons, and exec would pass that on.
 * Other ignored signals come from the user (nohup) and stay ignored.
 */
static void restore_signals(const struct wg__signals *s)
{
	struct sigaction dfl;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	(void)sigaction(SIGPIPE, &dfl, NULL);
	(void)sigaction(SIGCHLD, &dfl, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &s->saved_mask, NULL);
}

static int set_stdio(const int *stdio)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if (stdio[fd] >= 0 && dup2(stdio[fd], fd) < 0)
			return -errno;
	}
	return 0;
}

/*
 * A process waits at its start until it is registered with the session daemon. LTTng lets it go on
 * after 3 s, unrecorded, which is too soon on a busy machine.
 */
static void be_patient(void)
{
	(void)setenv(WG__REGISTER_TIMEOUT, "60000", 0);
}

static void set_env(const char *const *env)
{
	for (; env[0]; env += 2)
		(void)setenv(env[0], env[1], 1);
}

static _Noreturn void run_child(int hold_fd, int exec_fd, char *const *argv,
	const struct wg__child_setup *setup, const struct wg__signals *s)
{
	char go;
	int code;

	if (read_retry(hold_fd, &go, 1) != 1)
		_exit(127);
	if (setup->own_session)
		(void)setsid();
	code = -set_stdio(setup->stdio);
	if (code == 0) {
		restore_signals(s);
		if (setup->env)
			set_env(setup->env);
		else
			be_patient();
		(void)execvp(argv[0], argv);
		code = errno;
	}
	/* If even this fails, the recorder sees status 127, which says the same to a shell. */
	if (write(exec_fd, &code, sizeof(code)) < 0)
		_exit(127);
	_exit(127);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_pipes(struct wg__child *c)
{
	close_fd(&c->hold[0]);
	close_fd(&c->hold[1]);
	close_fd(&c->exec_fd);
}

int wg__child_hold(struct wg__child *c, char *const *argv, const struct wg__child_setup *setup,
	const struct wg__signals *s, struct wg_error *err)
{
	int exec_pipe[2] = { -1, -1 };
	pid_t parent = getpid(), pid = -1;

	if (c->adopts)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	c->pid = 0;
	c->exec_fd = c->hold[0] = c->hold[1] = -1;
	if (pipe2(c->hold, O_CLOEXEC) == 0 && pipe2(exec_pipe, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0) {
		(void)close(c->hold[1]);
		(void)close(exec_pipe[0]);
		if (c->dies_with_us)
			wg__end_with_parent(parent, SIGKILL);
		run_child(c->hold[0], exec_pipe[1], argv, setup, s);
	}
	c->exec_fd = exec_pipe[0];
	if (pid < 0) {
		int code = -errno;

		close_fd(&exec_pipe[1]);
		close_pipes(c);
		return wg_error_set(err, code, "cannot start '%s': %s", argv[0], strerror(-code));
	}
	close_fd(&exec_pipe[1]);
	c->pid = pid;
	return 0;
}

static int reap(struct wg__child *c)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(c->pid, &status, 0);
	while (got < 0 && errno == EINTR);
	c->pid = 0;
	return status;
}

int wg__child_release(struct wg__child *c, const char *name, struct wg_error *err)
{
	const char go = 'g';
	int code = 0;

	/* We have the read end, too: no SIGPIPE for us should someone have killed the child. */
	if (write(c->hold[1], &go, 1) != 1)
		code = errno;
	else if (read_retry(c->exec_fd, &code, sizeof(code)) != sizeof(code))
		code = 0;
	close_pipes(c);
	if (code == 0)
		return 0;
	(void)reap(c);
	/* It was found before: what is missing is what the file asks for. */
	if (code == ENOENT)
		return wg_error_set(err, -code,
			"cannot run '%s': the interpreter or loader that it names is missing",
			name);
	return wg__child_no_command(name, -code, err);
}

static int exit_code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* True for Ctrl-C: the terminal gives it to the whole process group, thus to the command as well.
 */
static int has_it_already(const struct wg__child *c, const siginfo_t *info)
{
	return info->si_signo == SIGINT && info->si_code == SI_KERNEL &&
	       getpgid(c->pid) == getpgrp();
}

/* Reap what has ended; true if the command is among it. -ECHILD is no error: it has none. */
static int reap_ended(struct wg__child *c, int *ret_exit_code)
{
	int status;
	pid_t got;

	for (;;) {
		got = waitpid(c->adopts ? -1 : c->pid, &status, WNOHANG);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		if (got == c->pid) {
			c->pid = 0;
			*ret_exit_code = exit_code_of(status);
			return 1;
		}
	}
}

/* The shorter of two times of which -1 is none, in ms from now. */
static int64_t left_ms(int64_t a, int64_t b)
{
	int64_t at = a < 0 ? b : b < 0 || a < b ? a : b, now = wg__now_ms();

	return at < 0 ? -1 : at > now ? at - now : 0;
}

int wg__child_wait(struct wg__child *c, struct wg__signals *s, int64_t until_ms, int *ret_exit_code,
	struct wg_error *err)
{
	for (;;) {
		siginfo_t info;
		int code = reap_ended(c, ret_exit_code), sig;

		if (code == 1)
			return 0;
		if (code < 0)
			return wg_error_set(
				err, -EIO, "lost track of the command: %s", strerror(-code));
		if (c->kill_at_ms > 0 && wg__now_ms() >= c->kill_at_ms) {
			(void)kill(c->pid, SIGKILL);
			c->kill_at_ms = 0; /* nothing survives it; wait for SIGCHLD */
		}
		if (until_ms >= 0 && wg__now_ms() >= until_ms)
			return 1;
		sig = wg__signals_next(
			s, left_ms(c->kill_at_ms ? c->kill_at_ms : -1, until_ms), &info);
		if (sig == SIGIO)
			return 1;
		if (sig == 0 || sig == SIGCHLD || has_it_already(c, &info))
			continue;
		(void)kill(c->pid, sig);
		if (c->kill_at_ms == 0)
			c->kill_at_ms = wg__now_ms() + GRACE_MS;
	}
}

size_t wg__child_left(const struct wg__child *c, pid_t except, struct wg__process *ret_one)
{
	return c->adopts ? wg__count_children(getpid(), except, ret_one) : 0;
}

int wg__child_await_left(
	struct wg__child *c, struct wg__signals *s, pid_t except, bool until_idle, int64_t until_ms)
{
	struct wg__process one;
	siginfo_t info;
	int none, sig;

	for (;;) {
		(void)reap_ended(c, &none);
		if (until_idle && wg__child_left(c, except, &one) == 0)
			return 0;
		if (until_ms >= 0 && wg__now_ms() >= until_ms)
			return 1;
		sig = wg__signals_next(s, left_ms(-1, until_ms), &info);
		if (sig == SIGIO)
			return 1;
		if (sig != 0 && sig != SIGCHLD)
			return 0;
	}
}

int wg__child_status(struct wg__child *c)
{
	int status;

	if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return -1;
	c->pid = 0;
	return exit_code_of(status);
}

void wg__child_abandon(struct wg__child *c)
{
	close_pipes(c);
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)reap(c);
	}
	if (c->adopts)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* What was meant with a word that is no command; "" if nothing is near. */
static const char *meant(const char *name)
{
	if (access(name, F_OK) == 0)
		return ": a program of this folder has ./ before it";
	if (strchr(name, ' '))
		return ": a line of shell has `sh -c` before it";
	if (strchr(name, '='))
		return ": an assignment has `env` before it";
	if (*name && name[strspn(name, "0123456789")] == '\0')
		return ": the number of a process has -p before it";
	return "";
}

int wg__child_no_command(const char *name, int code, struct wg_error *err)
{
	struct stat st;

	if (code == -ENOENT)
		return wg_error_set(
			err, code, "cannot run '%s': no such command%s", name, meant(name));
	if (code == -EACCES && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return wg_error_set(err, code, "cannot run '%s': it is a folder", name);
	return wg_error_set(err, code, "cannot run '%s': %s%s", name, strerror(-code),
		code == -EACCES ? ": `chmod +x` makes a file a program" : "");
}
