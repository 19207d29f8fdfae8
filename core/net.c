/*
 * net.c: one attempt at each socket operation, and what is remembered from it. See net.h.
 */
#include "core/net.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

int wg_sock_init(struct wg_sock *sock, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	sock->fd = fd;
	sock->may_read = sock->may_write = true;
	sock->has_ended = sock->has_urgent = false;
	sock->watched = 0;
	sock->slot = 0;
	wg_list_init(&sock->readers);
	wg_list_init(&sock->writers);
	wg_list_init(&sock->link);
	return 0;
}

void wg_op_connect(
	struct wg_op *op, struct wg_sock *sock, const struct sockaddr *addr, socklen_t addr_len)
{
	*op = (struct wg_op){
		.kind = WG_OP_CONNECT, .sock = sock, .addr = addr, .addr_len = addr_len
	};
}

void wg_op_accept(struct wg_op *op, struct wg_sock *sock)
{
	*op = (struct wg_op){ .kind = WG_OP_ACCEPT, .sock = sock };
}

void wg_op_recv(struct wg_op *op, struct wg_sock *sock, void *buf, size_t len)
{
	*op = (struct wg_op){ .kind = WG_OP_RECV, .sock = sock, .buf = buf, .len = len };
}

void wg_op_send(struct wg_op *op, struct wg_sock *sock, const void *buf, size_t len)
{
	wg_op_recv(op, sock, (void *)(uintptr_t)buf, len); /* buf is only read */
	op->kind = WG_OP_SEND;
}

static bool is_reader(const struct wg_op *op)
{
	return op->kind == WG_OP_ACCEPT || op->kind == WG_OP_RECV;
}

uint32_t wg__net_events(const struct wg_op *op)
{
	return is_reader(op) ? EPOLLIN : EPOLLOUT;
}

struct wg_list *wg__net_queue(struct wg_op *op)
{
	return is_reader(op) ? &op->sock->readers : &op->sock->writers;
}

/* The first call begins, later ones ask how it went: a second connect(2) says so. */
static int try_connect(struct wg_op *op)
{
	int rc = connect(op->sock->fd, op->addr, op->addr_len);

	if (rc < 0 && errno == EISCONN)
		return 0;
	if (rc < 0 && (errno == EINPROGRESS || errno == EALREADY))
		errno = EAGAIN;
	return rc;
}

static ssize_t try_once(struct wg_op *op)
{
	switch (op->kind) {
	case WG_OP_CONNECT: return try_connect(op);
	case WG_OP_ACCEPT: return accept4(op->sock->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	case WG_OP_RECV: return recv(op->sock->fd, op->buf, op->len, op->flags);
	case WG_OP_SEND: return send(op->sock->fd, op->buf, op->len, op->flags | MSG_NOSIGNAL);
	default: errno = ENOTSUP; return -1;
	}
}

/*
 * A short read has emptied the socket: the next call would say EAGAIN, so it is not made. Not after
 * a peek, which leaves the data where it is; and not with urgent data, where recv(2) stops at the
 * mark with more behind it. Both would wait for an edge that is past. Urgent data cannot slip in
 * unnoticed: its own edge comes after the read, or its event was noted before it.
 */
static bool has_emptied(const struct wg_op *op, ssize_t n)
{
	return op->kind == WG_OP_RECV && (size_t)n < op->len && op->flags == 0 &&
	       !op->sock->has_urgent;
}

int64_t wg__net_try(struct wg_op *op)
{
	bool *may = is_reader(op) ? &op->sock->may_read : &op->sock->may_write;
	ssize_t n;

	if (!*may)
		return -EAGAIN;
	do
		n = try_once(op);
	while (n < 0 && errno == EINTR);
	if (n < 0 ? errno == EAGAIN : has_emptied(op, n))
		*may = op->sock->has_ended;
	return n < 0 ? -errno : n;
}

void wg__net_note(struct wg_sock *sock, uint32_t events)
{
	if (events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
		sock->has_ended = true;
	if (events & EPOLLPRI)
		sock->has_urgent = true;
	if (sock->has_ended || (events & (EPOLLIN | EPOLLPRI)))
		sock->may_read = true;
	if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)))
		sock->may_write = true;
}

struct wg_op *wg__net_first(struct wg_sock *sock, uint32_t direction)
{
	struct wg_list *queue = direction == EPOLLIN ? &sock->readers : &sock->writers;

	return wg_list_is_empty(queue) ? NULL : wg_container_of(queue->next, struct wg_op, node);
}
