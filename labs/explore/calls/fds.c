/*
 * fds.c: descriptors, eventfd, and the calls that all descriptors share; see fds.h and files.h.
 */
#include "labs/explore/calls/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "labs/explore/calls/files.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

static struct lx_file files[LX_FILES];

void lx_fds_reset(void)
{
	memset(files, 0, sizeof(files));
	lx_streams_reset();
}

int lx_fds_open(void)
{
	int i, count = 0;

	for (i = 0; i < LX_FILES; i++)
		count += files[i].kind != LX_NO_FILE;
	return count;
}

int lx_file_create(enum lx_file_kind kind, bool is_nonblocking)
{
	int i;

	for (i = 0; i < LX_FILES; i++) {
		if (files[i].kind == LX_NO_FILE) {
			files[i] = (struct lx_file){ .kind = kind,
				.is_nonblocking = is_nonblocking,
				.expiry_ns = LX_NEVER };
			return LX_FD_FIRST + i;
		}
	}
	return -EMFILE;
}

bool lx_is_ours(int fd)
{
	return fd >= LX_FD_FIRST && fd < LX_FD_FIRST + LX_FILES;
}

struct lx_file *lx_file_of(int fd)
{
	return lx_is_ours(fd) && files[fd - LX_FD_FIRST].kind != LX_NO_FILE
		       ? &files[fd - LX_FD_FIRST]
		       : NULL;
}

int lx_fd_of(const struct lx_file *f)
{
	return LX_FD_FIRST + (int)(f - files);
}

static uint32_t stream_ready(const struct lx_file *f)
{
	uint32_t ready = 0;

	if (f->in && (f->in->used > 0 || !f->in->has_writer))
		ready |= EPOLLIN;
	if (f->in && !f->in->has_writer)
		ready |= f->out ? EPOLLRDHUP : EPOLLHUP;
	if (f->out && f->out->has_reader && f->out->used < LX_CHANNEL)
		ready |= EPOLLOUT;
	if (f->out && !f->out->has_reader)
		ready |= f->in ? EPOLLOUT | EPOLLHUP : EPOLLERR;
	return ready;
}

uint32_t lx_file_ready(const struct lx_file *f)
{
	switch (f->kind) {
	case LX_EVENTFD: return EPOLLOUT | (f->count > 0 ? EPOLLIN : 0);
	case LX_TIMERFD: return f->count > 0 ? EPOLLIN : 0;
	case LX_STREAM: return stream_ready(f);
	default: return 0;
	}
}

void lx_point_fd(const char *call, const void *object, int64_t arg,
	bool (*is_ready)(const struct lx_thread *t), int64_t deadline_ns, const void *caller)
{
	struct lx_thread *self = lx.self;

	self->wake = LX_ASLEEP;
	self->deadline_ns = is_ready ? deadline_ns : LX_NEVER;
	lx_point(&(struct lx_op){ .call = call,
		.caller = caller,
		.object = object,
		.arg = arg,
		.is_ready = is_ready,
		.is_blocking = is_ready != NULL,
		.touch = { { files, true } } });
	self->deadline_ns = LX_NEVER;
}

/* ---- timers among them ---- */

int64_t lx_fds_deadline(void)
{
	int64_t next = LX_NEVER;
	int i;

	for (i = 0; i < LX_FILES; i++) {
		if (files[i].kind == LX_TIMERFD && files[i].expiry_ns < next)
			next = files[i].expiry_ns;
	}
	return next;
}

void lx_fds_time(void)
{
	int i;

	for (i = 0; i < LX_FILES; i++) {
		struct lx_file *f = &files[i];

		if (f->kind != LX_TIMERFD || f->expiry_ns > lx.now_ns)
			continue;
		f->count++;
		f->expiry_ns = f->interval_ns ? f->expiry_ns + f->interval_ns : LX_NEVER;
		lx_file_edge(f, EPOLLIN);
	}
}

/* ---- read, write, close ---- */

static bool can_read(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP || (lx_file_ready(t->op.object) & (EPOLLIN | EPOLLHUP));
}

static bool can_write(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP ||
	       (lx_file_ready(t->op.object) & (EPOLLOUT | EPOLLHUP | EPOLLERR));
}

static int64_t read_count(struct lx_file *f, void *to, size_t size)
{
	uint64_t value = f->is_semaphore ? 1 : f->count;

	if (size < sizeof(value))
		return -EINVAL;
	if (f->count == 0)
		return -EAGAIN;
	f->count -= value;
	memcpy(to, &value, sizeof(value));
	lx_note("reads %llu", (unsigned long long)value);
	return (int64_t)sizeof(value);
}

static int64_t write_count(struct lx_file *f, const void *from, size_t size)
{
	uint64_t value;

	if (f->kind != LX_EVENTFD || size < sizeof(value))
		return -EINVAL;
	memcpy(&value, from, sizeof(value));
	if (value >= UINT64_MAX - f->count)
		return -EAGAIN;
	f->count += value;
	lx_note("the count is %llu", (unsigned long long)f->count);
	lx_file_edge(f, EPOLLIN);
	lx_notify();
	return (int64_t)sizeof(value);
}

