/*
 * remote.c: see remote.h.
 *
 * What is asked is the version, the first command of LTTng's protocol between a session daemon and
 * a relay daemon. All numbers are big endian.
 */
#include "traces/record/remote.h"

#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/base/units.h"

#define CONTROL "5342"
#define DATA	"5343"
#define FORM	"net://HOST, net://HOST:PORT or net://HOST:PORT:DATAPORT"

#define ANSWER_MS 5000
/* A peer that is silent for so long is gone; or for what LTTng's own variable says, in ms. */
#define SILENCE_S    25
#define SILENCE_NAME "LTTNG_NETWORK_SOCKET_TIMEOUT"
#define PROBES	     3

enum { VERSION = 5 };

struct version {
	uint64_t circuit, bytes;
	uint32_t command, command_version;
	uint32_t major, minor;
};
#define HEAD offsetof(struct version, major)

/* ---- its name ---- */

/* A port, up to the end or the next colon; "" takes the default. */
static int take_port(const char **at, const char *other, char *ret)
{
	size_t len = strcspn(*at + 1, ":");
	uint64_t port;

	(void)snprintf(ret, 8, "%s", other);
	if (**at == '\0')
		return 0;
	(void)snprintf(ret, 8, "%.*s", len < 8 ? (int)len : 7, *at + 1);
	*at += len + 1;
	return wg_parse_number(ret, 1, UINT16_MAX, &port);
}

int wg__remote_parse(const char *url, struct wg__remote *ret, struct wg_error *err)
{
	struct wg__remote r = { .fd = -1, .watch_fd = -1 };
	const char *at = url + strlen("net://");
	size_t len;
	int rc = -EINVAL;

	if (strncmp(url, "net://", strlen("net://")) == 0) {
		len = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":");
		if (len > 0 && len < sizeof(r.host) && len <= strlen(at) && !strpbrk(at, "/@ ")) {
			memcpy(r.host, at, len);
			at += len;
			rc = *at == '\0' || *at == ':' ? 0 : -EINVAL;
		}
	}
	if (rc == 0)
		rc = take_port(&at, CONTROL, r.control);
	if (rc == 0)
		rc = take_port(&at, DATA, r.data);
	if (rc < 0 || *at)
		return wg_error_set(
			err, -EINVAL, "'%s' is not the address of a relay daemon: " FORM, url);
	*ret = r;
	return 0;
}

/* ---- connections ---- */

/* 0 if fd is ready, -ETIMEDOUT, or -EINTR. */
static int await(int fd, short events, int64_t deadline_ms, int stop_fd)
{
	struct pollfd p[2] = { { fd, events, 0 }, { stop_fd, POLLIN, 0 } };
	int64_t left_ms = deadline_ms - wg__now_ms();
	int n = poll(p, 2, left_ms > 0 ? (int)left_ms : 0);

	if (n == 0)
		return -ETIMEDOUT;
	return n < 0 || !p[0].revents ? -EINTR : 0;
}

static int connect_to(const struct addrinfo *to, int64_t deadline_ms, int stop_fd, int *ret_fd)
{
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc, why = 0;
	socklen_t len = sizeof(why);

	if (fd < 0)
		return -errno;
	rc = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : -errno;
	if (rc == -EINPROGRESS)
		rc = await(fd, POLLOUT, deadline_ms, stop_fd);
	if (rc == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) == 0 && why)
		rc = -why;
	if (rc == 0)
		*ret_fd = fd;
	else
		(void)close(fd);
	return rc;
}

/* The first address that answers. */
static int connect_any(const struct wg__remote *r, const char *port, int stop_fd, int *ret_fd,
	struct wg_error *err)
{
	bool is_v6 = r->host[0] == '[';
	struct addrinfo want = { .ai_family = is_v6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL, *at;
	char name[sizeof(r->host)];
	int64_t deadline_ms = wg__now_ms() + ANSWER_MS;
	int rc;

