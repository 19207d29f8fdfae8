/*
 * descriptors.c: descriptors are made, written to and read from.
 *
 * A write to an eventfd, a pipe or a local socket is a notify. A read is a wait only if the
 * descriptor blocks and has nothing yet. What other descriptors transfer is no notify that anybody
 * here could receive, but it tells that the thread acted.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "traces/preload/fds.h"
#include "traces/preload/put.h"
#include "traces/preload/real.h"

/* --- made, closed, copied --- */

FRONT int eventfd(unsigned value, int flags)
{
	int fd = REAL(eventfd)(value, flags);

	wg__fd_made(fd, WG_OBJECT_EVENTFD, !(flags & EFD_NONBLOCK));
	return fd;
}

FRONT int timerfd_create(clockid_t clock, int flags)
{
	int fd = REAL(timerfd_create)(clock, flags);

	wg__fd_made(fd, WG_OBJECT_TIMERFD, !(flags & TFD_NONBLOCK));
	return fd;
}

FRONT int pipe(int fds[2])
{
	int rc = REAL(pipe)(fds);

	if (rc == 0)
		wg__fd_made_pair(fds, WG_OBJECT_PIPE, true);
	return rc;
}

FRONT int pipe2(int fds[2], int flags)
{
	int rc = REAL(pipe2)(fds, flags);

	if (rc == 0)
		wg__fd_made_pair(fds, WG_OBJECT_PIPE, !(flags & O_NONBLOCK));
	return rc;
}

FRONT int socketpair(int domain, int type, int protocol, int fds[2])
{
	int rc = REAL(socketpair)(domain, type, protocol, fds);

	if (rc == 0)
		wg__fd_made_pair(fds, WG_OBJECT_SOCKETPAIR, !(type & SOCK_NONBLOCK));
	return rc;
}

FRONT int close(int fd)
{
	wg__fd_doubt(fd);
	return REAL(close)(fd);
}

FRONT int dup(int fd)
{
	int rc = REAL(dup)(fd);

	wg__fd_doubt(rc);
	return rc;
}

FRONT int dup2(int from, int to)
{
	int rc = REAL(dup2)(from, to);

	wg__fd_doubt(rc);
	return rc;
}

FRONT int dup3(int from, int to, int flags)
{
	int rc = REAL(dup3)(from, to, flags);

	wg__fd_doubt(rc);
	return rc;
}

/* Both take a number or an address, and pass on what is there. */
static int control(int fd, int command, void *arg)
{
	int rc = REAL(fcntl)(fd, command, arg);

	if (rc >= 0 && command == F_SETFL)
		wg__fd_set_blocking(fd, !((intptr_t)arg & O_NONBLOCK));
	else if (rc >= 0 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC))
		wg__fd_doubt(rc);
	return rc;
}

FRONT int fcntl(int fd, int command, ...)
{
	va_list args;
	void *arg;

	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	return control(fd, command, arg);
}

/* The same, of programs with long file offsets. */
FRONT int fcntl64(int fd, int command, ...)
{
	va_list args;
	void *arg;

	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	return control(fd, command, arg);
}

FRONT int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int rc;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	rc = REAL(ioctl)(fd, request, arg);
	if (rc == 0 && request == FIONBIO)
		wg__fd_set_blocking(fd, *(const int *)arg == 0);
	return rc;
}

/* --- written to --- */

static void notify(int fd, int64_t value, uint64_t site)
{
	const struct wg__fd_seen *s = wg__fd(fd);

	if (s->what == WG__FD_OBJECT &&
		(s->kind == WG_OBJECT_EVENTFD || s->kind == WG_OBJECT_PIPE ||
			s->kind == WG_OBJECT_SOCKETPAIR))
		wg__notify(
			&(struct wg__notified){ WG_IN_READ, -1, s->object, site, value, 0, false });
	else
		wg__did(WG_DID_ACTED);
}

FRONT int eventfd_write(int fd, eventfd_t value)
{
	notify(fd, (int64_t)value, SITE);
	return REAL(eventfd_write)(fd, value);
}

FRONT ssize_t write(int fd, const void *buf, size_t len)
{
	notify(fd, (int64_t)len, SITE);
	return REAL(write)(fd, buf, len);
}

