/*
 * echo.c: a TCP server on the measured loop that sends back what it receives.
 *
 * Polling hurts sockets most: the runtime as found waited 50 ms for them, and an echo is two waits,
 * for the request and to send the answer. The clients run in a thread of their own (echo.h) and are
 * not traced.
 *
 * A connection is one operation that changes its role: accept, recv, send, recv, ... until the
 * client hangs up. As many accepts are in flight as clients will come. So when the last client has
 * left, the server has nothing in flight, and the loop's run ends by itself.
 *
 * Each connection's bytes are hashed. The hashes are added up, since chance decides which client
 * gets which connection.
 */
#include "core/workload/echo.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/clock.h"

#define BUF_MAX 65536

struct server;

struct conn {
	struct wg_op op; /* first */
	struct server *server;
	struct wg_sock sock;
	bool is_open;
	unsigned char *buf; /* owned by the server's big one */
	size_t have, sent;  /* bytes in buf, of these sent back */
	XXH3_state_t *hash; /* owned */
};

struct server {
	struct wg_job job; /* first */
	struct wg_loop *loop;
	struct wg_sock listener;
	struct wg_echo_clients clients;
	struct conn *conns;  /* owned */
	unsigned char *bufs; /* owned; buf_len for each connection */
	size_t buf_len;
	uint64_t bytes, checksum;
	const char *failed_at; /* the first thing that failed, or NULL */
	int error;
};

static void fail(struct server *s, const char *at, int64_t error)
{
	if (!s->failed_at) {
		s->failed_at = at;
		s->error = (int)-error;
	}
	wg_loop_stop(s->loop);
}

static void submit(struct conn *c, wg_done_fn done)
{
	int rc;

	c->op.done = done;
	rc = wg_loop_submit(c->server->loop, &c->op);
	if (rc < 0)
		fail(c->server, "submit", rc);
}

static void leave(struct conn *c)
{
	wg_loop_sock_close(c->server->loop, &c->sock);
	c->is_open = false;
	c->server->checksum += XXH3_64bits_digest(c->hash);
}

static void on_recv(struct wg_op *op, int64_t n);

static void on_send(struct wg_op *op, int64_t n)
{
	struct conn *c = (struct conn *)(void *)op;

	if (n < 0) {
		fail(c->server, "send", n);
		return;
	}
	c->sent += (size_t)n;
	if (c->sent < c->have) {
		wg_op_send(op, &c->sock, c->buf + c->sent, c->have - c->sent);
		submit(c, on_send);
	} else {
		wg_op_recv(op, &c->sock, c->buf, c->server->buf_len);
		submit(c, on_recv);
	}
}

static void on_recv(struct wg_op *op, int64_t n)
{
	struct conn *c = (struct conn *)(void *)op;

	if (n < 0) {
		fail(c->server, "receive", n);
	} else if (n == 0) {
		leave(c);
	} else {
		if (c->server->job.is_checked)
			(void)XXH3_64bits_update(c->hash, c->buf, (size_t)n);
		c->server->bytes += (uint64_t)n;
		c->have = (size_t)n;
		c->sent = 0;
		wg_op_send(op, &c->sock, c->buf, c->have);
		submit(c, on_send);
	}
}

static void on_accept(struct wg_op *op, int64_t fd)
{
	struct conn *c = (struct conn *)(void *)op;
	int rc;

	if (fd < 0) {
		fail(c->server, "accept", fd);
		return;
	}
	rc = c->server->failed_at ? -ECANCELED : wg_sock_init(&c->sock, (int)fd);
	if (rc < 0) {
		(void)close((int)fd);
		fail(c->server, "use a connection", rc);
		return;
	}
	c->is_open = true;
	wg_workload_tcp_no_delay((int)fd);
	wg_op_recv(op, &c->sock, c->buf, c->server->buf_len);
	submit(c, on_recv);
}

/* Serve until the last client has left, or something failed. 0 or a negative errno. */
static int serve(struct server *s)
{
	uint64_t i, n = s->job.w->clients;
	int rc;

	for (i = 0; i < n; i++) {
		(void)XXH3_64bits_reset(s->conns[i].hash);
		wg_op_accept(&s->conns[i].op, &s->listener);
		submit(&s->conns[i], on_accept);
	}
	rc = wg_loop_run(s->loop);
	wg_loop_sock_close(s->loop, &s->listener);
	for (i = 0; i < n; i++) {
		if (s->conns[i].is_open)
			leave(&s->conns[i]);
	}
	/* Deliver what the close cancelled; a failure now is not the first. */
	while (rc > 0)
		rc = wg_loop_run(s->loop);
	return rc;
}

