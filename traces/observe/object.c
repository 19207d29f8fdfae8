/*
 * object.c: see object.h.
 */
#include "traces/observe/object.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/observe/proc.h"

#define WATCHED_MAX 64 /* of a poll, a select, an epoll; more are only counted */

/* What a descriptor is: "eventfd", "pipe", "socket", "file"; NULL if that is hidden. */
static const char *kind_of(int dir, int fd, char *path, size_t len)
{
	static const char *const anonymous[] = { "eventfd", "timerfd", "signalfd", "io_uring",
		"inotify", "pidfd" };
	char link[32];
	ssize_t n;
	size_t i;

	(void)snprintf(link, sizeof(link), "fd/%d", fd);
	n = readlinkat(dir, link, path, len - 1);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	if (strncmp(path, "pipe:", 5) == 0)
		return "pipe";
	if (strncmp(path, "socket:", 7) == 0)
		return "socket";
	if (strcmp(path, "anon_inode:[eventpoll]") == 0)
		return "epoll";
	for (i = 0; i < sizeof(anonymous) / sizeof(anonymous[0]); i++) {
		if (strncmp(path, "anon_inode:", 11) == 0 && strstr(path, anonymous[i]))
			return anonymous[i];
	}
	if (strncmp(path, "/dev/pts/", 9) == 0 || strncmp(path, "/dev/tty", 8) == 0)
		return "terminal";
	return "file";
}

static ssize_t read_info(int dir, int fd, char *text, size_t len)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "fdinfo/%d", fd);
	return wg__proc_read(dir, path, text, len);
}

static void note_period(struct wg_object *object, int64_t period_ns)
{
	if (period_ns > 0 && (object->period_ns == 0 || period_ns < object->period_ns))
		object->period_ns = period_ns;
}

/* "it_interval: (SECONDS, NANOSECONDS)" */
static int64_t timer_period(int dir, int fd)
{
	char text[1024], *at;
	int64_t s, ns;

	if (read_info(dir, fd, text, sizeof(text)) <= 0)
		return 0;
	at = strstr(text, "it_interval: (");
	if (!at || sscanf(at, "it_interval: (%" SCNd64 ", %" SCNd64, &s, &ns) != 2)
		return 0;
	return s > INT64_MAX / 1000000000 - 1 ? INT64_MAX : s * 1000000000 + ns;
}

/* The next descriptor that is watched, besides n others. */
static void add_watched(struct wg_object *object, int dir, int fd, unsigned n)
{
	char path[256];
	const char *kind = kind_of(dir, fd, path, sizeof(path));
	size_t used = strlen(object->text);

	if (!kind)
		kind = "descriptor";
	if (strcmp(kind, "timerfd") == 0)
		note_period(object, timer_period(dir, fd));
	if (n < 3)
		(void)snprintf(object->text + used, sizeof(object->text) - used, "%s%s %d",
			n ? ", " : "", kind, fd);
	if (n == 0) {
		object->fd = fd;
		object->kind = kind;
	}
}

/* Several: their number says more than the first one. */
static void end_watched(struct wg_object *object)
{
	size_t used = strlen(object->text);

	if (object->count == 1)
		return;
	object->fd = -1;
	object->kind = object->count ? "descriptors" : NULL;
	if (object->count > 3)
		(void)snprintf(object->text + used, sizeof(object->text) - used, " and %u more",
			object->count - 3);
}

static void look_pollfds(int dir, pid_t tid, const struct wg__at *at, struct wg_object *ret)
{
	struct pollfd fds[WATCHED_MAX];
	uint64_t wanted = at->arg[1] < WATCHED_MAX ? at->arg[1] : WATCHED_MAX;
	size_t got = wg__proc_memory(tid, at->arg[0], fds, wanted * sizeof(*fds)), i;
	unsigned n = 0;

	for (i = 0; i < got / sizeof(*fds); i++) {
		if (fds[i].fd >= 0)
			add_watched(ret, dir, fds[i].fd, n++);
	}
	ret->count = at->arg[1] > WATCHED_MAX ? (unsigned)at->arg[1] : n;
	end_watched(ret);
}

/* The sets may be shorter than an fd_set, or longer. */
static void look_fdsets(int dir, pid_t tid, const struct wg__at *at, struct wg_object *ret)
{
	uint64_t sets[3][16] = { { 0 } }, any;
	size_t bits = (size_t)(at->arg[0] < 1024 ? at->arg[0] : 1024), word, bit;
	int set;
	unsigned n = 0;

	for (set = 0; set < 3; set++) {
		if (at->arg[1 + set])
			(void)wg__proc_memory(
				tid, at->arg[1 + set], sets[set], (bits + 63) / 64 * 8);
	}
	for (word = 0; word < 16; word++) {
		any = sets[0][word] | sets[1][word] | sets[2][word];
		for (bit = 0; any && bit < 64; bit++) {
			if ((any >> bit & 1) && word * 64 + bit < bits)
				add_watched(ret, dir, (int)(word * 64 + bit), n++);
		}
	}
	ret->count = n;
	end_watched(ret);
}

/* What an epoll watches: one line each, "tfd: FD events: ...". */
static void look_epoll(int dir, int fd, struct wg_object *ret)
{
	char text[16384], path[256];
	const char *at = text;

	if (read_info(dir, fd, text, sizeof(text)) <= 0)
		return;
	while ((at = strstr(at, "tfd:"))) {
		int watched = (int)strtol(at + 4, NULL, 10);
		const char *kind;

		at += 4;
		ret->count++;
		kind = ret->count <= WATCHED_MAX ? kind_of(dir, watched, path, sizeof(path)) : NULL;
		if (kind && strcmp(kind, "timerfd") == 0)
			note_period(ret, timer_period(dir, watched));
	}
}

static void look_fd(int dir, int fd, struct wg_object *ret)
{
	char path[256];

	ret->kind = kind_of(dir, fd, path, sizeof(path));
	ret->fd = fd;
	if (!ret->kind)
		(void)snprintf(ret->text, sizeof(ret->text), "descriptor %d", fd);
	else if (strcmp(ret->kind, "file") == 0 || strcmp(ret->kind, "terminal") == 0)
		(void)snprintf(ret->text, sizeof(ret->text), "%.80s", path);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s %d", ret->kind, fd);
	if (ret->kind && strcmp(ret->kind, "timerfd") == 0)
		note_period(ret, timer_period(dir, fd));
	if (ret->kind && strcmp(ret->kind, "epoll") == 0)
		look_epoll(dir, fd, ret);
}

void wg__object_look(int dir, pid_t tid, const struct wg__at *at, const struct wg__call *call,
	struct wg_object *ret)
{
	*ret = (struct wg_object){ .fd = -1 };
	switch (call->on) {
	case WG__ON_NOTHING: break;
	case WG__ON_FD: look_fd(dir, (int)at->arg[0], ret); break;
	case WG__ON_POLLFDS: look_pollfds(dir, tid, at, ret); break;
	case WG__ON_FDSETS: look_fdsets(dir, tid, at, ret); break;
	case WG__ON_FUTEX:
		ret->kind = "futex";
		ret->address = at->arg[0];
		(void)snprintf(ret->text, sizeof(ret->text), "futex 0x%" PRIx64, ret->address);
		break;
	}
}
