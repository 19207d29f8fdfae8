/*
 * op.c: what the operations do when a worker performs them: one system call each.
 *
 * After EINTR the worker tries again: a signal is no result. The exception is close(2): on Linux it
 * has released the descriptor even if it says EINTR, and a second close could hit another thread's
 * new file.
 */
#include "core/op.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void wg_op_read(struct wg_op *op, int fd, void *buf, size_t len, int64_t offset)
{
	*op = (struct wg_op){
		.kind = WG_OP_READ, .fd = fd, .buf = buf, .len = len, .offset = offset
	};
}

void wg_op_write(struct wg_op *op, int fd, const void *buf, size_t len, int64_t offset)
{
	wg_op_read(op, fd, (void *)(uintptr_t)buf, len, offset); /* buf is only read */
	op->kind = WG_OP_WRITE;
}

void wg_op_open(struct wg_op *op, const char *path, int flags, mode_t mode)
{
	*op = (struct wg_op){ .kind = WG_OP_OPEN, .path = path, .flags = flags, .mode = mode };
}

void wg_op_stat(struct wg_op *op, const char *path, struct stat *st)
{
	*op = (struct wg_op){ .kind = WG_OP_STAT, .path = path, .buf = st };
}

void wg_op_close(struct wg_op *op, int fd)
{
	*op = (struct wg_op){ .kind = WG_OP_CLOSE, .fd = fd };
}

void wg_op_timer(struct wg_op *op, int64_t delay_ns)
{
	*op = (struct wg_op){ .kind = WG_OP_TIMER, .delay_ns = delay_ns > 0 ? delay_ns : 0 };
}

void wg_op_work(struct wg_op *op, wg_work_fn work, void *arg)
{
	*op = (struct wg_op){ .kind = WG_OP_WORK, .work = work, .work_arg = arg };
}

static_assert(sizeof(struct wg_op) <= 256, "a hundred thousand queued operations fit in 25 MB");

static ssize_t perform_once(struct wg_op *op)
{
	switch (op->kind) {
	case WG_OP_READ:
		return op->offset < 0 ? read(op->fd, op->buf, op->len)
				      : pread(op->fd, op->buf, op->len, (off_t)op->offset);
	case WG_OP_WRITE:
		return op->offset < 0 ? write(op->fd, op->buf, op->len)
				      : pwrite(op->fd, op->buf, op->len, (off_t)op->offset);
	case WG_OP_OPEN: return open(op->path, op->flags | O_CLOEXEC, op->mode);
	case WG_OP_STAT: return stat(op->path, op->buf);
	case WG_OP_CLOSE: return close(op->fd);
	default: errno = ENOTSUP; return -1;
	}
}

int64_t wg__op_perform(struct wg_op *op)
{
	ssize_t rc;

	if (op->kind == WG_OP_WORK)
		return op->work(op, op->work_arg);
	do
		rc = perform_once(op);
	while (rc < 0 && errno == EINTR && op->kind != WG_OP_CLOSE);
	if (rc < 0)
		return op->kind == WG_OP_CLOSE && errno == EINTR ? 0 : -errno;
	return rc;
}