FRONT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	notify(fd, count, SITE);
	return REAL(writev)(fd, parts, count);
}

FRONT ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	notify(fd, (int64_t)len, SITE);
	return REAL(send)(fd, buf, len, flags);
}

FRONT ssize_t sendto(
	int fd, const void *buf, size_t len, int flags, __CONST_SOCKADDR_ARG to, socklen_t to_len)
{
	notify(fd, (int64_t)len, SITE);
	return REAL(sendto)(fd, buf, len, flags, to, to_len);
}

FRONT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	notify(fd, 1, SITE);
	return REAL(sendmsg)(fd, message, flags);
}

/* --- read from --- */

static void begin_read(struct wg__sleep *w, int fd, int flags, uint64_t site)
{
	w->is_on = false;
	if (wg__fd(fd)->is_blocking && !(flags & MSG_DONTWAIT) && wg__fd_would_wait(fd))
		wg__sleep_begin(w, WG_IN_READ, wg__fd_object(fd), WG_FOR_EVER, site);
}

static ssize_t end_read(struct wg__sleep *w, int fd, ssize_t n)
{
	const struct wg__fd_seen *s;

	if (w->is_on)
		(void)wg__sleep_errno(w, n < 0 ? -1 : n > INT32_MAX ? INT32_MAX : (int)n);
	s = wg__fd(fd);
	if (n > 0 && s->what == WG__FD_OBJECT)
		wg__did(s->kind == WG_OBJECT_EVENTFD || s->kind == WG_OBJECT_TIMERFD
				? WG_DID_DRAINED
				: WG_DID_ACTED);
	return n;
}

#define READ(flags, call)                                                                          \
	struct wg__sleep w;                                                                        \
                                                                                                   \
	begin_read(&w, fd, flags, SITE);                                                           \
	return end_read(&w, fd, call)

FRONT ssize_t read(int fd, void *buf, size_t len)
{
	READ(0, REAL(read)(fd, buf, len));
}

FRONT ssize_t __read_chk(int fd, void *buf, size_t len, size_t room)
{
	READ(0, REAL(__read_chk)(fd, buf, len, room));
}

FRONT ssize_t readv(int fd, const struct iovec *parts, int count)
{
	READ(0, REAL(readv)(fd, parts, count));
}

FRONT int eventfd_read(int fd, eventfd_t *value)
{
	struct wg__sleep w;
	int rc;

	begin_read(&w, fd, 0, SITE);
	rc = REAL(eventfd_read)(fd, value);
	if (w.is_on)
		(void)wg__sleep_errno(&w, rc);
	else if (rc == 0)
		wg__did(WG_DID_DRAINED);
	return rc;
}

FRONT ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	READ(flags, REAL(recv)(fd, buf, len, flags));
}

FRONT ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags)
{
	READ(flags, REAL(__recv_chk)(fd, buf, len, room, flags));
}

FRONT ssize_t recvfrom(int fd, void *restrict buf, size_t len, int flags, __SOCKADDR_ARG from,
	socklen_t *restrict from_len)
{
	READ(flags, REAL(recvfrom)(fd, buf, len, flags, from, from_len));
}

FRONT ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t room, int flags,
	struct sockaddr *from, socklen_t *from_len)
{
	READ(flags, REAL(__recvfrom_chk)(fd, buf, len, room, flags, from, from_len));
}

FRONT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	READ(flags, REAL(recvmsg)(fd, message, flags));
}

/* --- accepted --- */

static int end_accept(struct wg__sleep *w, int fd)
{
	int error = errno;

	if (w->is_on)
		(void)wg__sleep_errno(w, fd);
	if (fd >= 0) {
		wg__fd_doubt(fd);
		wg__did(WG_DID_ACTED);
	}
	errno = error;
	return fd;
}

FRONT int accept(int fd, __SOCKADDR_ARG from, socklen_t *restrict len)
{
	struct wg__sleep w;

	begin_read(&w, fd, 0, SITE);
	return end_accept(&w, REAL(accept)(fd, from, len));
}

FRONT int accept4(int fd, __SOCKADDR_ARG from, socklen_t *restrict len, int flags)
{
	struct wg__sleep w;

	begin_read(&w, fd, 0, SITE);
	return end_accept(&w, REAL(accept4)(fd, from, len, flags));
}
