/*
 * spin_budget.c: see spin_budget.h.
 */
#include "core/wait/spin_budget.h"

#include <stdatomic.h>

/* About ten times what sleeping and waking cost here: beyond that a spin cannot pay. */
#define SPIN_MAX_NS INT64_C(50000)

void wg_spin_init(struct wg_spin *spin)
{
	wg_crowd_init(&spin->crowd);
	atomic_init(&spin->average_ns, SPIN_MAX_NS / 2); /* optimistic: try a spin first */
}

void wg_spin_fini(struct wg_spin *spin)
{
	wg_crowd_fini(&spin->crowd);
}

int64_t wg_spin_window_ns(struct wg_spin *spin, int64_t now_ns)
{
	/* relaxed, here and below: a hint; no data rides on it */
	int64_t average_ns = atomic_load_explicit(&spin->average_ns, memory_order_relaxed);

	if (average_ns > SPIN_MAX_NS || wg_is_crowded(&spin->crowd, now_ns))
		return 0;
	return 2 * average_ns + 1;
}

void wg_spin_learn(struct wg_spin *spin, int64_t waited_ns)
{
	int64_t average_ns = atomic_load_explicit(&spin->average_ns, memory_order_relaxed);

	/* Forget one long pause quickly. */
	if (waited_ns > 4 * SPIN_MAX_NS)
		waited_ns = 4 * SPIN_MAX_NS;
	/* Two threads that learn at the same time may lose one value: it is a hint. */
	atomic_store_explicit(
		&spin->average_ns, average_ns + (waited_ns - average_ns) / 8, memory_order_relaxed);
}

void wg_spin_learn_failure(struct wg_spin *spin)
{
	wg_spin_learn(spin, 4 * SPIN_MAX_NS);
}
