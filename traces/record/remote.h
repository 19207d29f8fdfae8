/*
 * remote.h: the relay daemon of another host, which stores a recording in place of this one.
 *
 * LTTng's session daemon does not say that a relay daemon is gone, and waits long for one that is
 * silent. So this asks it first, in its own words, and then holds a connection of its own to it,
 * whose end says that it is gone.
 */
#ifndef TRACES_RECORD_REMOTE_H
#define TRACES_RECORD_REMOTE_H

#include "traces/base/error.h"

struct wg__remote {
	char host[256];		  /* as in a URL: an IPv6 address has brackets */
	char control[8], data[8]; /* ports */
	int fd;			  /* -1: not connected */
	int watch_fd;		  /* -1: none */
};

/* "net://HOST[:CONTROL[:DATA]]", as LTTng has it. 0, or -EINVAL with a line. */
int wg__remote_parse(const char *url, struct wg__remote *ret, struct wg_error *err);

/*
 * Does a relay daemon answer there? Blocks for some seconds at most; less if stop_fd (or -1)
 * becomes readable. 0, or with a line: -ENOENT no such host; -ECONNREFUSED, -ETIMEDOUT,
 * -EHOSTUNREACH and the like; -EPROTO somebody else answers; -EINTR.
 */
int wg__remote_connect(struct wg__remote *remote, int stop_fd, struct wg_error *err);

/* 0, or with a line: -EPIPE it is gone; -ETIMEDOUT it is silent. Never blocks. A network that is
 * cut is seen within 25 s, or what LTTNG_NETWORK_SOCKET_TIMEOUT says. */
int wg__remote_check(const struct wg__remote *remote, struct wg_error *err);

/* Does it answer still? As wg__remote_connect(), and leaves the connection as it is. */
int wg__remote_ask(const struct wg__remote *remote, int stop_fd, struct wg_error *err);

/*
 * A descriptor that becomes readable when it is gone, or when stop_fd does: what waits for LTTng
 * need not wait longer. Closed with the connection. stop_fd itself if there is none left.
 */
int wg__remote_watch(struct wg__remote *remote, int stop_fd);

void wg__remote_close(struct wg__remote *remote);

#endif
