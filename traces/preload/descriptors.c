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

/* Its number may have been that of a file that fclose() closed, which is not seen. */
FRONT int socket(int domain, int type, int protocol)
{
	int fd = REAL(socket)(domain, type, protocol);

	wg__fd_doubt(fd);
	return fd;
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
static int control(int fd, int command, void *arg, uint64_t site)
{
	int rc;

	/* A filter may know the one command, and not the other. */
	if ((command == F_SETLKW || command == F_OFD_SETLKW) && !wg__is_fenced())
		return wg__lock_part(fd, command, arg, site);
	rc = REAL(fcntl)(fd, command, arg);
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
	return control(fd, command, arg, SITE);
}

/* The same, of programs with long file offsets. */
FRONT int fcntl64(int fd, int command, ...)
{
	va_list args;
	void *arg;

	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	return control(fd, command, arg, SITE);
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
	struct wg__notified n = { WG_IN_READ, -1, wg__fd_object(fd), site, value, 0, false };

	if (wg__fd_is(fd) & WG__FD_NOTIFYING)
		wg__notify(&n);
	else
		wg__acted();
}

/*
 * Most writes are answers of a server, and no notify. One load tells, and since it was looked at,
 * the real function is known. All else is a function of its own, so that this one saves nothing.
 */
#define WRITE(name, value, args, ...)                                                              \
	static __attribute__((noinline)) ssize_t notify_##name(uint64_t site, __VA_ARGS__)         \
	{                                                                                          \
		notify(fd, value, site);                                                           \
		return REAL(name) args;                                                            \
	}                                                                                          \
	FRONT ssize_t name(__VA_ARGS__)                                                            \
	{                                                                                          \
		unsigned is = wg__fd_is(fd) & (WG__FD_SEEN | WG__FD_NOTIFYING);                    \
                                                                                                   \
		if (__builtin_expect(is != WG__FD_SEEN, 0))                                        \
			return notify_##name(SITE, BARE args);                                     \
		wg__acted();                                                                       \
		return wg__real_##name args;                                                       \
	}
#define BARE(...) __VA_ARGS__

FRONT int eventfd_write(int fd, eventfd_t value)
{
	notify(fd, (int64_t)value, SITE);
	return REAL(eventfd_write)(fd, value);
}

WRITE(write, (int64_t)len, (fd, buf, len), int fd, const void *buf, size_t len)
WRITE(writev, count, (fd, parts, count), int fd, const struct iovec *parts, int count)
WRITE(send, (int64_t)len, (fd, buf, len, flags), int fd, const void *buf, size_t len, int flags)
WRITE(sendto, (int64_t)len, (fd, buf, len, flags, to, to_len), int fd, const void *buf, size_t len,
	int flags, __CONST_SOCKADDR_ARG to, socklen_t to_len)
WRITE(sendmsg, 1, (fd, message, flags), int fd, const struct msghdr *message, int flags)

FRONT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	notify(fd, count, SITE);
	return REAL(sendmmsg)(fd, messages, count, flags);
}

/* --- read from --- */

static void begin_read(struct wg__sleep *w, int fd, int flags, uint64_t site)
{
	w->is_on = false;
	if (!(flags & MSG_DONTWAIT) && wg__fd_would_wait(fd))
		wg__sleep_begin(w, WG_IN_READ, wg__fd_object(fd), WG_FOR_EVER, site);
}

static ssize_t end_read(struct wg__sleep *w, int fd, ssize_t n)
{
	if (w->is_on)
		(void)wg__sleep_errno(w, n < 0 ? -1 : n > INT32_MAX ? INT32_MAX : (int)n);
	if (wg__fd_look(fd) & WG__FD_DATA && n > 0)
		wg__acted();
	return n;
}

/*
 * As WRITE(): one load tells that it does not wait. What it has read is asked of the first one
 * after a wake alone, and the others return to the program.
 */
#define READ(name, flags, args, ...)                                                               \
	static __attribute__((noinline)) ssize_t wait_##name(uint64_t site, __VA_ARGS__)           \
	{                                                                                          \
		struct wg__sleep w;                                                                \
                                                                                                   \
		begin_read(&w, fd, flags, site);                                                   \
		return end_read(&w, fd, REAL(name) args);                                          \
	}                                                                                          \
	static __attribute__((noinline)) ssize_t first_##name(__VA_ARGS__)                         \
	{                                                                                          \
		ssize_t n = wg__real_##name args;                                                  \
                                                                                                   \
		if (n > 0)                                                                         \
			wg__acted();                                                               \
		return n;                                                                          \
	}                                                                                          \
	FRONT ssize_t name(__VA_ARGS__)                                                            \
	{                                                                                          \
		unsigned is = wg__fd_is(fd);                                                       \
                                                                                                   \
		if (__builtin_expect((is & (WG__FD_SEEN | WG__FD_BLOCKING)) != WG__FD_SEEN, 0))    \
			return wait_##name(SITE, BARE args);                                       \
		if (is & WG__FD_DATA && !wg__has_acted())                                          \
			return first_##name args;                                                  \
		return wg__real_##name args;                                                       \
	}

READ(read, 0, (fd, buf, len), int fd, void *buf, size_t len)
READ(__read_chk, 0, (fd, buf, len, room), int fd, void *buf, size_t len, size_t room)
READ(readv, 0, (fd, parts, count), int fd, const struct iovec *parts, int count)
READ(recv, flags, (fd, buf, len, flags), int fd, void *buf, size_t len, int flags)
READ(__recv_chk, flags, (fd, buf, len, room, flags), int fd, void *buf, size_t len, size_t room,
	int flags)
READ(recvfrom, flags, (fd, buf, len, flags, from, from_len), int fd, void *restrict buf, size_t len,
	int flags, __SOCKADDR_ARG from, socklen_t *restrict from_len)
READ(__recvfrom_chk, flags, (fd, buf, len, room, flags, from, from_len), int fd, void *buf,
	size_t len, size_t room, int flags, struct sockaddr *from, socklen_t *from_len)
READ(recvmsg, flags, (fd, message, flags), int fd, struct msghdr *message, int flags)

FRONT int recvmmsg(
	int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	struct wg__sleep w;

	begin_read(&w, fd, flags, SITE);
	return (int)end_read(&w, fd, REAL(recvmmsg)(fd, messages, count, flags, timeout));
}

FRONT int eventfd_read(int fd, eventfd_t *value)
{
	struct wg__sleep w;
	int rc;

	begin_read(&w, fd, 0, SITE);
	rc = REAL(eventfd_read)(fd, value);
	if (w.is_on)
		(void)wg__sleep_errno(&w, rc);
	return rc;
}

/* --- accepted --- */

static int end_accept(struct wg__sleep *w, int fd)
{
	int error = errno;

	if (w->is_on)
		(void)wg__sleep_errno(w, fd);
	if (fd >= 0) {
		wg__fd_doubt(fd);
		wg__acted();
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
