/*
 * launch.c: see launch.h.
 *
 * `lttng-sessiond --daemonize` returns when the daemon is ready, or fails if there is one already:
 * the exit status tells whose daemon it is. Without the kernel tracer, which would need root, load
 * modules and record nothing of ours.
 */
#include "traces/record/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lttng/lttng.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/program.h"
#include "traces/base/signals.h"

#define DAEMON "lttng-sessiond"

/* It takes 0.1 s on an idle machine. */
#define START_MS 20000
#define OTHER_MS 2000
#define POLL_MS	 10

void wg__launch_prepare(void)
{
	struct sigaction dfl;
	sigset_t none;
	int null_fd = open("/dev/null", O_RDWR);
	int sig;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	for (sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &dfl, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0 ||
		dup2(null_fd, STDERR_FILENO) < 0)
		_exit(126);
	if (null_fd > STDERR_FILENO)
		(void)close(null_fd);
	/* A probe library is for the recorded command, not for the daemon. */
	(void)unsetenv("LD_PRELOAD");
}

static _Noreturn void exec_daemon(const char *path)
{
	wg__launch_prepare();
	(void)execl(path, DAEMON, "--daemonize", "--no-kernel", (char *)NULL);
	_exit(127);
}

/* Run `lttng-sessiond --daemonize`, which returns when it is ready. Its exit status, or -errno. */
static int launch(const char *path)
{
	int64_t deadline = wg__now_ms() + START_MS;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		exec_daemon(path);
	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (wg__now_ms() >= deadline) {
			(void)kill(pid, SIGKILL);
			while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
				;
			return -ETIMEDOUT;
		}
		wg__pause_ms(POLL_MS);
	}
}

static bool answers_within(int64_t ms)
{
	int64_t deadline = wg__now_ms() + ms;

	for (;;) {
		if (lttng_session_daemon_alive() == 1)
			return true;
		if (wg__now_ms() >= deadline)
			return false;
		wg__pause_ms(POLL_MS);
	}
}

int wg__launch(struct wg_error *err)
{
	char path[PATH_MAX];
	int status;

	if (wg__program_find_daemon(DAEMON, "LTTNG_SESSIOND_PATH", path, sizeof(path)) != 0)
		return wg_error_set(
			err, -ENOSYS, DAEMON " is not installed: apt install lttng-tools");
	status = launch(path);
	if (status == 0) {
		if (answers_within(START_MS))
			return 1;
		return wg_error_set(err, -EIO, "%s was started but does not answer", path);
	}
	/* Somebody else may have started one, or be starting it now. */
	if (answers_within(status > 0 ? OTHER_MS : 0))
		return 0;
	if (status < 0)
		return wg_error_set(err, -EIO, "cannot start %s: %s", path, strerror(-status));
	return wg_error_set(err, -EIO,
		"cannot start %s: it ended with status %d: run `" DAEMON " --no-kernel` to see why",
		path, status);
}
