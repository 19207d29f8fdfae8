/*
 * pool_spin.h: a worker that keeps looking for work before it sleeps.
 *
 * If the loop spins, a worker that sleeps costs what the spin saves on the loop's side. So one idle
 * worker, never more, spins on the length of the queue. Push counts on it for one operation.
 */
#ifndef CORE_POOL_SPIN_H
#define CORE_POOL_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/wait/spin_budget.h"

struct wg_pool;

/* Part of a pool; guarded by its lock, but for what says otherwise. */
struct wg__pool_spin {
	_Atomic bool may_spin;	/* atomic, set once */
	bool has_spinner;	/* a worker looks at `queued` */
	int64_t empty_since_ns; /* a worker first found nothing then; 0: there was work */
	struct wg_spin budget;	/* with may_spin: the spinner's */
};

/* From now on an idle worker of pool may spin. Before the pool's first operation. */
void wg__pool_let_spin(struct wg_pool *pool);
void wg__pool_spin_fini(struct wg__pool_spin *spin);

/* An operation was queued: how many spinners (0 or 1) will see it. The pool's lock is held. */
unsigned wg__pool_spin_pushed(struct wg__pool_spin *spin);

/* Nothing to take: spin for a while if it may pay. The pool's lock is held, but let go meanwhile.
 */
void wg__pool_spin(struct wg_pool *pool);

/* In the child of a fork, where the spinner is not. */
void wg__pool_spin_abandon(struct wg__pool_spin *spin);

#endif
