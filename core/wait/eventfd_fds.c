/*
 * eventfd_fds.c: other descriptors in the epoll of eventfd.c: a loop's sockets.
 */
#include <errno.h>

#include "core/wait/eventfd.h"
#include "core/wait/fds.h"

static int watch(struct wg_waiter *waiter, int fd, uint32_t events, bool again, void *cookie)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;
	/* RDHUP and PRI: what a socket must know to trust a short read, see net.h. (The net thread
	 * is level-triggered, so leftovers are reported again.) */
	struct epoll_event ev = { .events = events | EPOLLRDHUP | EPOLLPRI | EPOLLET,
		.data.ptr = cookie };

	return epoll_ctl(e->epfd, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static void unwatch(struct wg_waiter *waiter, int fd)
{
	(void)epoll_ctl(((struct wg__eventfd *)waiter)->epfd, EPOLL_CTL_DEL, fd, NULL);
}

static unsigned harvest(struct wg_waiter *waiter, const struct epoll_event **ret_events)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;
	unsigned count = (unsigned)e->ev_count;

	*ret_events = e->ev;
	e->ev_count = 0;
	return count;
}

const struct wg_wait_fds wg__eventfd_fds = {
	.watch = watch,
	.unwatch = unwatch,
	.harvest = harvest,
};
