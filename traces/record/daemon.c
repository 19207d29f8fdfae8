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
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/record/launch.h"
#include "traces/base/signals.h"
#include "traces/base/units.h"

#define DAEMON "lttng-sessiond"

/* Stopping takes 2 s on an idle machine; ten times that on a busy one. */
#define STOP_MS 20000
#define POLL_MS 10

struct identity {
	pid_t pid;
	unsigned long long start_time; /* field 22 of /proc/PID/stat, in clock ticks since boot */
};

/* ---- which process is it? ---- */

/* Read a small file of the system. Returns its length (text is terminated) or a negative errno. */
static ssize_t read_text(const char *path, char *text, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, len - 1);
	if (n < 0)
		n = -errno;
	else
		text[n] = '\0';
	(void)close(fd);
	return n;
}

/* Its start time, if that process exists, is not a zombie and is a session daemon; else 0. */
static unsigned long long daemon_start_time(pid_t pid)
{
	char path[64], text[1024], *rest;
	unsigned long long start_time;
	char state;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (read_text(path, text, sizeof(text)) <= 0)
		return 0;
	/* "PID (NAME) STATE ...": the kernel keeps 15 characters of the name. */
	rest = strrchr(text, ')');
	if (!rest || !strstr(text, "(" DAEMON ")"))
		return 0;
	if (sscanf(rest,
		    ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		    " %*s %*s %llu",
		    &state, &start_time) != 2 ||
		state == 'Z')
		return 0;
	return start_time;
}

static bool is_running(const struct identity *who)
{
	return who->pid > 0 && daemon_start_time(who->pid) == who->start_time;
}

/* The daemon that answers in this run directory, as it wrote down itself. */
static bool find_daemon(const struct wg__daemon *d, struct identity *ret_who)
{
	char path[PATH_MAX + 32], text[32];
	uint64_t pid;

	(void)snprintf(path, sizeof(path), "%s/lttng-sessiond.pid", d->rundir);
	if (read_text(path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	if (wg_parse_number(text, 2, INT32_MAX, &pid) < 0)
		return false;
	ret_who->pid = (pid_t)pid;
	ret_who->start_time = daemon_start_time(ret_who->pid);
	return ret_who->start_time != 0;
}

/* ---- the lock file and its content ---- */

static int find_rundir(char *rundir, size_t len, struct wg_error *err)
{
	const char *home;
	int n;

	/* The same choice as liblttng-ctl makes; as root it does not look at the environment. */
	if (geteuid() == 0) {
		n = snprintf(rundir, len, "/var/run/lttng");
	} else {
		home = getenv("LTTNG_HOME");
		if (!home || !*home)
			home = getenv("HOME");
		if (!home || !*home)
			return wg_error_set(err, -EIO,
				"neither HOME nor LTTNG_HOME is set: LTTng needs one of them");
		n = snprintf(rundir, len, "%s/.lttng", home);
	}
	if (n < 0 || (size_t)n >= len)
		return wg_error_set(err, -EIO, "LTTNG_HOME is too long a path");
	/* The daemon makes it too, and sets its group and mode then. */
	if (mkdir(rundir, 0755) != 0 && errno != EEXIST)
		return wg_error_set(err, -EIO, "cannot create '%s': %s", rundir, strerror(errno));
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

int wg__daemon_open(struct wg__daemon *d, struct wg_error *err)
{
	char path[PATH_MAX + 32];
	int code;

	d->lock_fd = -1;
	code = find_rundir(d->rundir, sizeof(d->rundir), err);
	if (code != 0)
		return code;
	lock_path(d, path, sizeof(path));
	for (;;) {
		d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (d->lock_fd < 0)
			return wg_error_set(
				err, -EIO, "cannot open '%s': %s", path, strerror(errno));
		while (flock(d->lock_fd, LOCK_SH) != 0) {
			if (errno == EINTR)
				continue;
			code = wg_error_set(
				err, -EIO, "cannot lock '%s': %s", path, strerror(errno));
			close_lock(d);
			return code;
		}
		if (is_still_there(d->lock_fd, path))
			return 0;
		close_lock(d);
	}
}

static void write_owned(struct wg__daemon *d, const struct identity *who)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%ld %llu\n", (long)who->pid, who->start_time);

	/* A line that is cut short names no daemon: the worst outcome is that it stays. */
	if (ftruncate(d->lock_fd, 0) == 0 && pwrite(d->lock_fd, text, (size_t)n, 0) != n)
		(void)!ftruncate(d->lock_fd, 0);
}

static bool read_owned(struct wg__daemon *d, struct identity *ret_who)
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

/* ---- start ---- */

int wg__daemon_start(struct wg__daemon *d, struct wg_error *err)
{
	struct identity who;
	int code;

	if (lttng_session_daemon_alive() == 1)
		return 0;
	code = wg__launch(err);
	if (code == 1 && find_daemon(d, &who))
		write_owned(d, &who);
	return code < 0 ? code : 0;
}

/* ---- leave ---- */

static int session_count(void)
{
	struct lttng_session *sessions = NULL;
	int n = lttng_list_sessions(&sessions);

	free(sessions);
	return n;
}

static bool stop(const struct identity *who)
{
	int64_t deadline = wg__now_ms() + STOP_MS;

	if (kill(who->pid, SIGTERM) != 0)
		return errno == ESRCH;
	while (is_running(who)) {
		if (wg__now_ms() >= deadline)
			return false;
		wg__pause_ms(POLL_MS);
	}
	return true;
}

/*
 * Three facts, each of which someone else may have changed: the daemon we started lives, it is the
 * one that answers here, and nobody has a session in it. True if there is none of ours any more.
 */
static bool stop_unless_used(struct wg__daemon *d)
{
	struct identity owned, answering;

	if (!read_owned(d, &owned) || !is_running(&owned))
		return true;
	return find_daemon(d, &answering) && answering.pid == owned.pid && session_count() == 0 &&
	       stop(&owned);
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