/* A result as the system gives it: -1 and errno. */
static ssize_t result_of(int64_t n)
{
	return n < 0 ? lx_failed((int)-n) : (ssize_t)n;
}

static ssize_t read_from(
	const char *call, int fd, void *to, size_t size, bool waits, const void *caller)
{
	struct lx_file *f = lx_file_of(fd);

	if (!f) {
		lx_remark_call(call, caller);
		return lx_failed(EBADF);
	}
	waits = waits && !f->is_nonblocking;
	if (waits)
		lx_wait_begin(-1);
	lx_memory_access(to, size, true, caller);
	lx_point_fd(call, f, fd, waits ? can_read : NULL, LX_NEVER, caller);
	if (waits)
		lx_wait_end(f->kind == LX_EVENTFD && lx.self->wake == LX_ASLEEP ? LX_NOTIFIED
										: lx.self->wake,
			false);
	if (lx.self->wake == LX_INTERRUPTED)
		return lx_failed(EINTR);
	if (f->kind == LX_NO_FILE)
		return lx_failed(EBADF);
	if (f->kind == LX_STREAM)
		return result_of(lx_stream_read(f, to, size));
	return result_of(f->kind == LX_EPOLL ? -EINVAL : read_count(f, to, size));
}

static ssize_t write_to(
	const char *call, int fd, const void *from, size_t size, bool waits, const void *caller)
{
	struct lx_file *f = lx_file_of(fd);

	if (!f) {
		lx_remark_call(call, caller);
		return lx_failed(EBADF);
	}
	lx_memory_access(from, size, false, caller);
	lx_point_fd(call, f, fd, waits && !f->is_nonblocking ? can_write : NULL, LX_NEVER, caller);
	if (lx.self->wake == LX_INTERRUPTED)
		return lx_failed(EINTR);
	if (f->kind == LX_NO_FILE)
		return lx_failed(EBADF);
	return result_of(
		f->kind == LX_STREAM ? lx_stream_write(f, from, size) : write_count(f, from, size));
}

LX_WRAP(ssize_t, read, int fd, void *to, size_t size)
{
	return lx_is_ours(fd) ? read_from("read", fd, to, size, true, LX_CALLER())
			      : read(fd, to, size);
}

LX_WRAP(ssize_t, write, int fd, const void *from, size_t size)
{
	return lx_is_ours(fd) ? write_to("write", fd, from, size, true, LX_CALLER())
			      : write(fd, from, size);
}

LX_WRAP(ssize_t, recv, int fd, void *to, size_t size, int flags)
{
	return lx_is_ours(fd)
		       ? read_from("recv", fd, to, size, !(flags & MSG_DONTWAIT), LX_CALLER())
		       : recv(fd, to, size, flags);
}

LX_WRAP(ssize_t, send, int fd, const void *from, size_t size, int flags)
{
	return lx_is_ours(fd)
		       ? write_to("send", fd, from, size, !(flags & MSG_DONTWAIT), LX_CALLER())
		       : send(fd, from, size, flags);
}

LX_WRAP(int, close, int fd)
{
	struct lx_file *f = lx_file_of(fd);

	if (!lx_is_ours(fd))
		return close(fd);
	if (f)
		lx_point_fd("close", f, fd, NULL, LX_NEVER, LX_CALLER());
	if (!f || f->kind == LX_NO_FILE) {
		lx_fail("misuse", "close of descriptor %d, which is not open", fd);
		return lx_failed(EBADF);
	}
	lx_stream_close(f);
	lx_epoll_forget(fd);
	f->kind = LX_NO_FILE;
	return 0;
}

LX_WRAP(int, fcntl, int fd, int command, ...)
{
	struct lx_file *f = lx_file_of(fd);
	va_list args;
	long arg;

	va_start(args, command);
	arg = va_arg(args, long);
	va_end(args);
	if (!lx_is_ours(fd))
		return fcntl(fd, command, arg);
	if (!f)
		return lx_failed(EBADF);
	if (command == F_GETFL)
		return O_RDWR | (f->is_nonblocking ? O_NONBLOCK : 0);
	if (command == F_SETFL)
		f->is_nonblocking = (arg & O_NONBLOCK) != 0;
	else if (command != F_SETFD && command != F_GETFD)
		lx_fail_and_end("not-modelled", "fcntl(%d) on a modelled descriptor", command);
	return 0;
}

/* ---- eventfd ---- */

LX_WRAP(int, eventfd, unsigned count, int flags)
{
	int fd = lx_file_create(LX_EVENTFD, flags & EFD_NONBLOCK);
	struct lx_file *f = fd >= 0 ? lx_file_of(fd) : NULL;

	lx_remark_call("eventfd", LX_CALLER());
	if (!f)
		return (int)result_of(fd);
	f->count = count;
	f->is_semaphore = flags & EFD_SEMAPHORE;
	return fd;
}

LX_WRAP(int, eventfd_write, int fd, eventfd_t value)
{
	return write_to("eventfd_write", fd, &value, sizeof(value), true, LX_CALLER()) < 0 ? -1 : 0;
}

LX_WRAP(int, eventfd_read, int fd, eventfd_t *ret)
{
	return read_from("eventfd_read", fd, ret, sizeof(*ret), true, LX_CALLER()) < 0 ? -1 : 0;
}
