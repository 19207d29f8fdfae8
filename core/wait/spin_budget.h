/*
 * spin_budget.h: how long a spin may pay, learned from how long recent waits were.
 *
 * To sleep and to be woken up costs some microseconds on both sides. A thread that keeps looking
 * instead, for about as long as recent waits took, usually gets its result without that cost. If it
 * would have to look longer, it had better sleep. Twice the average covers nearly all waits that
 * are like the recent ones; above SPIN_MAX_NS nobody spins. A wait that ended in sleep counts too
 * (its wake-up's cost included), so a spinner notices when waits become short again.
 *
 * Nobody spins while more threads are runnable than there are processors: see crowd.h.
 */
#ifndef CORE_WAIT_SPIN_BUDGET_H
#define CORE_WAIT_SPIN_BUDGET_H

#include <stdint.h>

#include "core/wait/crowd.h"

struct wg_spin {
	struct wg_crowd crowd;	    /* the spinning thread's */
	_Atomic int64_t average_ns; /* recent waits, an eighth new at a time */
};

void wg_spin_init(struct wg_spin *spin);
void wg_spin_fini(struct wg_spin *spin);

/* How long to spin from now on; 0: not at all. One thread at a time. */
int64_t wg_spin_window_ns(struct wg_spin *spin, int64_t now_ns);

/* A wait took this long. Any thread. */
void wg_spin_learn(struct wg_spin *spin, int64_t waited_ns);

/*
 * A spin ended without a result. It counts much: perhaps the other thread had no processor but
 * ours, and then the next spin would fail too. Any thread.
 */
void wg_spin_learn_failure(struct wg_spin *spin);

/* Let the processor breathe between two looks. */
static inline void wg_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield" ::: "memory");
#endif
}

#define WG_LOOKS_A_TIME 32 /* between two readings of the clock: a few hundred ns */

#endif
