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
};

/* "net://HOST[:CONTROL[:DATA]]", as LTTng has it. 0, or -EINVAL with a line. */
int wg__remote_parse(const char *url, struct wg__remote *ret, struct wg_error *err);

/*
 * Does a relay daemon answer there? Blocks for some seconds at most; less if stop_fd (or -1)
 * becomes readable. 0, or with a line: -ENOENT no such host; -ECONNREFUSED, -ETIMEDOUT,
 * -EHOSTUNREACH and the like; -EPROTO somebody else answers; -EINTR.
 */
int wg__remote_connect(struct wg__remote *remote, int stop_fd, struct wg_error *err);

/* 0; -EPIPE with a line: it is gone. Never blocks. A network that is cut is seen within 30 s. */
int wg__remote_check(const struct wg__remote *remote, struct wg_error *err);

void wg__remote_close(struct wg__remote *remote);

#endif
