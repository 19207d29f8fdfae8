/*
 * fds.c: see fds.h.
 *
 * Pipes and sockets are known everywhere by their inodes. Eventfds and the like all have the same
 * one, so they get numbers of this arena, which children that were forked share.
 */
#include "traces/preload/fds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "traces/preload/put.h"
#include "traces/preload/real.h"

uint8_t wg__fds_are[WG__FDS];
struct wg__fd_seen wg__fds_seen[WG__FDS];

static uint64_t inode_object(const struct stat *st)
{
	return WG_PRELOAD_INODE | (st->st_ino & ~(WG_PRELOAD_INODE | WG_PRELOAD_SET)) |
	       (S_ISSOCK(st->st_mode) ? WG_PRELOAD_MADE : 0);
}

static uint8_t what_is(enum wg_object_kind kind, bool is_blocking)
{
	unsigned is = WG__FD_SEEN | WG__FD_OBJECT;

	if (is_blocking)
		is |= WG__FD_BLOCKING;
	if (kind == WG_OBJECT_EVENTFD || kind == WG_OBJECT_PIPE || kind == WG_OBJECT_SOCKETPAIR)
		is |= WG__FD_NOTIFYING;
	if (kind != WG_OBJECT_EVENTFD && kind != WG_OBJECT_TIMERFD)
		is |= WG__FD_DATA;
	if (kind == WG_OBJECT_SOCKET)
		is |= WG__FD_SOCKET;
	return (uint8_t)is;
}

/* Between enter and leave. */
static void say(int fd, const struct wg__fd_seen *s, uint64_t peer, bool is_known)
{
	struct wg_preload_record *r = wg__put(WG_PRELOAD_OBJECT);

	if (!r)
		return;
	r->object = s->object;
	r->kind = s->kind;
	r->a = peer;
	r->ret = fd;
	r->flags = is_known ? WG_PRELOAD_KNOWN : 0;
	wg__put_done(r);
}

/* "anon_inode:[eventfd]" */
static enum wg_object_kind anonymous_kind(int fd)
{
	char link[40], text[40];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	if (strstr(text, "[eventfd"))
		return WG_OBJECT_EVENTFD;
	if (strstr(text, "[timerfd"))
		return WG_OBJECT_TIMERFD;
	return strstr(text, "[eventpoll") ? WG_OBJECT_EPOLL : WG_OBJECT_OTHER;
}

/* Somebody connected to a name: the other end is unknown here, and what is written notifies nobody
 * that could be found. One that socketpair() made has no name at either end. */
static bool has_name(int fd)
{
	struct sockaddr_un name;
	socklen_t own = sizeof(name), other = sizeof(name);

	return (getsockname(fd, (struct sockaddr *)&name, &own) == 0 &&
		       own > sizeof(sa_family_t)) ||
	       (getpeername(fd, (struct sockaddr *)&name, &other) == 0 &&
		       other > sizeof(sa_family_t));
}

