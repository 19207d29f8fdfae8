/*
 * ask.c: see ask.h.
 *
 * Every call of liblttng-ctl waits for the daemon's answer without a limit, and the daemon waits
 * for its consumer daemon. A thread that hangs in one cannot be ended; a process can. So each
 * request is made by a short-lived copy of this process: a fork takes about a millisecond.
 */
#include "traces/record/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/record/daemon.h"
#include "traces/record/processes.h"

/* An interrupted request may end properly in this time. */
#define GRACE_MS 1000
/* When to look whether the daemon is stopped, and how often then. */
#define LOOK_MS 1000

/* What both processes see. */
struct exchange {
	int code;
	bool is_done;
	struct wg_error err;
	_Alignas(max_align_t) char arg[]; /* any struct */
};

static int no_answer(bool is_interrupted, struct wg_error *err)
{
	char rundir[PATH_MAX], why[256] = "";

	if (wg__rundir(rundir, sizeof(rundir), NULL) == 0)
		(void)wg__why_no_answer(rundir, 0, why, sizeof(why));
	return wg_error_set(err, is_interrupted ? -EINTR : -ETIMEDOUT,
		"LTTng does not answer: %s" WG_SEE_DOCTOR, why);
}

/* True: the pipe has closed. False: no more waiting. */
static bool wait_for_end(int fd, int64_t limit_ms, int stop_fd, bool *ret_is_interrupted)
{
	int64_t start = wg__now_ms(), deadline = start + limit_ms;
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { stop_fd, POLLIN, 0 } };
	char rundir[PATH_MAX], why[256];
	bool has_rundir = wg__rundir(rundir, sizeof(rundir), NULL) == 0;

	for (;;) {
		int64_t left = deadline - wg__now_ms();

		if (left <= 0)
			return false;
		if (poll(p, 2, (int)(left < LOOK_MS ? left : LOOK_MS)) < 0 && errno != EINTR)
			return false;
		if (p[0].revents)
			return true;
		if (p[1].revents) {
			*ret_is_interrupted = true;
			p[1].fd = -1;
			if (deadline > wg__now_ms() + GRACE_MS)
				deadline = wg__now_ms() + GRACE_MS;
		}
		if (wg__now_ms() - start >= LOOK_MS && has_rundir &&
			wg__why_no_answer(rundir, wg__now_ms() - start, why, sizeof(why)))
			return false;
	}
}

/* What went wrong becomes our line, in our words. */
static void be_quiet(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)dup2(fd, STDERR_FILENO);
}

static int ask(wg__request_fn fn, void *arg, size_t len, int64_t limit_ms, int stop_fd,
	struct exchange *x, struct wg_error *err)
{
	bool is_interrupted = false, has_ended;
	pid_t parent = getpid(), pid = -1;
	int fds[2], code;

	if (pipe2(fds, O_CLOEXEC) == 0) {
		pid = fork();
		code = -errno;
		if (pid == 0) {
			wg__end_with_parent(parent, SIGKILL);
			be_quiet();
			x->code = fn(x->arg, &x->err);
			x->is_done = true;
			_exit(0);
		}
		(void)close(fds[1]);
		if (pid < 0)
			(void)close(fds[0]);
	} else {
		code = -errno;
	}
	if (pid < 0)
		return wg_error_set(err, code, "cannot start a process: %s", strerror(-code));
	has_ended = wait_for_end(fds[0], limit_ms, stop_fd, &is_interrupted);
	(void)close(fds[0]);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!x->is_done && has_ended)
		return wg_error_set(err, -EIO, "a request to LTTng crashed or was killed");
	if (!x->is_done)
		return no_answer(is_interrupted, err);
	memcpy(arg, x->arg, len);
	if (x->code < 0)
		return wg_error_set(err, x->code, "%s", x->err.text);
	return x->code;
}

int wg__ask(wg__request_fn fn, void *arg, size_t len, int64_t limit_ms, int stop_fd,
	struct wg_error *err)
{
	struct exchange *x = mmap(
		NULL, sizeof(*x) + len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int code;

	if (x == MAP_FAILED)
		return wg_error_set(err, -ENOMEM, "out of memory");
	memcpy(x->arg, arg, len);
	code = ask(fn, arg, len, limit_ms, stop_fd, x, err);
	(void)munmap(x, sizeof(*x) + len);
	return code;
}
