/*
 * daemon.c: start a session daemon if there is none, and stop it if we started it and nobody uses
 * it.
 *
 * A daemon must not be left running, and must not be stopped while somebody uses it. So recordings
 * under way are counted, by shared locks of flock(2): the kernel drops the locks of a dead process,
 * so the count is right even after a crash.
 *
 * Why the last one out is always found: turning a shared lock into an exclusive one drops the
 * shared one first. If several leave at once, the last to try succeeds, or fails because another
 * holds the exclusive lock already. That one then sees no session of the others, because each
 * destroys its session before it drops the shared lock.
 *
 * Two that start at once may both find no daemon and both start one. The daemon has a lock of its
 * own, so one survives; the exit status of the other says so.
 *
 * Whoever stops the daemon removes the lock file. A process that waited for the lock meanwhile
 * holds a lock on a removed file; it checks for that, and opens the file again.
 */
#include "traces/record/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/record/ask.h"
#include "traces/record/home.h"
#include "traces/record/launch.h"

/* Stopping takes 2 s on an idle machine; ten times that on a busy one. */
#define STOP_MS	    20000
#define HUNG_MS	    3000 /* a daemon that does not answer may not hear SIGTERM either */
#define CONSUMER_MS 5000
/* What a recording opens at a time, and a few more. */
#define DESCRIPTORS 16
#define LOCK_MS	    60000
#define POLL_MS	    10

/* ---- the lock file and its content ---- */

int wg__rundir(char *rundir, size_t len, struct wg_error *err)
{
	const char *home;
	int n;

	/* The same choice as liblttng-ctl makes; as root it does not look at the environment. */
	if (geteuid() == 0) {
		n = snprintf(rundir, len, "/var/run/lttng");
	} else {
		home = getenv("LTTNG_HOME");
		if (!home || !*home)
			home = wg__lttng_home();
		if (!home)
			return wg_error_set(err, -EIO,
				"LTTng needs a home that can be written: set "
				"LTTNG_HOME" WG_SEE_DOCTOR);
		n = snprintf(rundir, len, "%s/.lttng", home);
	}
	if (n < 0 || (size_t)n >= len)
		return wg_error_set(err, -EIO, "LTTNG_HOME is too long a path");
	return 0;
}

static void lock_path(const struct wg__daemon *d, char *path, size_t len)
{
	(void)snprintf(path, len, "%s/wakegap.lock", d->rundir);
}

/* False if the file was removed between open and flock: then it is a lock on nothing. */
static bool is_still_there(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

static void close_lock(struct wg__daemon *d)
{
	if (d->lock_fd >= 0)
		(void)close(d->lock_fd);
	d->lock_fd = -1;
}

/*
 * The exclusive lock is held while a daemon is stopped: not for long, but a daemon that hangs takes
 * all the time it gets.
 */
static int lock_shared(int fd, const char *path, int stop_fd, struct wg_error *err)
{
	int64_t deadline = wg__now_ms() + LOCK_MS;
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	while (flock(fd, LOCK_SH | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return wg_error_set(
				err, -EIO, "cannot lock '%s': %s", path, strerror(errno));
		if (wg__now_ms() >= deadline)
			return wg_error_set(err, -ETIMEDOUT,
				"another recording has been stopping the session daemon for %d s",
				LOCK_MS / 1000);
		if (poll(&stop, 1, POLL_MS) > 0)
			return wg_error_set(err, -EINTR, "interrupted");
	}
	return 0;
}

/* LTTng says anything but the truth when it has none left. */
static int check_descriptors(struct wg_error *err)
{
	int fds[DESCRIPTORS], n = 0, code = 0;

	while (n < DESCRIPTORS && code == 0) {
		fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fds[n] < 0)
			code = wg_error_set(err, -errno,
				"cannot record: %s: raise `ulimit -n`" WG_SEE_DOCTOR,
				strerror(errno));
		else
			n++;
	}
	while (n > 0)
		(void)close(fds[--n]);
	return code;
}

int wg__daemon_open(struct wg__daemon *d, int stop_fd, struct wg_error *err)
{
	char path[PATH_MAX + 32];
	int code;

	d->lock_fd = -1;
	code = check_descriptors(err);
	if (code == 0)
		code = wg__rundir(d->rundir, sizeof(d->rundir), err);
	if (code != 0)
		return code;
	/* The daemon makes it too, and sets its group and mode then. */
	if (mkdir(d->rundir, 0755) != 0 && errno != EEXIST)
		return wg_error_set(
			err, -EIO, "cannot create '%s': %s", d->rundir, strerror(errno));
	lock_path(d, path, sizeof(path));
	for (;;) {
		d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (d->lock_fd < 0)
			return wg_error_set(
				err, -EIO, "cannot open '%s': %s", path, strerror(errno));
		code = lock_shared(d->lock_fd, path, stop_fd, err);
		if (code == 0 && is_still_there(d->lock_fd, path))
			return 0;
		close_lock(d);
		if (code != 0)
			return code;
	}
}

static void write_owned(struct wg__daemon *d, const struct wg__process *who)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%ld %llu\n", (long)who->pid, who->start_time);

	/* A line that is cut short names no daemon: the worst outcome is that it stays. */
	if (ftruncate(d->lock_fd, 0) == 0 && pwrite(d->lock_fd, text, (size_t)n, 0) != n)
		(void)!ftruncate(d->lock_fd, 0);
}

