/*
 * hybrid.c: spin for a bounded time, then block.
 *
 * The loop keeps looking for about as long as its recent waits took. A quick result then costs no
 * more than moving a cache line; otherwise the loop blocks as in elide.c. While it spins it is not
 * armed, so nobody makes a system call to wake it up. spin_budget.h says how long a spin can pay,
 * and when it cannot.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/wait/elide.h"
#include "core/wait/spin_budget.h"

struct hybrid {
	struct wg__elide elide; /* first: it is our waiter */
	struct wg_spin spin;	/* the loop's thread */
};

static int hybrid_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct hybrid *h = calloc(1, sizeof(*h));

	(void)tick_ns;
	if (!h)
		return -ENOMEM;
	h->elide.base.ops = &wg__wait_hybrid;
	wg_spin_init(&h->spin);
	*ret_waiter = &h->elide.base;
	return 0;
}

static void hybrid_destroy(struct wg_waiter *waiter)
{
	struct hybrid *h = (struct hybrid *)waiter;

	wg_spin_fini(&h->spin);
	free(h);
}

/* Look until notified or `until_ns`; 1 notified, 0 not. */
static int spin(struct hybrid *h, uint64_t ticket, int64_t until_ns)
{
	int i;

	do {
		for (i = 0; i < WG_LOOKS_A_TIME; i++) {
			if (wg__elide_is_notified(&h->elide, ticket))
				return 1;
			wg_cpu_relax();
		}
	} while (wg_now_ns() < until_ns);
	return wg__elide_is_notified(&h->elide, ticket);
}

static int hybrid_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct hybrid *h = (struct hybrid *)waiter;
	int64_t begin_ns = wg_now_ns();
	int64_t window_ns = wg_spin_window_ns(&h->spin, begin_ns);
	int64_t until_ns = begin_ns + window_ns;
	int woke;

	if (until_ns > deadline_ns)
		until_ns = deadline_ns;
	if (window_ns > 0 && spin(h, ticket, until_ns)) {
		wg_spin_learn(&h->spin, wg_now_ns() - begin_ns);
		return WG_WOKE_NOTIFIED;
	}
	if (window_ns > 0)
		wg_spin_learn_failure(&h->spin);
	woke = wg__elide_block(&h->elide, ticket, deadline_ns);
	if (window_ns == 0 && woke == WG_WOKE_NOTIFIED)
		wg_spin_learn(&h->spin, wg_now_ns() - begin_ns);
	return woke;
}

const struct wg_wait_ops wg__wait_hybrid = {
	.name = "hybrid",
	.does = "spin briefly while that pays, then block as elide does",
	.caps = WG_CAP_SIGNAL_SAFE | WG_CAP_SPINS,
	.create = hybrid_create,
	.destroy = hybrid_destroy,
	.arm = wg__elide_ticket,
	.sleep = hybrid_sleep,
	.notify = wg__elide_notify,
	.kick = wg__elide_kick,
};
