/*
 * live.h: the events of a session that is under way, read by a thread of its own.
 *
 *     wg_live_check(url) common mistakes, as one line each wg_live_open(url) the thread attaches
 *     and reads poll(wg_live_fd()) readable when there is something to take wg_live_take(events)
 *     never waits
 *
 * The thread blocks in recv(2), inside libbabeltrace2; wg_live_take() never blocks. lttng-live
 * cannot notify us: while the relay daemon has nothing, it is asked again every 20 ms
 * (LIVE_RETRY_NS). Only the reader's thread polls.
 *
 * If the connection fails it is made again: libbabeltrace2 2.0.4 and lttng-relayd 2.13 sometimes
 * drop a session whose metadata is not there yet. What was buffered at that moment is lost;
 * wg_live_reattached() counts these.
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
	uint64_t nobody;     /* notifies that woke nobody and are no events, so far */
	bool has_ended;	     /* the session is gone, or could not be read any further */
	struct wg_error end; /* code 0: the session ended */
};

typedef bool (*wg_live_stopped_fn)(void *user);

/*
 * Is url a session to attach to? Blocks for the relay daemon, at most for timeout_ms or until
 * is_stopped (NULL: never) says so. -EINVAL: not of the form net://HOST[:PORT]/host/NAME/SESSION;
 * -ECONNREFUSED nobody answers; -ETIMEDOUT somebody is there and says nothing; -ENOENT no such
 * session (names those that are there); -EBUSY somebody else is attached; -ENOSYS no babeltrace2
 * plugin. Each with a line. Forks.
 */
int wg_live_check(const char *url, int timeout_ms, wg_live_stopped_fn is_stopped, void *user,
	struct wg_error *err);

/* Start reading. Main thread. 0 or -errno with a line. */
int wg_live_open(const char *url, struct wg_live **ret_live, struct wg_error *err);

/*
 * Wait until it is attached, at most that long: nothing that happens later is missed. 0, or the
 * error the thread ended with, or -ETIMEDOUT, with a line. Call it before the first take.
 */
int wg_live_wait(struct wg_live *live, int timeout_ms, struct wg_error *err);

int wg_live_fd(const struct wg_live *live);

/* Up to max events in time order, WG_EV_LOST among them; returns how many. One thread at a time. */
size_t wg_live_take(
	struct wg_live *live, struct wg_event *events, size_t max, struct wg_live_news *ret_news);

/* How often the connection was made anew. Any thread. */
unsigned wg_live_reattached(const struct wg_live *live);

/* Detach and end the thread, within three seconds. This frees the strings that its events point to.
 * NULL is fine. */
void wg_live_close(struct wg_live *live);

#endif
