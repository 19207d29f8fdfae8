/*
 * futex.c: block on one word. What a condition variable does, without the mutex.
 *
 *     predicate: notifies != ticket
 *
 * The word is the count of notifications itself, so "check the predicate and sleep" is the one step
 * that the kernel makes atomic: FUTEX_WAIT(notifies, ticket) sleeps only if nobody notified since
 * arm(). notify() always asks for the system call, even if the loop is awake; elide.c asks first.
 *
 * W1: a notify() after arm() makes notifies differ from the ticket. Then either FUTEX_WAIT refuses
 *     to sleep, or the sleeper is queued on the word already and FUTEX_WAKE finds it.
 * W3: notifies++ releases, arm() and sleep() acquire.
 * The count has 32 bits: only exactly 2^32 missed notifications would look like none.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdlib.h>

#include "core/wait/futex_call.h"

struct futex {
	struct wg_waiter base;

	_Atomic uint32_t notifies; /* calls of notify() so far; the futex word */
};

static int futex_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct futex *f = calloc(1, sizeof(*f));

	(void)tick_ns;
	if (!f)
		return -ENOMEM;
	f->base.ops = &wg__wait_futex;
	*ret_waiter = &f->base;
	return 0;
}

static void futex_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t futex_arm(struct wg_waiter *waiter)
{
	/* acquire: pairs with the release in notify(); the look sees what was published before. */
	return atomic_load_explicit(&((struct futex *)waiter)->notifies, memory_order_acquire);
}

static int futex_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct futex *f = (struct futex *)waiter;
	int rc;

	do {
		/* acquire: pairs with the release in notify(). */
		if (atomic_load_explicit(&f->notifies, memory_order_acquire) != (uint32_t)ticket)
			return WG_WOKE_NOTIFIED;
		rc = wg_futex_wait(&f->notifies, (uint32_t)ticket, deadline_ns);
	} while (rc == 0 || rc == -EAGAIN);
	if (rc == -EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == -ETIMEDOUT ? WG_WOKE_TIMEOUT : rc;
}

/*
 * No flag says "already notified, skip the call". arm() would have to clear it beside the load of
 * the ticket. The ticket counts a notification between the two, which leaves the flag set; the loop
 * sleeps, and the next notify() skips its call: a lost wake-up (tests/core/test_sleeps.c shows it).
 * An eventfd may have such a flag, because it stays readable.
 */
static int futex_notify(struct wg_waiter *waiter)
{
	/* release: pairs with the acquires above. */
	atomic_fetch_add_explicit(&((struct futex *)waiter)->notifies, 1, memory_order_release);
	return 1;
}

static void futex_kick(struct wg_waiter *waiter)
{
	wg_futex_wake(&((struct futex *)waiter)->notifies);
}

const struct wg_wait_ops wg__wait_futex = {
	.name = "futex",
	.does = "block on one word in the kernel; every notification is a system call",
	.caps = WG_CAP_SIGNAL_SAFE,
	.create = futex_create,
	.destroy = futex_destroy,
	.arm = futex_arm,
	.sleep = futex_sleep,
	.notify = futex_notify,
	.kick = futex_kick,
};
