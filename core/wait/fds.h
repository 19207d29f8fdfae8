/*
 * fds.h: what a strategy offers if its sleep can wait for descriptors as well.
 *
 * A loop with such a strategy waits for its sockets in its own sleep (net_local.h). Loops with
 * other strategies leave them to a thread (net_thread.h).
 */
#ifndef CORE_WAIT_FDS_H
#define CORE_WAIT_FDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "core/wait/wait.h"

/* All on the loop's thread. */
struct wg_wait_fds {
	/*
	 * Report fd, edge-triggered, when one of events (EPOLL*) happens; what is there now counts
	 * as happening. again: it is watched already, for fewer events. cookie is not NULL. 0 or a
	 * negative errno.
	 */
	int (*watch)(struct wg_waiter *waiter, int fd, uint32_t events, bool again, void *cookie);
	void (*unwatch)(struct wg_waiter *waiter, int fd);

	/*
	 * What the last sleep() reported, once; borrowed until the next sleep. Each entry's
	 * data.ptr is the cookie; skip an entry whose data.ptr is NULL.
	 */
	unsigned (*harvest)(struct wg_waiter *waiter, const struct epoll_event **ret_events);
};

#endif
