/*
 * eventfd.c: block in epoll on an eventfd, the way libuv does; sockets can wait beside it.
 *
 * The bell is a descriptor, so one epoll_wait() waits for rings and for sockets alike. An eventfd
 * remembers a ring until it is read: there is no moment in which a ring can be lost. Two things
 * still go wrong in loops like this one:
 *   - Not draining it: level-triggered, it stays readable and the loop spins for ever.
 *   - Draining it after looking at the queue: a ring that came with a result published in between
 *     is eaten, and the result lies there until the next ring. Hence drain first, then look.
 *
 * `pending` spares the system call when a ring not yet drained already covers this one (W4).
 * `rings` is the ticket: it tells a ring of this sleep from one whose result the loop has found by
 * looking, and which therefore must not count as a wake-up.
 *
 * Invariant, outside drain(): pending == 1 means the eventfd is readable or its write is under way:
 * whoever set it is about to kick().
 * W1: notify() after arm() returned: rings > ticket; pending is 0 and the eventfd gets written, or
 * it is 1 and was or is about to be; nobody drains it before sleep() does. W3: rings++ releases,
 * sleep() acquires.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/clock.h"

/* Descriptors reported by one sleep; more are reported by the next. */
#define BATCH 64

struct eventfd {
	struct wg_waiter base;

	/* immutable after create */
	int epfd, bell;

	/* the loop's thread */
	struct wg_fd_ready ready[BATCH]; /* descriptors that the last sleep found ready */
	unsigned ready_count;

	/* atomic */
	_Atomic uint64_t rings; /* notify() calls so far */
	_Atomic int pending;	/* 1: a ring is in the eventfd, or its write is under way */
};

static void eventfd_destroy(struct wg_waiter *waiter)
{
	struct eventfd *e = (struct eventfd *)waiter;

	if (e->bell >= 0)
		(void)close(e->bell);
	if (e->epfd >= 0)
		(void)close(e->epfd);
	free(e);
}

static int eventfd_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct eventfd *e = calloc(1, sizeof(*e));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL }; /* NULL: the bell */
	int rc;

	(void)tick_ns;
	if (!e)
		return -ENOMEM;
	e->base.ops = &wg__wait_eventfd;
	atomic_init(&e->rings, 0);
	atomic_init(&e->pending, 0);
	e->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	e->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (e->bell < 0 || e->epfd < 0)
		goto fail;
	if (epoll_ctl(e->epfd, EPOLL_CTL_ADD, e->bell, &ev) < 0)
		goto fail;
	*ret_waiter = &e->base;
	return 0;
fail:
	rc = -errno;
	eventfd_destroy(&e->base);
	return rc;
}

/*
 * Empty the eventfd, then clear `pending`. In this order: cleared first, a ring that comes between
 * would be read away with pending left at 1, and every later notify() would think it covered. A
 * ring that comes between now elides its write, but its rings++ is visible once pending is cleared.
 */
static void drain(struct eventfd *e)
{
	eventfd_t count;

	/* EAGAIN: a ring whose write is still under way; a later sleep meets it and goes on. */
	(void)eventfd_read(e->bell, &count);
	/* acq_rel: pairs with the exchange in notify(): if that one saw 1 and elided its write, its
	 * rings++ and what it published come before this. */
	(void)atomic_exchange_explicit(&e->pending, 0, memory_order_acq_rel);
}

static uint64_t eventfd_arm(struct wg_waiter *waiter)
{
	struct eventfd *e = (struct eventfd *)waiter;

	/* A ring from before this arm() is answered by the look that follows it. relaxed: no data
	 * rides on it; if a ring is missed here, the sleep ends at once and the loop looks again.
	 */
	if (atomic_load_explicit(&e->pending, memory_order_relaxed))
		drain(e);
	/* acquire: pairs with the release in notify(): what that thread published is there to be
	 * found by the look. */
	return atomic_load_explicit(&e->rings, memory_order_acquire);
}

