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
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/program.h"
#include "traces/base/signals.h"
#include "traces/record/ask.h"
#include "traces/record/processes.h"

#define DAEMON WG__SESSIOND

/* It takes 0.1 s on an idle machine. */
#define START_MS  20000
#define ANSWER_MS 5000 /* it is ready when it says so */
#define OTHER_MS  2000
#define POLL_MS	  10

static void lift(int what)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)what, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit((__rlimit_resource_t)what, &limit);
}

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
	/* So are its limits: at `ulimit -f` a write would kill the daemon. */
	lift(RLIMIT_FSIZE);
	lift(RLIMIT_NOFILE);
}

static _Noreturn void exec_daemon(const char *path)
{
	(void)setpgid(0, 0);
	wg__launch_prepare();
	(void)execl(path, DAEMON, "--daemonize", "--no-kernel", (char *)NULL);
	_exit(127);
}

/* True when it is time to give up: too late, or stop_fd became readable. */
static bool pause_or_stop(int64_t deadline, int stop_fd)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	return poll(&stop, 1, POLL_MS) > 0 || wg__now_ms() >= deadline;
}

/* Run `lttng-sessiond --daemonize`, which returns when it is ready. Its exit status, or -errno. */
static int launch(const char *path, int stop_fd)
{
	int64_t deadline = wg__now_ms() + START_MS;
	bool is_stopping = false;
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
		if (!pause_or_stop(deadline, stop_fd))
			continue;
		if (wg__now_ms() >= deadline) {
			(void)kill(-pid, SIGKILL);
			while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
				;
			return is_stopping ? -EINTR : -ETIMEDOUT;
		}
		/* Half a daemon would be nobody's: let it come up, to be stopped properly. */
		is_stopping = true;
		stop_fd = -1;
		deadline = wg__now_ms() + OTHER_MS;
	}
}

/* It came up if it can be connected to; even that may block. */
static int is_alive(void *arg, struct wg_error *err)
{
	(void)arg, (void)err;
	return lttng_session_daemon_alive() == 1;
}

static bool answers_within(int64_t ms, int stop_fd)
{
	int64_t deadline = wg__now_ms() + ms;
	char none = 0;

	while (wg__ask(is_alive, &none, sizeof(none), WG__ASK_MS, stop_fd, NULL) != 1) {
		if (pause_or_stop(deadline, stop_fd))
			return false;
	}
	return true;
}

int wg__launch_find(
	const char *name, const char *given, char *path, size_t len, struct wg_error *err)
{
	const char *file = getenv(given);
	int code = wg__program_find_daemon(name, given, path, len);

	if (code == 0)
		return 0;
	if (file && *file)
		return wg_error_set(err, -ENOSYS,
			"cannot run %s: %s is '%s': %s (unset it, or apt install "
			"lttng-tools)" WG_SEE_DOCTOR,
			name, given, file, strerror(-code));
	return wg_error_set(
		err, -ENOSYS, "%s is not installed: apt install lttng-tools" WG_SEE_DOCTOR, name);
}

int wg__launch(int stop_fd, struct wg_error *err)
{
	char path[PATH_MAX];
	int status = wg__launch_find(DAEMON, "LTTNG_SESSIOND_PATH", path, sizeof(path), err);

	if (status < 0)
		return status;
	status = launch(path, stop_fd);
	if (status == 0) {
		/* That nobody waits for it any more is no reason to forget it. */
		if (answers_within(ANSWER_MS, -1))
			return 1;
		return wg_error_set(err, -EIO,
			"%s was started but no session daemon answers: is it "
			"lttng-sessiond?" WG_SEE_DOCTOR,
			path);
	}
	/* Somebody else may have started one, or be starting it now. */
	if (status != -EINTR && answers_within(status > 0 ? OTHER_MS : 0, stop_fd))
		return 0;
	if (status < 0)
		return wg_error_set(err, status == -EINTR ? -EINTR : -EIO,
			"cannot start %s: %s" WG_SEE_DOCTOR, path, strerror(-status));
	return wg_error_set(err, -EIO,
		"cannot start %s: it ended with status %d: run `%s --no-kernel` to see "
		"why" WG_SEE_DOCTOR,
		path, status, path);
}
