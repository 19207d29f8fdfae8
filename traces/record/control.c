/*
 * control.c: see control.h.
 */
#include "traces/record/control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME   "wakegap-flight-"
#define LISTED "/proc/net/unix"
#define ASK_S  70 /* as long as LTTng may take for a snapshot, ours or another's, and more */
#define HEAR_S 1  /* who asks has written already */
#define LINE   (PATH_MAX + 64)

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

static void limit(int fd, int seconds)
{
	const struct timeval time = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
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

/* 0 and what it answered in line, or a negative errno with a line. */
static int ask(pid_t pid, const char *request, char line[LINE], struct wg_error *err)
{
	struct sockaddr_un address;
	socklen_t len = address_of(pid, &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = -ESRCH;

	if (fd < 0)
		return wg_error_set(err, -errno, "cannot ask: %s", strerror(errno));
	limit(fd, ASK_S);
	if (connect(fd, (struct sockaddr *)&address, len) == 0 && (geteuid() == 0 || is_ours(fd)) &&
		send(fd, request, strlen(request), MSG_NOSIGNAL) > 0 && read_line(fd, line))
		rc = 0;
	(void)close(fd);
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

	if (!f)
		return -errno;
	while (n < max && fgets(row, sizeof(row), f)) {
		const char *name = strstr(row, "@" NAME);
		long pid = name ? strtol(name + strlen("@" NAME), NULL, 10) : 0;

		/* A connection that is open is listed, too. */
		for (i = 0; i < n && ret[i].pid != pid; i++)
			;
		if (pid <= 0 || i < n || ask((pid_t)pid, "where\n", line, NULL) < 0)
			continue;
		ret[n].pid = (pid_t)pid;
		(void)snprintf(ret[n].dir, PATH_MAX, "%.*s", PATH_MAX - 1, line);
		n++;
	}
	(void)fclose(f);
	qsort(ret, n, sizeof(*ret), by_pid);
	return (int)n;
}
