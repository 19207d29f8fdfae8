/*
 * pool_spin.c: see pool_spin.h.
 */
#include "core/pool_spin.h"

#include <stdatomic.h>

#include "core/clock.h"
#include "core/pool_state.h"

void wg__pool_let_spin(struct wg_pool *pool)
{
	wg_spin_init(&pool->spin.budget);
	/* release: pairs with the acquire in may_spin(); makes the budget visible */
	atomic_store_explicit(&pool->spin.may_spin, true, memory_order_release);
}

static bool may_spin(struct wg__pool_spin *spin)
{
	/* acquire: pairs with the release in wg__pool_let_spin() */
	return atomic_load_explicit(&spin->may_spin, memory_order_acquire);
}

void wg__pool_spin_fini(struct wg__pool_spin *spin)
{
	if (may_spin(spin))
		wg_spin_fini(&spin->budget);
}

void wg__pool_spin_abandon(struct wg__pool_spin *spin)
{
	spin->has_spinner = false;
	spin->empty_since_ns = 0;
}

unsigned wg__pool_spin_pushed(struct wg__pool_spin *spin)
{
	/* A spinner waits for the next push, whichever worker takes it. */
	if (spin->empty_since_ns) {
		wg_spin_learn(&spin->budget, wg_now_ns() - spin->empty_since_ns);
		spin->empty_since_ns = 0;
	}
	return spin->has_spinner;
}

/* Look for work for a while, without the lock. */
static void spin_unlocked(struct wg_pool *pool, int64_t begin_ns)
{
	int64_t now_ns = begin_ns;
	int64_t until_ns = now_ns + wg_spin_window_ns(&pool->spin.budget, now_ns);
	int i;

	while (now_ns < until_ns) {
		for (i = 0; i < WG_LOOKS_A_TIME; i++) {
			/* relaxed: what was pushed is read under the lock */
			if (atomic_load_explicit(&pool->queued, memory_order_relaxed) > 0)
				return;
			wg_cpu_relax();
		}
		now_ns = wg_now_ns();
	}
	if (until_ns > begin_ns)
		wg_spin_learn_failure(&pool->spin.budget);
}

void wg__pool_spin(struct wg_pool *pool) WG_UNCHECKED
{
	struct wg__pool_spin *spin = &pool->spin;
	int64_t now_ns;

	if (!may_spin(spin))
		return;
	now_ns = wg_now_ns();
	if (spin->empty_since_ns == 0)
		spin->empty_since_ns = now_ns;
	if (spin->has_spinner)
		return;
	spin->has_spinner = true;
	wg_unlock(&pool->lock);
	spin_unlocked(pool, now_ns);
	wg_lock(&pool->lock);
	spin->has_spinner = false;
}
