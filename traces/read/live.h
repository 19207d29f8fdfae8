/*
 * live.h: the events of a session that is under way, read by a thread of its own.
 *
 *     wg_live_check(url)          the mistakes people make, as one line each
 *     wg_live_open(url)           the thread attaches and reads
 *     poll(wg_live_fd())          readable when there is something to take
 *     wg_live_take(events)        never waits
 *
 * The thread blocks in recv(2) as libbabeltrace2 does; who takes never does. lttng-live has no way
 * to say "there is something now": the relay daemon is asked again every 20 ms while it has
 * nothing (LIVE_RETRY_NS). That is the one clock in here, and it ticks in the reader only.
 *
 * If the connection fails it is made anew; libbabeltrace2 2.0.4 and lttng-relayd 2.13 let go of a
 * session at times whose metadata is not there yet. What was buffered at that moment is lost; the
 * news say how often it happened.
 */
#ifndef TRACES_READ_LIVE_H
#define TRACES_READ_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_live;

struct wg_live_news {
	int64_t quiet_ns;    /* nothing more comes from before this; INT64_MIN: unknown */
	bool has_ended;	     /* the session is gone, or could not be read any further */
	struct wg_error end; /* code 0: the session ended */
};

/*
 * Is url a session to attach to? Blocks for the relay daemon. -EINVAL: not of the form
 * net://HOST:PORT/host/NAME/SESSION; -ECONNREFUSED nobody answers; -ENOENT no such session (names
 * those that are there); -EBUSY somebody else is attached; -ENOSYS no babeltrace2 plugin. Each with
 * a line.
 */
int wg_live_check(const char *url, struct wg_error *err);

/* Start reading. Main thread. 0 or -errno with a line. */
int wg_live_open(const char *url, struct wg_live **ret_live, struct wg_error *err);

/*
 * Wait until it is attached, at most so long: what happens from then on can be read whole. 0, or
 * what the thread ended with, or -ETIMEDOUT, with a line. Before the first take.
 */
int wg_live_wait(struct wg_live *live, int timeout_ms, struct wg_error *err);

int wg_live_fd(const struct wg_live *live);

/* Up to max events in time order, WG_EV_LOST among them; returns how many. One thread at a time. */
size_t wg_live_take(
	struct wg_live *live, struct wg_event *events, size_t max, struct wg_live_news *ret_news);

/* How often the connection was made anew. Any thread. */
unsigned wg_live_reattached(const struct wg_live *live);

/* Detach and end the thread. The strings that its events point to go with it. NULL is fine. */
void wg_live_close(struct wg_live *live);

#endif
