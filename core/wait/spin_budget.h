/*
 * spin_budget.h: how long a spin may pay, learned from how long recent waits were.
 *
 * Going to sleep and being woken costs some microseconds on both sides. Who looks again and again
 * instead, for about as long as the recent waits took, usually gets what it waits for without that;
 * who would have to look longer had better sleep. Twice the average catches nearly all waits that
 * are like the recent ones; above SPIN_MAX_NS nobody spins. A wait that ended in sleep is learned
 * too (with the wake-up's own cost in it), so a spinner notices when waits become short again.
 *
 * Never with more runnable threads than processors: see crowd.h.
 */
#ifndef CORE_WAIT_SPIN_BUDGET_H
#define CORE_WAIT_SPIN_BUDGET_H

#include <stdint.h>

#include "core/wait/crowd.h"

struct wg_spin {
	struct wg_crowd crowd;	    /* owned by whoever spins */
	_Atomic int64_t average_ns; /* recent waits, an eighth new at a time */
	_Atomic uint64_t count;	    /* spins so far; for tests and the curious */
};

void wg_spin_init(struct wg_spin *spin);
void wg_spin_fini(struct wg_spin *spin);

/* How long to spin from now on; 0: not at all. One thread at a time. */
int64_t wg_spin_window_ns(struct wg_spin *spin, int64_t now_ns);

/* A wait took this long. Any thread. */
void wg_spin_learn(struct wg_spin *spin, int64_t waited_ns);

/*
 * A spin ended with nothing. It counts for much: whoever was waited for may have had no other
 * processor than ours, and then the next spin would be as vain. Any thread.
 */
void wg_spin_learn_vain(struct wg_spin *spin);

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