static uint8_t learn(int fd, struct wg__fd_seen *s, const struct stat *st)
{
	long flags = REAL(syscall)(SYS_fcntl, fd, F_GETFL);

	*s = (struct wg__fd_seen){ .inode = st->st_ino };
	if (S_ISFIFO(st->st_mode)) {
		s->kind = WG_OBJECT_PIPE;
		s->object = inode_object(st);
	} else if (S_ISSOCK(st->st_mode)) {
		int domain = 0;
		socklen_t len = sizeof(domain);

		(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
		s->kind = domain == AF_UNIX && !has_name(fd) ? WG_OBJECT_SOCKETPAIR
							     : WG_OBJECT_SOCKET;
		s->object = inode_object(st);
	} else if (S_ISCHR(st->st_mode) && isatty(fd)) {
		s->kind = WG_OBJECT_OTHER;
		s->object = wg__new_object();
	} else if ((st->st_mode & S_IFMT) == 0) {
		s->kind = (uint8_t)anonymous_kind(fd);
		s->object = wg__new_object();
	} else {
		return WG__FD_SEEN;
	}
	say(fd, s, s->object, false);
	return what_is(s->kind, flags >= 0 && !(flags & O_NONBLOCK));
}

/* Eventfds and the like all have one inode: their kinds tell them apart. */
static bool is_still(int fd, const struct wg__fd_seen *s, const struct stat *st)
{
	return st->st_ino == s->inode &&
	       ((st->st_mode & S_IFMT) != 0 || anonymous_kind(fd) == s->kind);
}

/* What it was when it was seen last, if it still is that. */
static uint8_t look(int fd, uint8_t was)
{
	struct wg__fd_seen *s = &wg__fds_seen[fd];
	struct stat st;
	uint8_t is = WG__FD_SEEN;

	if (wg__is_fenced())
		return is;
	/* Nobody will ever ask what it was. */
	if (!wg__enter())
		return wg__is_over() ? is : was;
	if (fstat(fd, &st) == 0)
		is = was & WG__FD_OBJECT && is_still(fd, s, &st) ? was | WG__FD_SEEN
								 : learn(fd, s, &st);
	wg__leave();
	return is;
}

unsigned wg__fd_look(int fd)
{
	int error = errno;

	if (fd < 0 || fd >= WG__FDS)
		return WG__FD_SEEN;
	if (!(wg__fds_are[fd] & WG__FD_SEEN)) {
		wg__fds_are[fd] = look(fd, wg__fds_are[fd]);
		errno = error;
	}
	return wg__fds_are[fd];
}

static struct wg__fd_seen *make(int fd, enum wg_object_kind kind, bool is_blocking)
{
	struct wg__fd_seen *s = &wg__fds_seen[fd];
	struct stat st;

	*s = (struct wg__fd_seen){ .kind = (uint8_t)kind };
	wg__fds_are[fd] = what_is(kind, is_blocking);
	if (!wg__is_fenced() && fstat(fd, &st) == 0) {
		s->inode = st.st_ino;
		if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
			s->object = inode_object(&st);
	}
	if (!s->object)
		s->object = wg__new_object();
	return s;
}

void wg__fd_made(int fd, enum wg_object_kind kind, bool is_blocking)
{
	struct wg__fd_seen *s;
	int error = errno;

	if (fd < 0 || fd >= WG__FDS || !wg__enter())
		return;
	s = make(fd, kind, is_blocking);
	say(fd, s, s->object, true);
	wg__leave();
	errno = error;
}

void wg__fd_made_pair(const int fds[2], enum wg_object_kind kind, bool is_blocking)
{
	struct wg__fd_seen *a, *b;
	int error = errno;

	if (fds[0] < 0 || fds[1] < 0 || fds[0] >= WG__FDS || fds[1] >= WG__FDS || !wg__enter())
		return;
	a = make(fds[0], kind, is_blocking);
	b = make(fds[1], kind, is_blocking);
	say(fds[0], a, b->object, true);
	if (a->object != b->object)
		say(fds[1], b, a->object, true);
	wg__leave();
	errno = error;
}

void wg__fd_doubt(int fd)
{
	if (fd >= 0 && fd < WG__FDS)
		wg__fds_are[fd] &= (uint8_t)~WG__FD_SEEN;
}

void wg__fd_set_blocking(int fd, bool is_blocking)
{
	unsigned is = wg__fd_is(fd);

	if (is & WG__FD_OBJECT)
		wg__fds_are[fd] =
			(uint8_t)(is_blocking ? is | WG__FD_BLOCKING : is & ~WG__FD_BLOCKING);
}

uint64_t wg__fd_set(uint64_t hash, int fd, bool is_first)
{
	uint64_t mixed = (hash ^ (uint32_t)fd) * UINT64_C(0x9e3779b97f4a7c15);

	if (is_first)
		return WG_PRELOAD_SET | (uint64_t)(fd & 0xffff) << 40 | (mixed & 0xffffffffffu);
	return (hash & ~UINT64_C(0xffffffffff)) | (mixed & 0xffffffffffu);
}

bool wg__fd_would_wait(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int error = errno, ready;

	if (wg__is_fenced() || !(wg__fd_look(fd) & WG__FD_BLOCKING))
		return false;
	ready = REAL(poll)(&p, 1, 0);
	/* It may have changed in a way that was not seen: by another process, say. */
	if (ready == 0 && REAL(syscall)(SYS_fcntl, fd, F_GETFL) & O_NONBLOCK) {
		wg__fd_set_blocking(fd, false);
		ready = 1;
	}
	errno = error;
	return ready == 0;
}