static bool read_owned(const struct wg__daemon *d, struct wg__process *ret_who)
{
	char text[64];
	ssize_t n = pread(d->lock_fd, text, sizeof(text) - 1, 0);
	long pid;

	if (n <= 0 || text[n - 1] != '\n')
		return false;
	text[n] = '\0';
	if (sscanf(text, "%ld %llu", &pid, &ret_who->start_time) != 2 || pid <= 1)
		return false;
	ret_who->pid = (pid_t)pid;
	return true;
}

bool wg__daemon_is_ours(const struct wg__daemon *d, const struct wg__process *who)
{
	struct wg__process owned;

	return read_owned(d, &owned) && owned.pid == who->pid &&
	       owned.start_time == who->start_time;
}

/* ---- start ---- */

/* How many sessions? Only a daemon that serves requests can say. */
static int count_sessions(void *arg, struct wg_error *err)
{
	struct lttng_session *sessions = NULL;

	*(int *)arg = lttng_list_sessions(&sessions);
	free(sessions);
	return *(int *)arg < 0
		       ? wg_error_set(err, -ESRCH, "no session daemon answers" WG_SEE_DOCTOR)
		       : 0;
}

static int ask_count(int *ret_count, int stop_fd, struct wg_error *err)
{
	return wg__ask(count_sessions, ret_count, sizeof(*ret_count), WG__ASK_MS, stop_fd, err);
}

int wg__daemon_start(struct wg__daemon *d, int stop_fd, struct wg_error *err)
{
	struct wg__process who;
	int count = 0, code = ask_count(&count, stop_fd, err);

	if (code != -ESRCH)
		return code;
	code = wg__launch(stop_fd, err);
	if (code == 1 && wg__find_sessiond(d->rundir, &who))
		write_owned(d, &who);
	return code < 0 ? code : 0;
}

/* ---- leave ---- */

bool wg__daemon_unblock(const struct wg__daemon *d)
{
	struct wg__process sessiond, consumerd;

	if (!wg__find_sessiond(d->rundir, &sessiond) || !wg__daemon_is_ours(d, &sessiond))
		return false;
	(void)kill(sessiond.pid, SIGCONT);
	if (wg__find_consumerd(sessiond.pid, &consumerd))
		(void)kill(consumerd.pid, SIGCONT);
	return true;
}

/* The consumer daemon ends with it; one that does not is ended as well. */
static bool stop(const struct wg__process *who, int64_t limit_ms)
{
	struct wg__process consumerd;
	bool has_consumerd = wg__find_consumerd(who->pid, &consumerd);

	return wg__process_end(who, limit_ms) &&
	       (!has_consumerd || wg__process_await(&consumerd, CONSUMER_MS, -1) ||
		       wg__process_end(&consumerd, CONSUMER_MS));
}

/*
 * Three facts, each of which someone else may have changed: the daemon we started lives, it is the
 * one that answers here, and nobody has a session in it. True if there is none of ours any more.
 * One that does not answer serves nobody.
 */
static bool stop_unless_used(struct wg__daemon *d)
{
	struct wg__process owned, answering;
	int count = 0;

	if (!read_owned(d, &owned) || !wg__process_runs(&owned))
		return true;
	if (!wg__find_sessiond(d->rundir, &answering) || answering.pid != owned.pid)
		return false;
	(void)wg__daemon_unblock(d);
	if (!d->is_hung)
		d->is_hung = ask_count(&count, -1, NULL) < 0;
	return (d->is_hung || count == 0) && stop(&owned, d->is_hung ? HUNG_MS : STOP_MS);
}

void wg__daemon_leave(struct wg__daemon *d)
{
	char path[PATH_MAX + 32];

	if (d->lock_fd < 0)
		return;
	lock_path(d, path, sizeof(path));
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) == 0 && stop_unless_used(d) &&
		is_still_there(d->lock_fd, path))
		(void)unlink(path);
	(void)flock(d->lock_fd, LOCK_UN);
	close_lock(d);
}
