/*
 * elide.h: the sleeping half of the strategies that ring only if the loop sleeps.
 *
 * Shared by wait_elide.c (sleep at once) and wait_hybrid.c (spin first). The argument why no ring
 * is lost stands in wait_elide.c.
 */
#ifndef CORE_ELIDE_H
#define CORE_ELIDE_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/wait.h"

struct wg__elide {
	struct wg_waiter base;

	_Atomic uint32_t rings; /* wake() calls so far; the futex word */
	_Atomic uint32_t armed; /* 1: the loop sleeps, or is about to and will check rings again */
};

/* The ticket: rings so far. The loop's thread. */
uint64_t wg__elide_ticket(struct wg_waiter *waiter);

/* Was it rung since the ticket? Any thread. */
int wg__elide_rung(struct wg__elide *e, uint64_t ticket);

/* Arm and sleep: an enum wg_woke or a negative errno. The loop's thread; blocks. */
int wg__elide_block(struct wg__elide *e, uint64_t ticket, int64_t deadline_ns);

/* Ring if armed: 1 rang, 0 elided. Any thread; async-signal-safe. */
int wg__elide_wake(struct wg_waiter *waiter);

#endif
