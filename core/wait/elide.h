/*
 * elide.h: the sleeping half of the strategies that ring only if the loop sleeps.
 *
 * Shared by elide.c (sleep at once) and hybrid.c (spin first). The argument why no ring
 * is lost stands in elide.c.
 */
#ifndef CORE_WAIT_ELIDE_H
#define CORE_WAIT_ELIDE_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/wait/wait.h"

#define WG__ARMED (UINT64_C(1) << 32) /* beside a ticket of 32 bits, so that 0 is none */

struct wg__elide {
	struct wg_waiter base;

	_Atomic uint32_t rings; /* notify() calls so far; the futex word */

	/* The ticket that the loop sleeps for, or is about to and will check rings again, with
	 * WG__ARMED set; 0: it does not sleep, or somebody who rang since is about to kick(). */
	_Atomic uint64_t armed;
};

/* The ticket: rings so far. The loop's thread. */
uint64_t wg__elide_ticket(struct wg_waiter *waiter);

/* Was it rung since the ticket? Any thread. */
int wg__elide_rung(struct wg__elide *e, uint64_t ticket);

/* Arm and sleep: an enum wg_woke or a negative errno. The loop's thread; blocks. */
int wg__elide_block(struct wg__elide *e, uint64_t ticket, int64_t deadline_ns);

/* Ring: 1 it is armed, kick; 0 elided. Any thread; async-signal-safe, as the kick. */
int wg__elide_notify(struct wg_waiter *waiter);
void wg__elide_kick(struct wg_waiter *waiter);

#endif