	(void)snprintf(name, sizeof(name), "%s", r->host + is_v6);
	name[strcspn(name, "]")] = '\0';
	rc = getaddrinfo(name, port, &want, &found);
	if (rc != 0)
		return wg_error_set(err, -ENOENT,
			"cannot find the host '%s': %s: is its name right?", name,
			gai_strerror(rc));
	for (at = found, rc = -ENOENT; at && rc < 0 && rc != -EINTR; at = at->ai_next)
		rc = connect_to(at, deadline_ms, stop_fd, ret_fd);
	freeaddrinfo(found);
	if (rc == -EINTR)
		return wg_error_set(err, rc, "interrupted");
	if (rc == -ECONNREFUSED)
		return wg_error_set(err, rc,
			"no relay daemon listens at %s, port %s: start `lttng-relayd` there, or "
			"name its ports: net://%s:PORT:DATAPORT",
			r->host, port, r->host);
	if (rc < 0)
		return wg_error_set(err, rc,
			"the relay daemon at %s, port %s, cannot be reached: %s: is the host up, "
			"and "
			"does a firewall let the port through?",
			r->host, port, strerror(-rc));
	return 0;
}

/* Its version, as it says. */
static int ask_version(int fd, int stop_fd, struct version *v)
{
	int64_t deadline_ms = wg__now_ms() + ANSWER_MS;
	size_t got = 0, want = sizeof(*v) - HEAD;
	int rc = 0;

	*v = (struct version){ .bytes = htobe64(want),
		.command = htobe32(VERSION),
		.major = htobe32(2),
		.minor = htobe32(13) };
	if (send(fd, v, sizeof(*v), MSG_NOSIGNAL) != (ssize_t)sizeof(*v))
		return -EPROTO;
	while (got < want && rc == 0) {
		ssize_t n;

		rc = await(fd, POLLIN, deadline_ms, stop_fd);
		n = rc == 0 ? recv(fd, (char *)&v->major + got, want - got, 0) : 0;
		if (rc == 0 && n <= 0)
			rc = -EPROTO;
		got += n > 0 ? (size_t)n : 0;
	}
	return rc == 0 && be32toh(v->major) != 2 ? -EPROTO : rc;
}

static void watch(int fd)
{
	static const int on = 1, probes = PROBES;
	const char *text = getenv(SILENCE_NAME);
	uint64_t ms = (uint64_t)SILENCE_S * 1000;
	int idle, interval;

	if (text && wg_parse_number(text, 1, 86400000, &ms) < 0)
		ms = (uint64_t)SILENCE_S * 1000;
	interval = (int)(ms / 1000) / (PROBES + 2); /* two of them before the first probe */
	interval = interval > 0 ? interval : 1;
	idle = 2 * interval;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

int wg__remote_connect(struct wg__remote *r, int stop_fd, struct wg_error *err)
{
	struct version version;
	int fd = -1, rc = connect_any(r, r->data, stop_fd, &fd, err);

	if (rc < 0)
		return rc;
	(void)close(fd);
	rc = connect_any(r, r->control, stop_fd, &fd, err);
	if (rc < 0)
		return rc;
	rc = ask_version(fd, stop_fd, &version);
	if (rc == 0) {
		watch(fd);
		r->fd = fd;
		return 0;
	}
	(void)close(fd);
	if (rc == -EINTR)
		return wg_error_set(err, rc, "interrupted");
	return wg_error_set(err, rc,
		"what listens at %s, port %s, %s: is it lttng-relayd 2.x, and is this its control "
		"port?",
		r->host, r->control,
		rc == -ETIMEDOUT ? "does not answer" : "does not answer as a relay daemon does");
}

static int is_silent(const struct wg__remote *r, struct wg_error *err)
{
	return wg_error_set(err, -ETIMEDOUT,
		"the relay daemon at %s cannot be reached any more (is the network cut?)", r->host);
}

int wg__remote_check(const struct wg__remote *r, struct wg_error *err)
{
	char byte;
	ssize_t n = recv(r->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return 0;
	if (n < 0 && (errno == ETIMEDOUT || errno == EHOSTUNREACH || errno == ENETUNREACH))
		return is_silent(r, err);
	return wg_error_set(err, -EPIPE, "the relay daemon at %s is gone (%s)", r->host,
		n == 0 ? "has it ended?" : strerror(errno));
}

int wg__remote_ask(const struct wg__remote *r, int stop_fd, struct wg_error *err)
{
	struct wg__remote again = *r;
	int rc;

	again.fd = again.watch_fd = -1;
	rc = wg__remote_connect(&again, stop_fd, err);
	wg__remote_close(&again);
	return rc == 0 || rc == -EINTR ? rc : is_silent(r, err);
}

int wg__remote_watch(struct wg__remote *r, int stop_fd)
{
	struct epoll_event readable = { .events = EPOLLIN };

	r->watch_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->watch_fd >= 0 && epoll_ctl(r->watch_fd, EPOLL_CTL_ADD, stop_fd, &readable) == 0 &&
		epoll_ctl(r->watch_fd, EPOLL_CTL_ADD, r->fd, &readable) == 0)
		return r->watch_fd;
	return stop_fd;
}

void wg__remote_close(struct wg__remote *r)
{
	if (r->watch_fd >= 0)
		(void)close(r->watch_fd);
	if (r->fd >= 0)
		(void)close(r->fd);
	r->fd = r->watch_fd = -1;
}
