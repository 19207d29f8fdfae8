/*
 * elide.h: what the strategies share that make the system call only if the loop sleeps.
 *
 * Shared by elide.c (sleep at once) and hybrid.c (spin first). elide.c explains why no
 * notification is lost.
 */
#ifndef CORE_WAIT_ELIDE_H
#define CORE_WAIT_ELIDE_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/wait/wait.h"

#define WG__ARMED (UINT64_C(1) << 32) /* beside a ticket of 32 bits, so that 0 is none */

struct wg__elide {
	struct wg_waiter base;

	_Atomic uint32_t notifies; /* notify() calls so far; the futex word */

	/* With WG__ARMED set: the ticket that the loop sleeps for, or is about to sleep for (and
	 * will check notifies again). 0: it does not sleep, or a notifier is about to kick(). */
	_Atomic uint64_t armed;
};

/* The ticket: notifies so far. The loop's thread. */
uint64_t wg__elide_ticket(struct wg_waiter *waiter);

/* Did anybody notify since the ticket? Any thread. */
int wg__elide_is_notified(struct wg__elide *e, uint64_t ticket);

/* Arm and sleep: an enum wg_woke or a negative errno. The loop's thread; blocks. */
int wg__elide_block(struct wg__elide *e, uint64_t ticket, int64_t deadline_ns);

/* 1: armed, so kick; 0: no need. Any thread; async-signal-safe, as the kick. */
int wg__elide_notify(struct wg_waiter *waiter);
void wg__elide_kick(struct wg_waiter *waiter);

#endif
