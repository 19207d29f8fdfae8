/*
 * wait_hybrid.c: spin for a bounded while, then block.
 *
 * Going to sleep and being woken costs some microseconds on both sides, more than many operations
 * take. A loop that keeps looking for that long gets a quick result at the price of a cache line's
 * journey; one that would have to look longer gives up and blocks as in wait_elide.c. While it
 * spins it is not armed, so nobody makes a system call to wake it.
 *
 * How long: twice the recent average wait, and not at all once that average is above SPIN_MAX_NS.
 * Twice an average that fits catches nearly all waits that are like the recent ones; a loop whose
 * results take milliseconds never spins. The wait is measured when it blocks, too (then with the
 * wake-up's own cost), so that the loop notices when results become quick again.
 *
 * Never with more runnable threads than processors: see crowd.h.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/crowd.h"
#include "core/elide.h"
#include "core/relax.h"

/* About ten times what blocking and waking cost here: beyond that a spin cannot pay. */
#define SPIN_MAX_NS  INT64_C(50000)
#define LOOKS_A_TIME 32 /* between two readings of the clock: a few hundred ns */

struct hybrid {
	struct wg__elide elide; /* first: it is our waiter */

	/* the loop's thread */
	struct wg_crowd crowd;
	int64_t average_ns; /* recent waits, an eighth new at a time, none counted above 4 * max */
	uint64_t spins;	    /* sleeps that spun; for tests and the curious */
};

static int hybrid_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct hybrid *h = calloc(1, sizeof(*h));

	(void)tick_ns;
	if (!h)
		return -ENOMEM;
	h->elide.base.ops = &wg__wait_hybrid;
	h->average_ns = SPIN_MAX_NS / 2; /* optimistic: try a spin first */
	wg_crowd_init(&h->crowd);
	*ret_waiter = &h->elide.base;
	return 0;
}

static void hybrid_destroy(struct wg_waiter *waiter)
{
	struct hybrid *h = (struct hybrid *)waiter;

	wg_crowd_fini(&h->crowd);
	free(h);
}

static void hybrid_disarm(struct wg_waiter *waiter)
{
	(void)waiter;
}

static void learn(struct hybrid *h, int64_t waited_ns)
{
	if (waited_ns > 4 * SPIN_MAX_NS)
		waited_ns = 4 * SPIN_MAX_NS;
	h->average_ns += (waited_ns - h->average_ns) / 8;
}

/* Look until rung or `until_ns`; 1 rung, 0 not. */
static int spin(struct hybrid *h, uint64_t ticket, int64_t until_ns)
{
	int i;

	h->spins++;
	do {
		for (i = 0; i < LOOKS_A_TIME; i++) {
			if (wg__elide_rung(&h->elide, ticket))
				return 1;
			wg_cpu_relax();
		}
	} while (wg_now_ns() < until_ns);
	return wg__elide_rung(&h->elide, ticket);
}

static int hybrid_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct hybrid *h = (struct hybrid *)waiter;
	int64_t begin_ns = wg_now_ns();
	int64_t until_ns = begin_ns + 2 * h->average_ns;
	int woke = WG_WOKE_NOTIFIED;

	if (until_ns > deadline_ns)
		until_ns = deadline_ns;
	if (h->average_ns > SPIN_MAX_NS || wg_is_crowded(&h->crowd, begin_ns) ||
		!spin(h, ticket, until_ns))
		woke = wg__elide_block(&h->elide, ticket, deadline_ns);
	if (woke == WG_WOKE_NOTIFIED)
		learn(h, wg_now_ns() - begin_ns);
	return woke;
}

uint64_t wg__hybrid_spins(const struct wg_waiter *waiter)
{
	return ((const struct hybrid *)waiter)->spins;
}

const struct wg_wait_ops wg__wait_hybrid = {
	.name = "hybrid",
	.does = "spin briefly while that pays, then block as elide does",
	.caps = WG_CAP_SIGNAL_SAFE | WG_CAP_SPINS,
	.create = hybrid_create,
	.destroy = hybrid_destroy,
	.arm = wg__elide_ticket,
	.disarm = hybrid_disarm,
	.sleep = hybrid_sleep,
	.wake = wg__elide_wake,
};
