/*
 * op.c: what the operations do when a worker runs them: one system call each.
 *
 * EINTR is retried here, on the worker: a signal is no result. The exception is close(2), which on
 * Linux has released the descriptor even when it says EINTR; closing again could close another
 * thread's new file.
 */
#include "core/op.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void init(struct wg_op *op, enum wg_op_kind kind)
{
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	op->fd = -1;
	wg_list_init(&op->node);
}

void wg_op_read(struct wg_op *op, int fd, void *buf, size_t len, int64_t offset)
{
	init(op, WG_OP_READ);
	op->fd = fd;
	op->buf = buf;
	op->len = len;
	op->offset = offset;
}

void wg_op_write(struct wg_op *op, int fd, const void *buf, size_t len, int64_t offset)
{
	init(op, WG_OP_WRITE);
	op->fd = fd;
	op->buf = (void *)(uintptr_t)buf; /* only ever passed to write(2) */
	op->len = len;
	op->offset = offset;
}

void wg_op_open(struct wg_op *op, const char *path, int flags, mode_t mode)
{
	init(op, WG_OP_OPEN);
	op->path = path;
	op->flags = flags;
	op->mode = mode;
}

void wg_op_stat(struct wg_op *op, const char *path, struct stat *st)
{
	init(op, WG_OP_STAT);
	op->path = path;
	op->buf = st;
}

void wg_op_close(struct wg_op *op, int fd)
{
	init(op, WG_OP_CLOSE);
	op->fd = fd;
}

int64_t wg__op_arg(const struct wg_op *op)
{
	switch (op->kind) {
	case WG_OP_READ:
	case WG_OP_WRITE: return (int64_t)op->len;
	case WG_OP_CLOSE: return op->fd;
	default: return 0;
	}
}

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

	do
		rc = perform_once(op);
	while (rc < 0 && errno == EINTR && op->kind != WG_OP_CLOSE);
	if (rc < 0)
		return op->kind == WG_OP_CLOSE && errno == EINTR ? 0 : -errno;
	return rc;
}
