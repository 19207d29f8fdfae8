/*
 * eventfd.c: block in epoll on an eventfd, as libuv does. Sockets can wait beside it.
 *
 * The eventfd is a descriptor, so one epoll_wait() waits for notifications and for sockets alike.
 * It stays readable until it is read, so no moment exists in which a notification can be lost. Two
 * things still go wrong in loops like this one. If the loop does not drain it, it stays readable,
 * and the loop spins for ever. If the loop drains it after looking at the queue, it swallows the
 * notification of a result published in between, which lies there until the next one. Hence drain,
 * then look.
 *
 * `pending` saves the system call if a write that is not yet drained covers this notification too
 * (W4). `notifies` is the ticket: a notification whose result the loop has already found by looking
 * must not count as a wake-up of this sleep.
 *
 * Invariant, outside drain(): pending == 1 means that the eventfd is readable, or that the caller
 * that set it is about to kick().
 * W1: notify() after arm(): notifies > ticket. If pending was 0, the caller writes the eventfd; if
 *     it was 1, another has or will. Only sleep() drains it.
 * W3: notifies++ releases, sleep() acquires.
 */
#include "core/wait/eventfd.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/wait/epoll_until.h"

static void eventfd_destroy(struct wg_waiter *waiter)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;

	if (e->efd >= 0)
		(void)close(e->efd);
	if (e->epfd >= 0)
		(void)close(e->epfd);
	free(e);
}

static int eventfd_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct wg__eventfd *e = calloc(1, sizeof(*e));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };
	int rc;

	(void)tick_ns;
	if (!e)
		return -ENOMEM;
	e->base.ops = &wg__wait_eventfd;
	e->efd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	e->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (e->efd < 0 || e->epfd < 0 || epoll_ctl(e->epfd, EPOLL_CTL_ADD, e->efd, &ev) < 0) {
		rc = -errno;
		eventfd_destroy(&e->base);
		return rc;
	}
	*ret_waiter = &e->base;
	return 0;
}

/*
 * Empty the eventfd, then clear `pending`. The other order loses: a notification that comes between
 * would be read away with pending left at 1, and every later notify() would think it covered. In
 * this order it skips its write, but its notifies++ is visible once pending is cleared.
 */
static void drain(struct wg__eventfd *e)
{
	eventfd_t count;

	/* EAGAIN: the write is still under way; a later sleep sees it and goes on. */
	(void)eventfd_read(e->efd, &count);
	/* acq_rel: pairs with the exchange in notify(): if that one saw 1 and skipped its write,
	 * its notifies++ and what it published come before this. */
	(void)atomic_exchange_explicit(&e->pending, 0, memory_order_acq_rel);
}

static uint64_t eventfd_arm(struct wg_waiter *waiter)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;

	/* The look that follows answers a notification from before this arm(). relaxed: no data
	 * rides on it; if one is missed here, the sleep ends at once and the loop looks again. */
	if (atomic_load_explicit(&e->pending, memory_order_relaxed))
		drain(e);
	/* acquire: pairs with the release in notify(): the look finds what was published. */
	return atomic_load_explicit(&e->notifies, memory_order_acquire);
}

static int eventfd_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;
	int n, i, others;

	do {
		n = wg_epoll_until(e->epfd, e->ev, WG__EVENTFD_BATCH, deadline_ns);
		e->ev_count = n > 0 ? n : 0;
		if (n < 0)
			return errno == EINTR ? WG_WOKE_INTERRUPTED : -errno;
		others = n;
		for (i = 0; i < n; i++) {
			if (!e->ev[i].data.ptr) {
				drain(e);
				others--;
			}
		}
		/* acquire: pairs with the release in notify(). */
		if (atomic_load_explicit(&e->notifies, memory_order_acquire) != ticket)
			return WG_WOKE_NOTIFIED;
		if (others > 0)
			return WG_WOKE_READY;
		/* Only the eventfd: a kick that came after the loop had seen its notification. */
	} while (wg_now_ns() < deadline_ns);
	return WG_WOKE_TIMEOUT;
}

static int eventfd_notify(struct wg_waiter *waiter)
{
	struct wg__eventfd *e = (struct wg__eventfd *)waiter;

	/* release: pairs with the acquires in arm() and sleep(): the loop sees what the caller
	 * published before. */
	atomic_fetch_add_explicit(&e->notifies, 1, memory_order_release);
	/* acq_rel: pairs with the exchange in drain(): if we see 1, the drain that clears it comes
	 * after our notifies++; else the caller writes the eventfd. */
	return !atomic_exchange_explicit(&e->pending, 1, memory_order_acq_rel);
}

static void eventfd_kick(struct wg_waiter *waiter)
{
	/* Cannot fail: the counter never gets full, and without blocking there is no EINTR. */
	(void)eventfd_write(((struct wg__eventfd *)waiter)->efd, 1);
}

const struct wg_wait_ops wg__wait_eventfd = {
	.name = "eventfd",
	.does = "block in epoll on an eventfd, as libuv does",
	.caps = WG_CAP_SIGNAL_SAFE,
	.create = eventfd_create,
	.destroy = eventfd_destroy,
	.arm = eventfd_arm,
	.sleep = eventfd_sleep,
	.notify = eventfd_notify,
	.kick = eventfd_kick,
	.fds = &wg__eventfd_fds,
};