/* 0, or 1 after one line. */
static int say_failure(const struct server *s, int rc)
{
	const struct wg_echo_clients *c = &s->clients;

	/* The side that failed first makes the other fail; the server's error says more. */
	if (rc < 0)
		return wg_workload_fail("the loop failed: %s", strerror(-rc));
	if (s->failed_at && s->error != ECANCELED)
		return wg_workload_fail(
			"the server could not %s: %s", s->failed_at, strerror(s->error));
	if (c->failed_at)
		return wg_workload_fail("a client could not %s%s%s", c->failed_at,
			c->error ? ": " : "", c->error ? strerror(c->error) : "");
	return 0;
}

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	struct server *s = (struct server *)(void *)job;
	int64_t begin_ns = wg_now_ns();
	size_t answered = s->clients.latency.count;
	pthread_t thread;
	int fd, rc;

	s->loop = s->clients.loop = loop;
	s->bytes = s->checksum = 0;
	if (wg_workload_listen(job->w->clients, &fd, &s->clients.addr))
		return 1;
	rc = wg_sock_init(&s->listener, fd);
	if (rc == 0)
		rc = -pthread_create(&thread, NULL, wg_echo_clients_main, &s->clients);
	if (rc != 0) {
		(void)close(fd);
		return wg_workload_fail("cannot start the clients: %s", strerror(-rc));
	}
	rc = serve(s);
	(void)pthread_join(thread, NULL);
	p->ns = wg_now_ns() - begin_ns;
	p->ops = s->clients.latency.count - answered;
	p->bytes = s->bytes;
	p->checksum = s->checksum;
	if (job->is_extra)
		s->clients.latency.count = 0;
	return say_failure(s, rc);
}

static void print_more(struct wg_job *job, int64_t median_ns)
{
	struct server *s = (struct server *)(void *)job;

	printf(",\"requests_per_s\":%.1f",
		(double)job->w->requests * (double)WG_NS_PER_SEC / (double)median_ns);
	wg_times_print(&s->clients.latency, "latency_ns");
}

static int prepare(struct server *s)
{
	const struct wg_workload *w = s->job.w;
	uint64_t i;

	s->clients.w = w;
	s->buf_len = w->bytes < BUF_MAX ? w->bytes : BUF_MAX;
	s->conns = calloc(w->clients, sizeof(*s->conns));
	s->bufs = calloc(w->clients, s->buf_len);
	if (!s->conns || !s->bufs ||
		wg_times_init(&s->clients.latency, w->requests * w->passes) < 0)
		return -ENOMEM;
	for (i = 0; i < w->clients; i++) {
		s->conns[i].server = s;
		s->conns[i].buf = s->bufs + i * s->buf_len;
		s->conns[i].hash = XXH3_createState();
		if (!s->conns[i].hash)
			return -ENOMEM;
	}
	return 0;
}

static int run(const struct wg_workload *w)
{
	struct server s = {
		.job = { .pass = one_pass, .print_more = print_more, .w = w, .hashes = true }
	};
	uint64_t i;
	int rc;

	if (prepare(&s) == 0)
		rc = wg_workload_repeat(&s.job);
	else
		rc = wg_workload_fail("out of memory for %" PRIu64 " clients", w->clients);
	for (i = 0; s.conns && i < w->clients; i++)
		(void)XXH3_freeState(s.conns[i].hash);
	wg_times_fini(&s.clients.latency);
	free(s.bufs);
	free(s.conns);
	return rc;
}

#define AT(field) offsetof(struct wg_workload, field)

const struct wg_workload_ops wg_workload_echo = {
	.name = "echo",
	.does = "a TCP server on loopback that sends back what it receives",
	.params = {
		{ "clients", WG_PARAM_COUNT, AT(clients), 8, 1, 400, "connections, all at once" },
		{ "requests", WG_PARAM_COUNT, AT(requests), 160, 1, 1000000,
			"how many in a pass, over all clients" },
		{ "bytes", WG_PARAM_SIZE, AT(bytes), 64, 1, 1 << 24, "bytes of a request" },
	},
	.run = run,
};
