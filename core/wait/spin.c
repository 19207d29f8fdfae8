/*
 * spin.c: look without a pause, and never sleep.
 *
 * The loop sees a result as soon as its cache line arrives, and spends a whole processor on that,
 * idle or not. No strategy is quicker; none is more expensive. It is here to measure the others
 * against, and because some loops that "never block" do exactly this by accident.
 *
 * It yields now and then: with one processor, the thread that it waits for needs that processor.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/wait/spin_budget.h"

struct spin {
	struct wg_waiter base;

	_Atomic uint64_t notifies; /* calls of notify() so far */
};

static int spin_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct spin *s = calloc(1, sizeof(*s));

	(void)tick_ns;
	if (!s)
		return -ENOMEM;
	s->base.ops = &wg__wait_spin;
	*ret_waiter = &s->base;
	return 0;
}

static void spin_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t spin_arm(struct wg_waiter *waiter)
{
	/* acquire: pairs with the release in notify(). */
	return atomic_load_explicit(&((struct spin *)waiter)->notifies, memory_order_acquire);
}

static int spin_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct spin *s = (struct spin *)waiter;
	int i;

	for (;;) {
		for (i = 0; i < 1000; i++) {
			/* acquire: pairs with the release in notify(); W3. */
			if (atomic_load_explicit(&s->notifies, memory_order_acquire) != ticket)
				return WG_WOKE_NOTIFIED;
			wg_cpu_relax();
		}
		if (wg_now_ns() >= deadline_ns)
			return WG_WOKE_TIMEOUT;
		(void)sched_yield();
	}
}

static int spin_notify(struct wg_waiter *waiter)
{
	/* release: pairs with the acquires above. */
	atomic_fetch_add_explicit(&((struct spin *)waiter)->notifies, 1, memory_order_release);
	return 0; /* the loop is always awake */
}

const struct wg_wait_ops wg__wait_spin = {
	.name = "spin",
	.does = "look without a pause, at the price of a processor",
	.caps = WG_CAP_SIGNAL_SAFE | WG_CAP_SPINS,
	.create = spin_create,
	.destroy = spin_destroy,
	.arm = spin_arm,
	.sleep = spin_sleep,
	.notify = spin_notify,
};
