/*
 * uring.c: block on an io_uring in which a read of an eventfd is always under way.
 *
 * Nobody polls the eventfd: the loop hands the kernel a read of it once, and its completion is the
 * wake-up. To hand in the next read and to sleep is one system call; eventfd.c needs two
 * (epoll_wait and read).
 *
 * Where the kernel refuses io_uring (a container's filter, the sysctl io_uring_disabled, a kernel
 * before 5.11) create() says so with -ENOSYS or -EPERM, and callers skip this strategy by name.
 *
 * A thread with an io_uring is interrupted by the kernel's own work for it, as by a signal that
 * restarts the call. So a blocking call beside the loop may return less than it would: recv(2) with
 * MSG_WAITALL may return two of three bytes, though no signal came. The kernel takes a ring down
 * some time after it was closed, and then interrupts the thread once more, in whatever it sleeps.
 *
 * W1: notify() after arm(): notifies > ticket, and the eventfd is written (or the write that
 *     `pending` stands for is under way): the read completes now, or as soon as it is handed in.
 * W3: notifies++ releases, sleep() acquires.
 */
#include <errno.h>
#include <liburing.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/wait/wait.h"

#define ENTRIES 256

struct uring {
	struct wg_waiter base;

	/* the loop's thread */
	struct io_uring ring;
	bool has_ring;	 /* ring is to be torn down */
	bool is_reading; /* the kernel has a read of efd */
	uint64_t count;	 /* where that read puts the counter */

	int efd; /* immutable; blocking, or the kernel would answer EAGAIN instead of waiting */

	/* atomic */
	_Atomic uint64_t notifies; /* notify() calls so far */
	_Atomic int pending;	   /* 1: efd was written, or is about to be; the read may have it */
};

static void uring_destroy(struct wg_waiter *waiter)
{
	struct uring *u = (struct uring *)waiter;

	if (u->has_ring)
		io_uring_queue_exit(&u->ring);
	if (u->efd >= 0)
		(void)close(u->efd);
	free(u);
}

static int make_ring(struct uring *u)
{
	/* One thread submits and reaps, so completions need no interrupt of it (Linux 6.1). */
	int rc = io_uring_queue_init(
		ENTRIES, &u->ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);

	if (rc == -EINVAL)
		rc = io_uring_queue_init(ENTRIES, &u->ring, 0);
	if (rc < 0)
		return rc;
	u->has_ring = true;
	/* Sleeping with a deadline in one call needs this feature. */
	return u->ring.features & IORING_FEAT_EXT_ARG ? 0 : -ENOSYS;
}

static int uring_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct uring *u = calloc(1, sizeof(*u));
	int rc;

	(void)tick_ns;
	if (!u)
		return -ENOMEM;
	u->base.ops = &wg__wait_uring;
	u->efd = eventfd(0, EFD_CLOEXEC);
	rc = u->efd < 0 ? -errno : make_ring(u);
	if (rc < 0) {
		uring_destroy(&u->base);
		return rc;
	}
	*ret_waiter = &u->base;
	return 0;
}

/* Take the completions that are there. */
static void reap(struct uring *u)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(&u->ring, &cqe) == 0) {
		u->is_reading = false; /* the read of efd is all we ever hand in */
		io_uring_cqe_seen(&u->ring, cqe);
	}
}

static uint64_t uring_arm(struct wg_waiter *waiter)
{
	struct uring *u = (struct uring *)waiter;
	uint64_t count;
	struct iovec iov = { .iov_base = &count, .iov_len = sizeof(count) };

	/* relaxed: no data rides on it; one that is missed here ends the sleep at once. */
	if (atomic_load_explicit(&u->pending, memory_order_relaxed)) {
		reap(u);
		/* With no read under way the eventfd holds the count: empty it, without waiting.
		 */
		if (!u->is_reading)
			(void)preadv2(u->efd, &iov, 1, -1, RWF_NOWAIT);
		/* acq_rel: pairs with the exchange in notify(), as in eventfd.c. */
		(void)atomic_exchange_explicit(&u->pending, 0, memory_order_acq_rel);
	}
	/* acquire: pairs with the release in notify(). */
	return atomic_load_explicit(&u->notifies, memory_order_acquire);
}

/* Hand in the read if need be, and sleep until a completion or the deadline. 0 or negative errno.
 */
static int submit_and_wait(struct uring *u, int64_t deadline_ns)
{
	struct __kernel_timespec ts;
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	int64_t left_ns;

	if (!u->is_reading) {
		sqe = io_uring_get_sqe(&u->ring); /* never full: one entry is ever in use */
		io_uring_prep_read(sqe, u->efd, &u->count, sizeof(u->count), 0);
		u->is_reading = true;
	}
	if (deadline_ns == WG_FOREVER)
		return io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, NULL, NULL);
	left_ns = deadline_ns - wg_now_ns();
	if (left_ns < 0)
		left_ns = 0;
	ts.tv_sec = left_ns / WG_NS_PER_SEC;
	ts.tv_nsec = left_ns % WG_NS_PER_SEC;
	return io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, &ts, NULL);
}

static int uring_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct uring *u = (struct uring *)waiter;

	for (;;) {
		int rc = submit_and_wait(u, deadline_ns);

		reap(u);
		if (!u->is_reading)
			/* acq_rel: pairs with the exchange in notify(). The read has emptied efd;
			 * as in eventfd.c, pending is cleared after that. */
			(void)atomic_exchange_explicit(&u->pending, 0, memory_order_acq_rel);
		/* acquire: pairs with the release in notify(). */
		if (atomic_load_explicit(&u->notifies, memory_order_acquire) != ticket)
			return WG_WOKE_NOTIFIED;
		if (rc == -EINTR)
			return WG_WOKE_INTERRUPTED;
		if (rc < 0 && rc != -ETIME && rc != -EAGAIN)
			return rc;
		/* Neither notified nor late: the read met a notification from before arm(). */
		if (wg_now_ns() >= deadline_ns)
			return WG_WOKE_TIMEOUT;
	}
}

static int uring_notify(struct wg_waiter *waiter)
{
	struct uring *u = (struct uring *)waiter;

	/* release: pairs with the acquires in arm() and sleep(). */
	atomic_fetch_add_explicit(&u->notifies, 1, memory_order_release);
	/* acq_rel: pairs with the exchanges above. */
	return !atomic_exchange_explicit(&u->pending, 1, memory_order_acq_rel);
}

static void uring_kick(struct wg_waiter *waiter)
{
	(void)eventfd_write(((struct uring *)waiter)->efd, 1); /* as in eventfd.c */
}

const struct wg_wait_ops wg__wait_uring = {
	.name = "uring",
	.does = "block on an io_uring that reads an eventfd",
	.caps = WG_CAP_SIGNAL_SAFE,
	.create = uring_create,
	.destroy = uring_destroy,
	.arm = uring_arm,
	.sleep = uring_sleep,
	.notify = uring_notify,
	.kick = uring_kick,
};