static int ceil_ms(int64_t ns)
{
	int64_t ms = ns <= 0 ? 0 : (ns - 1) / WG_NS_PER_MS + 1;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Wait for the bell or the deadline: the number of events, or -1 with errno. */
static int epoll_until(struct eventfd *e, struct epoll_event *ev, int64_t deadline_ns)
{
	struct timespec ts;
	int64_t left;
	int n;

	if (deadline_ns == WG_FOREVER)
		return epoll_wait(e->epfd, ev, BATCH, -1);
	left = deadline_ns - wg_now_ns();
	ts = wg_timespec(left > 0 ? left : 0);
	n = epoll_pwait2(e->epfd, ev, BATCH, &ts, NULL);
	if (n < 0 && errno == ENOSYS) /* before Linux 5.11: whole milliseconds, rounded up */
		n = epoll_wait(e->epfd, ev, BATCH, ceil_ms(left));
	return n;
}

/* Sort what epoll reported: the bell is emptied, descriptors are kept for harvest(). */
static void sort_events(struct eventfd *e, const struct epoll_event *ev, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (ev[i].data.ptr)
			e->ready[e->ready_count++] = (struct wg_fd_ready){ .cookie = ev[i].data.ptr,
				.events = ev[i].events };
		else
			drain(e);
	}
}

static int eventfd_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct eventfd *e = (struct eventfd *)waiter;
	struct epoll_event ev[BATCH];
	int n;

	do {
		n = epoll_until(e, ev, deadline_ns);
		e->ready_count = 0;
		if (n < 0)
			return errno == EINTR ? WG_WOKE_INTERRUPTED : -errno;
		sort_events(e, ev, n);
		/* acquire: pairs with the release in notify(). */
		if (atomic_load_explicit(&e->rings, memory_order_acquire) != ticket)
			return WG_WOKE_NOTIFIED;
		if (e->ready_count > 0)
			return WG_WOKE_READY;
		/* The bell without a ring: a kick that came after its ring was answered. No bell:
		 * the time is up, or was beyond INT_MAX ms and cut short. */
	} while (n > 0 || wg_now_ns() < deadline_ns);
	return WG_WOKE_TIMEOUT;
}

static int eventfd_notify(struct wg_waiter *waiter)
{
	struct eventfd *e = (struct eventfd *)waiter;

	/* release: pairs with the acquires in arm() and sleep(); what the caller published before
	 * ringing is visible to the loop after it. */
	atomic_fetch_add_explicit(&e->rings, 1, memory_order_release);
	/* acq_rel: pairs with the exchange in drain(): if we see 1, the drain that clears it comes
	 * after our rings++; else we have the eventfd written. */
	return !atomic_exchange_explicit(&e->pending, 1, memory_order_acq_rel);
}

static void eventfd_kick(struct wg_waiter *waiter)
{
	/* Cannot fail: 1 fits (the counter is drained before 2^64-2 writes), and EINTR is not
	 * returned by an eventfd that does not block. */
	(void)eventfd_write(((struct eventfd *)waiter)->bell, 1);
}

static int eventfd_watch(struct wg_waiter *waiter, int fd, uint32_t events, int again, void *cookie)
{
	struct eventfd *e = (struct eventfd *)waiter;
	/* RDHUP and PRI: what a socket must know to trust a short read, see net.h. (The net thread,
	 * level-triggered, is told of what was left anyway.) */
	struct epoll_event ev = { .events = events | EPOLLRDHUP | EPOLLPRI | EPOLLET,
		.data.ptr = cookie };

	return epoll_ctl(e->epfd, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static void eventfd_unwatch(struct wg_waiter *waiter, int fd)
{
	(void)epoll_ctl(((struct eventfd *)waiter)->epfd, EPOLL_CTL_DEL, fd, NULL);
}

static unsigned eventfd_harvest(struct wg_waiter *waiter, const struct wg_fd_ready **ret_ready)
{
	struct eventfd *e = (struct eventfd *)waiter;
	unsigned count = e->ready_count;

	*ret_ready = e->ready;
	e->ready_count = 0;
	return count;
}

const struct wg_wait_ops wg__wait_eventfd = {
	.name = "eventfd",
	.does = "block in epoll on an eventfd, as libuv does",
	.caps = WG_CAP_SIGNAL_SAFE | WG_CAP_FDS,
	.create = eventfd_create,
	.destroy = eventfd_destroy,
	.arm = eventfd_arm,
	.sleep = eventfd_sleep,
	.notify = eventfd_notify,
	.kick = eventfd_kick,
	.watch = eventfd_watch,
	.unwatch = eventfd_unwatch,
	.harvest = eventfd_harvest,
};
