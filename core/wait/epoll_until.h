/*
 * epoll_until.h: epoll_wait(2) with an absolute deadline, on old kernels too.
 */
#ifndef CORE_WAIT_EPOLL_UNTIL_H
#define CORE_WAIT_EPOLL_UNTIL_H

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>

#include "core/clock.h"

/*
 * Wait for events or the deadline: the number of events, or -1 with errno. On Linux before 5.11 it
 * counts whole milliseconds, rounded up, and may return 0 early after INT_MAX of them.
 */
static inline int wg_epoll_until(int epfd, struct epoll_event *ev, int count, int64_t deadline_ns)
{
	struct timespec ts;
	int64_t left_ns;
	int n;

	if (deadline_ns == WG_FOREVER)
		return epoll_wait(epfd, ev, count, -1);
	left_ns = deadline_ns - wg_now_ns();
	if (left_ns < 0)
		left_ns = 0;
	ts = wg_timespec(left_ns);
	n = epoll_pwait2(epfd, ev, count, &ts, NULL);
	if (n < 0 && errno == ENOSYS) {
		left_ns = left_ns / WG_NS_PER_MS + (left_ns % WG_NS_PER_MS != 0);
		n = epoll_wait(epfd, ev, count, left_ns < INT_MAX ? (int)left_ns : INT_MAX);
	}
	return n;
}

#endif
