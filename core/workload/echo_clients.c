/*
 * echo_clients.c: see echo.h.
 *
 * A client sends a request, waits for all of the answer, compares, and sends the next. With one
 * request in flight, a client feels every delay of the server in full. Requests may be larger than
 * the kernel's buffers; so a client sends what fits and reads what is there, and neither side waits
 * for the other to empty its buffer.
 */
#include "core/workload/echo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"

#define PIECE 16384

struct client {
	uint64_t number;
	uint64_t left;	    /* requests not yet answered */
	uint64_t base;	    /* bytes of the requests before this one */
	uint64_t sent, got; /* of this request */
	int64_t begin_ns;
};

struct crowd {
	struct wg_echo_clients *c;
	struct client *clients;
	struct pollfd *fds; /* of each client; -1: done */
	uint64_t open;
};

unsigned char wg_echo_byte(uint64_t client, uint64_t offset)
{
	return (unsigned char)(offset * 31 + (offset >> 8) * 7 + client * 101 + 13);
}

uint64_t wg_echo_share(const struct wg_workload *w, uint64_t client)
{
	return w->requests / w->clients + (client < w->requests % w->clients);
}

/* Note the first failure only. Always -1. */
static int fail(struct crowd *crowd, const char *at, int error)
{
	if (!crowd->c->failed_at) {
		crowd->c->failed_at = at;
		crowd->c->error = error;
	}
	return -1;
}

/* Send what fits of the request; 0 or -1. */
static int send_some(struct crowd *crowd, struct client *cl, int fd)
{
	uint64_t bytes = crowd->c->w->bytes;
	unsigned char piece[PIECE];

	if (cl->sent == 0)
		cl->begin_ns = wg_now_ns();
	while (cl->sent < bytes) {
		uint64_t i, n = bytes - cl->sent < PIECE ? bytes - cl->sent : PIECE;
		ssize_t rc;

		for (i = 0; i < n; i++)
			piece[i] = wg_echo_byte(cl->number, cl->base + cl->sent + i);
		rc = send(fd, piece, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (rc < 0 && errno == EAGAIN)
			return 0;
		if (rc < 0 && errno != EINTR)
			return fail(crowd, "send a request", errno);
		cl->sent += rc > 0 ? (uint64_t)rc : 0;
	}
	return 0;
}

/* Read what is there of the answer; 0 or -1. */
static int receive_some(struct crowd *crowd, struct client *cl, int fd)
{
	unsigned char piece[PIECE];
	ssize_t i, n = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return fail(crowd, "receive an answer", n < 0 ? errno : ECONNRESET);
	for (i = 0; i < n; i++) {
		if (piece[i] != wg_echo_byte(cl->number, cl->base + cl->got++))
			return fail(crowd, "find its own bytes in the answer", 0);
	}
	return cl->got > crowd->c->w->bytes ? fail(crowd, "end an answer", 0) : 0;
}

static void leave(struct crowd *crowd, uint64_t i)
{
	(void)close(crowd->fds[i].fd);
	crowd->fds[i].fd = -1;
	crowd->open--;
}

/* Go on with client i as its descriptor allows; 0 or -1. */
static int go_on(struct crowd *crowd, uint64_t i)
{
	struct client *cl = &crowd->clients[i];
	struct pollfd *p = &crowd->fds[i];

	if (receive_some(crowd, cl, p->fd) < 0)
		return -1;
	if (cl->got == crowd->c->w->bytes) {
		wg_times_add(&crowd->c->latency, wg_now_ns() - cl->begin_ns);
		cl->base += cl->got;
		cl->sent = cl->got = 0;
		if (--cl->left == 0) {
			leave(crowd, i);
			return 0;
		}
	}
	if (send_some(crowd, cl, p->fd) < 0)
		return -1;
	p->events = cl->sent < crowd->c->w->bytes ? POLLIN | POLLOUT : POLLIN;
	return 0;
}

/* A connection for every client, and its first request; 0 or -1. */
static int come(struct crowd *crowd)
{
	const struct wg_echo_clients *c = crowd->c;
	uint64_t i;

	for (i = 0; i < c->w->clients; i++) {
		struct client *cl = &crowd->clients[i];
		int fd = wg_workload_tcp_socket();

		if (fd < 0)
			return fail(crowd, "make a socket", -fd);
		crowd->fds[i] = (struct pollfd){ .fd = fd, .events = POLLIN | POLLOUT };
		crowd->open++;
		if (connect(fd, (const struct sockaddr *)&c->addr, sizeof(c->addr)) < 0)
			return fail(crowd, "connect", errno);
		*cl = (struct client){ .number = i, .left = wg_echo_share(c->w, i) };
		if (cl->left == 0)
			leave(crowd, i);
	}
	return 0;
}

static int serve_all(struct crowd *crowd)
{
	uint64_t i;

	while (crowd->open > 0) {
		if (poll(crowd->fds, (nfds_t)crowd->c->w->clients, -1) < 0 && errno != EINTR)
			return fail(crowd, "poll", errno);
		for (i = 0; i < crowd->c->w->clients; i++) {
			if (crowd->fds[i].fd >= 0 && crowd->fds[i].revents && go_on(crowd, i) < 0)
				return -1;
		}
	}
	return 0;
}

void *wg_echo_clients_main(void *arg)
{
	struct wg_echo_clients *c = arg;
	struct crowd crowd = { .c = c };
	uint64_t i;
	int rc = -1;

	crowd.clients = calloc(c->w->clients, sizeof(*crowd.clients));
	crowd.fds = calloc(c->w->clients, sizeof(*crowd.fds));
	if (crowd.clients && crowd.fds) {
		for (i = 0; i < c->w->clients; i++)
			crowd.fds[i].fd = -1;
		rc = come(&crowd);
		if (rc == 0)
			rc = serve_all(&crowd);
		for (i = 0; i < c->w->clients; i++) {
			if (crowd.fds[i].fd >= 0)
				leave(&crowd, i);
		}
	} else {
		(void)fail(&crowd, "find memory", ENOMEM);
	}
	/* The server waits for connections that will not come. */
	if (rc < 0)
		wg_loop_stop(c->loop);
	free(crowd.clients);
	free(crowd.fds);
	return NULL;
}
