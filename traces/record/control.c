/*
 * control.c: see control.h.
 */
#include "traces/record/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "traces/record/processes.h"

#define NAME	"wakegap-flight-"
#define LISTED	"/proc/net/unix"
#define ASK_S	70   /* as long as LTTng may take for a snapshot, ours or another's, and more */
#define HEAR_S	1    /* who asks has written already, and who answers has the line */
#define SEND_S	5    /* room among those that ask, too */
#define LOOK_MS 1000 /* how often to look whether it is stopped meanwhile */
#define LINE	(PATH_MAX + 64)

static socklen_t address_of(pid_t pid, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	(void)snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, NAME "%ld", (long)pid);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   strlen(address->sun_path + 1));
}

/* Is the other end this user, or root? */
static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

/* One line, without its end. False: none came. */
static bool read_line(int fd, char line[LINE])
{
	size_t n = 0;

	while (n < LINE - 1) {
		ssize_t got = recv(fd, line + n, LINE - 1 - n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		n += (size_t)got;
		if (line[n - 1] == '\n') {
			line[n - 1] = '\0';
			return true;
		}
	}
	return false;
}

static void limit(int fd, int send_s)
{
	const struct timeval hear = { .tv_sec = HEAR_S }, send = { .tv_sec = send_s };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &hear, sizeof(hear));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof(send));
}

/* ---- the recording ---- */

int wg__control_open(struct wg__control *control, struct wg_error *err)
{
	struct sockaddr_un address;
	socklen_t len = address_of(getpid(), &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	control->fd = fd;
	if (fd >= 0 && fcntl(fd, F_SETOWN, getpid()) == 0 &&
		fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC) == 0 &&
		bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 8) == 0)
		return 0;
	(void)wg_error_set(
		err, -errno, "cannot listen for `wakegap snapshot`: %s", strerror(errno));
	wg__control_close(control);
	return err ? err->code : -EIO;
}

static void answer(int fd, const char *dir, wg__take_fn take, void *user)
{
	char line[LINE], path[PATH_MAX];
	struct wg_error err = { 0, "" };

	limit(fd, HEAR_S);
	if (!is_ours(fd) || !read_line(fd, line))
		return;
	if (strcmp(line, "where") == 0)
		(void)snprintf(line, sizeof(line), "ok %s\n", dir);
	else if (strcmp(line, "take") != 0)
		(void)snprintf(line, sizeof(line), "no it knows no such request\n");
	else if (take(user, path, &err) == 0)
		(void)snprintf(line, sizeof(line), "ok %s\n", path);
	else
		(void)snprintf(line, sizeof(line), "no %s\n", err.text);
	(void)send(fd, line, strlen(line), MSG_NOSIGNAL);
}

void wg__control_answer(
	const struct wg__control *control, const char *dir, wg__take_fn take, void *user)
{
	int fd;

	while (control->fd >= 0 && (fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		answer(fd, dir, take, user);
		(void)close(fd);
	}
}

void wg__control_close(struct wg__control *control)
{
	if (control->fd >= 0)
		(void)close(control->fd);
	control->fd = -1;
}

/* ---- who asks ---- */

/* The other end, as it is called here; 0: it cannot be seen from here. */
static pid_t stopped_peer(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct wg__process p;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid > 0 &&
			       wg__process_look(peer.pid, &p) && wg__process_is_stopped(&p)
		       ? peer.pid
		       : 0;
}

/* One that is busy answers later; one that is stopped does not. False: none came. */
static bool is_answered(int fd)
{
	struct pollfd answered = { .fd = fd, .events = POLLIN };
	int s, n = 0;

	for (s = 0; s < ASK_S && n == 0 && !stopped_peer(fd); s++) {
		n = poll(&answered, 1, LOOK_MS);
		if (n < 0 && errno == EINTR)
			n = 0;
	}
	return n > 0;
}

/* 0 and what it answered in line, or a negative errno with a line. */
static int ask(pid_t pid, const char *request, char line[LINE], struct wg_error *err)
{
	struct sockaddr_un address;
	socklen_t len = address_of(pid, &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = -ESRCH;
	pid_t stopped = 0;

	if (fd < 0)
		return wg_error_set(err, -errno, "cannot ask: %s", strerror(errno));
	limit(fd, SEND_S);
	if (connect(fd, (struct sockaddr *)&address, len) == 0 && (geteuid() == 0 || is_ours(fd))) {
		/* What a stopped one is asked, it would do when nobody waits for it. */
		if (!stopped_peer(fd) && send(fd, request, strlen(request), MSG_NOSIGNAL) > 0 &&
			is_answered(fd) && read_line(fd, line))
			rc = 0;
		else
			stopped = stopped_peer(fd);
	}
	(void)close(fd);
	if (stopped)
		return wg_error_set(err, -EBUSY,
			"the recording of process %ld is stopped: `kill -CONT %ld` continues it",
			(long)stopped, (long)stopped);
	if (rc < 0)
		return wg_error_set(
			err, rc, "the recording of process %ld does not answer", (long)pid);
	if (strncmp(line, "ok ", 3) != 0)
		return wg_error_set(err, -EIO, "%s", strncmp(line, "no ", 3) ? line : line + 3);
	memmove(line, line + 3, strlen(line + 3) + 1);
	return 0;
}

int wg_flight_ask(pid_t pid, char ret[PATH_MAX], struct wg_error *err)
{
	char line[LINE];
	int rc = ask(pid, "take\n", line, err);

	if (rc == 0)
		(void)snprintf(ret, PATH_MAX, "%.*s", PATH_MAX - 1, line);
	return rc;
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct wg_flight_found *)a)->pid,
	      y = ((const struct wg_flight_found *)b)->pid;

	return (x > y) - (x < y);
}

int wg_flight_find(struct wg_flight_found *ret, size_t max)
{
	FILE *f = fopen(LISTED, "re");
	char row[512], line[LINE];
	size_t n = 0, i;
	int rc;

	if (!f)
		return -errno;
	while (n < max && fgets(row, sizeof(row), f)) {
		const char *name = strstr(row, "@" NAME);
		long pid = name ? strtol(name + strlen("@" NAME), NULL, 10) : 0;

		/* A connection that is open is listed, too. */
		for (i = 0; i < n && ret[i].pid != pid; i++)
			;
		if (pid <= 0 || i < n)
			continue;
		rc = ask((pid_t)pid, "where\n", line, NULL);
		if (rc < 0 && rc != -EBUSY)
			continue;
		ret[n].pid = (pid_t)pid;
		(void)snprintf(ret[n].dir, PATH_MAX, "%.*s", PATH_MAX - 1, rc < 0 ? "" : line);
		n++;
	}
	(void)fclose(f);
	qsort(ret, n, sizeof(*ret), by_pid);
	return (int)n;
}
