/*
 * echo.c: requests a second of an echo server with 64 connections, one request in flight on each.
 *
 * The client is the same for all: one thread, epoll, no loop of ours or of libuv. The server runs
 * in another thread.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop.h"
#include "tests/bench/bench.h"

#define CLIENTS	 64
#define REQUESTS 100000
#define BYTES	 64

/* ---- our server ---- */

struct server;

struct connection {
	struct wg_sock sock;
	struct wg_op op;
	struct server *server;
	char buf[4096];
};

struct server {
	const char *wait;
	pthread_t thread;
	int fd;
	struct wg_loop *loop;
	struct wg_sock listener;
	struct wg_op accept;
	int open, accepted;
};

static void on_recv(struct wg_op *op, int64_t n);

static void on_send(struct wg_op *op, int64_t n)
{
	struct connection *c = op->user;

	(void)n; /* 64 bytes into an empty buffer: never short */
	wg_op_recv(op, &c->sock, c->buf, sizeof(c->buf));
	op->done = on_recv;
	op->user = c;
	(void)wg_loop_submit(c->server->loop, op);
}

static void on_recv(struct wg_op *op, int64_t n)
{
	struct connection *c = op->user;
	struct server *s = c->server;

	if (n <= 0) {
		wg_loop_sock_close(s->loop, &c->sock);
		free(c);
		if (--s->open == 0 && s->accepted == CLIENTS)
			wg_loop_sock_close(s->loop, &s->listener);
		return;
	}
	wg_op_send(op, &c->sock, c->buf, (size_t)n);
	op->done = on_send;
	op->user = c;
	(void)wg_loop_submit(s->loop, op);
}

static void on_accept(struct wg_op *op, int64_t fd)
{
	struct server *s = op->user;
	struct connection *c;

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	c->server = s;
	(void)wg_sock_init(&c->sock, (int)fd);
	s->open++;
	s->accepted++;
	on_send(&c->op, (c->op.user = c, 0));
	(void)wg_loop_submit(s->loop, op);
}

static void *server_main(void *arg)
{
	struct server *s = arg;

	if (wg_loop_create(&(struct wg_loop_options){ .wait = s->wait, .workers = 1 }, &s->loop) <
		0)
		abort();
	(void)wg_sock_init(&s->listener, s->fd);
	wg_op_accept(&s->accept, &s->listener);
	s->accept.done = on_accept;
	s->accept.user = s;
	(void)wg_loop_submit(s->loop, &s->accept);
	(void)wg_loop_run(s->loop);
	wg_loop_destroy(s->loop);
	return NULL;
}

static int start_server(struct server *s, uint16_t *ret_port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&addr, len) < 0 || listen(s->fd, 128) < 0 ||
		getsockname(s->fd, (struct sockaddr *)&addr, &len) < 0)
		return -errno;
	*ret_port = ntohs(addr.sin_port);
	return -pthread_create(&s->thread, NULL, server_main, s);
}

/* ---- the client ---- */

static int connect_one(uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Requests a second, or a negative number. */
static double run_client(uint16_t port, int requests)
{
	struct epoll_event ev[CLIENTS];
	char request[BYTES] = "wakegap", reply[BYTES];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fds[CLIENTS], i, n, sent = 0, got = 0;
	int64_t begin_ns;

	for (i = 0; i < CLIENTS; i++) {
		fds[i] = connect_one(port);
		ev[0] = (struct epoll_event){ .events = EPOLLIN, .data.fd = fds[i] };
		if (fds[i] < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, fds[i], &ev[0]) < 0)
			return -1;
	}
	begin_ns = wg_now_ns();
	for (i = 0; i < CLIENTS; i++, sent++)
		(void)send(fds[i], request, BYTES, 0);
	while (got < requests) {
		n = epoll_wait(epfd, ev, CLIENTS, -1);
		for (i = 0; i < n; i++) {
			if (recv(ev[i].data.fd, reply, BYTES, 0) <= 0)
				return -1;
			got++;
			if (sent < requests) {
				(void)send(ev[i].data.fd, request, BYTES, 0);
				sent++;
			}
		}
	}
	begin_ns = wg_now_ns() - begin_ns;
	for (i = 0; i < CLIENTS; i++)
		(void)close(fds[i]);
	(void)close(epfd);
	return requests / ((double)begin_ns / 1e9);
}

static int measure(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	struct server s = { .wait = row->arg };
	void *uv = NULL;
	uint16_t port;
	int rc = row->arg ? start_server(&s, &port) : wg_uv_echo_start(&port, &uv, ret_why);

	(void)ret_extra;
	if (rc < 0)
		return rc;
	*ret = run_client(port, (int)(REQUESTS * wg_bench_setup.scale));
	if (row->arg)
		(void)pthread_join(s.thread, NULL);
	else
		wg_uv_echo_stop(uv);
	return *ret < 0 ? -EIO : 0;
}

static struct wg_bench_row rows[] = {
	{ .group = "echo", .name = "libuv", .unit = WG_BENCH_PER_SEC, .measure = measure },
	{ .group = "echo",
		.name = "eventfd",
		.unit = WG_BENCH_PER_SEC,
		.measure = measure,
		.arg = "eventfd",
		.against = "libuv",
		.want = 1.0 },
	{ .group = "echo",
		.name = "condvar",
		.unit = WG_BENCH_PER_SEC,
		.measure = measure,
		.arg = "condvar",
		.against = "libuv" },
	{ .group = "echo",
		.name = "hybrid",
		.unit = WG_BENCH_PER_SEC,
		.measure = measure,
		.arg = "hybrid",
		.against = "libuv" },
	{ .name = NULL },
};

struct wg_bench_group wg_bench_echo = { .name = "echo",
	.title = "echo of 64 bytes over 64 TCP connections on loopback",
	.rounds = 9,
	.rows = rows };
