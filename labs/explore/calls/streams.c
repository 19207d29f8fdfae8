/*
 * streams.c: pipes and pairs of connected sockets: bytes in order, in buffers that can be full.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "labs/explore/calls/files.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define CHANNELS 128 /* made in one schedule: none is used again */

static struct {
	struct lx_channel channel[CHANNELS];
	int count;
} streams;

void lx_streams_reset(void)
{
	streams.count = 0;
}

static struct lx_channel *open_channel(void)
{
	struct lx_channel *c;

	if (streams.count == CHANNELS)
		lx_fail_and_end("not-modelled", "so many pipes or pairs of sockets");
	c = &streams.channel[streams.count++];
	*c = (struct lx_channel){ .has_writer = true, .has_reader = true };
	return c;
}

/* Something happened to a channel: tell the watches of its other end. */
static void tell(const struct lx_channel *c, bool is_reader, uint32_t events)
{
	int fd;

	for (fd = LX_FD_FIRST; fd < LX_FD_FIRST + LX_FILES; fd++) {
		const struct lx_file *f = lx_file_of(fd);

		if (f && f->kind == LX_STREAM && (is_reader ? f->in : f->out) == c)
			lx_file_edge(f, events);
	}
}

int64_t lx_stream_read(struct lx_file *f, void *to, size_t size)
{
	struct lx_channel *c = f->in;
	size_t n;

	if (!c)
		return -EBADF;
	if (c->used == 0)
		return c->has_writer ? -EAGAIN : 0;
	n = size < c->used ? size : c->used;
	memcpy(to, c->data, n);
	memmove(c->data, c->data + n, c->used - n);
	c->used -= n;
	lx_note("reads %zu bytes, leaves %zu", n, c->used);
	tell(c, false, EPOLLOUT);
	return (int64_t)n;
}

int64_t lx_stream_write(struct lx_file *f, const void *from, size_t size)
{
	struct lx_channel *c = f->out;
	size_t n;

	if (!c)
		return -EBADF;
	if (!c->has_reader || !c->has_writer)
		return -EPIPE; /* the signal is ignored, as in every program with sockets */
	n = LX_CHANNEL - c->used < size ? LX_CHANNEL - c->used : size;
	if (n == 0 && size > 0)
		return -EAGAIN;
	memcpy(c->data + c->used, from, n);
	c->used += n;
	lx_note("writes %zu bytes", n);
	tell(c, true, EPOLLIN);
	return (int64_t)n;
}

void lx_stream_close(struct lx_file *f)
{
	if (f->in) {
		f->in->has_reader = false;
		tell(f->in, false, EPOLLERR | EPOLLHUP | EPOLLOUT);
	}
	if (f->out) {
		f->out->has_writer = false;
		tell(f->out, true, EPOLLIN | EPOLLHUP | EPOLLRDHUP);
	}
	f->in = f->out = NULL;
}

static int open_two(const char *call, int fds[2], bool is_nonblocking, const void *caller)
{
	lx_remark_call(call, caller);
	fds[0] = lx_file_create(LX_STREAM, is_nonblocking);
	fds[1] = lx_file_create(LX_STREAM, is_nonblocking);
	if (fds[0] >= 0 && fds[1] >= 0)
		return 0;
	if (fds[0] >= 0)
		lx_file_of(fds[0])->kind = LX_NO_FILE;
	return lx_failed(EMFILE);
}

static int open_pipe(const char *call, int fds[2], int flags, const void *caller)
{
	if (open_two(call, fds, flags & O_NONBLOCK, caller) < 0)
		return -1;
	lx_file_of(fds[0])->in = lx_file_of(fds[1])->out = open_channel();
	return 0;
}

LX_WRAP(int, pipe, int fds[2])
{
	return open_pipe("pipe", fds, 0, LX_CALLER());
}

LX_WRAP(int, pipe2, int fds[2], int flags)
{
	return open_pipe("pipe2", fds, flags, LX_CALLER());
}

LX_WRAP(int, socketpair, int domain, int type, int protocol, int fds[2])
{
	(void)domain;
	(void)protocol;
	if (open_two("socketpair", fds, type & SOCK_NONBLOCK, LX_CALLER()) < 0)
		return -1;
	lx_file_of(fds[0])->out = lx_file_of(fds[1])->in = open_channel();
	lx_file_of(fds[1])->out = lx_file_of(fds[0])->in = open_channel();
	return 0;
}

LX_WRAP(int, shutdown, int fd, int how)
{
	struct lx_file *f = lx_file_of(fd);

	if (!lx_is_ours(fd))
		return shutdown(fd, how);
	if (!f || f->kind != LX_STREAM)
		return lx_failed(f ? ENOTSOCK : EBADF);
	lx_point_fd("shutdown", f, fd, NULL, LX_NEVER, LX_CALLER());
	if (how != SHUT_WR)
		lx_fail_and_end("not-modelled", "shutdown() for reading");
	if (f->out) {
		f->out->has_writer = false;
		tell(f->out, true, EPOLLIN | EPOLLRDHUP);
	}
	return 0;
}
