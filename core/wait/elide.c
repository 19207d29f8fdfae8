/*
 * elide.c: ring only if the loop sleeps: version 2 of the ring.
 *
 * Most rings are for nothing: under load the loop is awake and will look anyway, and the system
 * call costs more than the result. So the loop says when it sleeps (`armed`), and notify() asks.
 * futex.c, one file before, rings always; compare.
 *
 *     loop                                any thread
 *     S1 armed = ticket                   S2 rings++
 *     L1 rings == ticket? then sleep      L2 armed? then kick: FUTEX_WAKE
 *
 * The forbidden outcome: L1 still sees the ticket AND L2 still sees it not armed. The loop sleeps,
 * nobody rings, and it sleeps until something else wakes it: a lost wake-up with a counter, an
 * atomic and a futex all in place. DOC(forbidden-elide)
 *
 * It is not excluded by releases and acquires: each thread first writes one word and then reads the
 * other, and a processor may let the read overtake its own write (x86 does: the write waits in the
 * store buffer). All four accesses are seq_cst, so there is one order of them: if L2 comes before
 * S1, then S2 < L2 < S1 < L1, and L1 sees the ring. tests/core/test_protocols.c tries every order
 * of the four, with store buffers and with reordering, and finds the outcome: on x86 as soon as S1
 * is a plain store (S2, a read-modify-write, is a barrier there whatever it says), elsewhere as
 * soon as one of the four is weaker.
 *
 * FUTEX_WAIT compares rings with the ticket once more, in the kernel, under its own lock: the ring
 * that comes after L1 has seen it armed at L2, and finds the sleeper or keeps it from sleeping.
 * (The kernel's look is behind a barrier of its own, so with a futex a weaker S1 or L1 would be
 * caught there, and only S2 and L2 hang. That is luck of this way to sleep, not of the protocol: a
 * sleep that does not compare, a semaphore's or an eventfd's, hangs with any of the four.)
 *
 * Of many that see it armed, one is to kick: who takes the arming away. Why that is an exchange of
 * a ticket and not of a flag: a ringer that is held up between L2 and there would take away the
 * arming of a later sleep, whose ticket counts its ring already, kick nobody, and leave the loop
 * asleep with nothing armed; the next ring is then elided. DOC(late-disarm) With the ticket in the
 * word, a ringer takes away only an arming whose ticket is older than its own ring: that sleep does
 * not stay. And whoever finds it gone is served by the one who took it, or the loop is up; to sleep
 * again it must pass S1, which then comes after L2, and so L1 sees the ring.
 * tests/core/test_sleeps.c has this, and what hangs without either half.
 */
#include "core/wait/elide.h"

#include <errno.h>
#include <stdlib.h>

#include "core/wait/futex_call.h"

uint64_t wg__elide_ticket(struct wg_waiter *waiter)
{
	struct wg__elide *e = (struct wg__elide *)waiter;

	/* acquire: pairs with the seq_cst increment in notify(): what was published before a ring
	 * that the ticket counts is there for the look. */
	return atomic_load_explicit(&e->rings, memory_order_acquire);
}

int wg__elide_rung(struct wg__elide *e, uint64_t ticket)
{
	/* acquire: as above; W3. */
	return atomic_load_explicit(&e->rings, memory_order_acquire) != (uint32_t)ticket;
}

int wg__elide_block(struct wg__elide *e, uint64_t ticket, int64_t deadline_ns)
{
	int rc = 0;

	do {
		/* S1. seq_cst: L1 below must not overtake it; see the forbidden outcome above. */
		atomic_store_explicit(
			&e->armed, WG__ARMED | (uint32_t)ticket, memory_order_seq_cst);
		/* L1. seq_cst: pairs with S2. */
		if (atomic_load_explicit(&e->rings, memory_order_seq_cst) != (uint32_t)ticket)
			break;
		rc = wg_futex_wait(&e->rings, (uint32_t)ticket, deadline_ns);
	} while (rc == 0 || rc == -EAGAIN);
	/* relaxed: a notify() that still sees it armed has a system call made for nobody: no harm.
	 */
	atomic_store_explicit(&e->armed, 0, memory_order_relaxed);
	if (wg__elide_rung(e, ticket))
		return WG_WOKE_NOTIFIED;
	if (rc == -EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == -ETIMEDOUT ? WG_WOKE_TIMEOUT : rc;
}

int wg__elide_notify(struct wg_waiter *waiter)
{
	struct wg__elide *e = (struct wg__elide *)waiter;
	uint32_t ring;
	uint64_t armed;

	/* S2. seq_cst: L2 must not overtake it; also releases what the caller published. */
	ring = atomic_fetch_add_explicit(&e->rings, 1, memory_order_seq_cst) + 1;
	/* L2. seq_cst: pairs with S1. */
	armed = atomic_load_explicit(&e->armed, memory_order_seq_cst);
	if (!armed || (int32_t)(ring - (uint32_t)armed) <= 0)
		return 0; /* awake; or the ticket counts this ring, and the loop looks after it */
	/* relaxed: no data rides on it; that it is this arming is all that matters. */
	return atomic_compare_exchange_strong_explicit(
		&e->armed, &armed, 0, memory_order_relaxed, memory_order_relaxed);
}

void wg__elide_kick(struct wg_waiter *waiter)
{
	wg_futex_wake(&((struct wg__elide *)waiter)->rings);
}

static int elide_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct wg__elide *e = calloc(1, sizeof(*e));

	(void)tick_ns;
	if (!e)
		return -ENOMEM;
	e->base.ops = &wg__wait_elide;
	*ret_waiter = &e->base;
	return 0;
}

static void elide_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static int elide_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	return wg__elide_block((struct wg__elide *)waiter, ticket, deadline_ns);
}

const struct wg_wait_ops wg__wait_elide = {
	.name = "elide",
	.does = "as futex, but rung only while the loop sleeps",
	.caps = WG_CAP_SIGNAL_SAFE,
	.create = elide_create,
	.destroy = elide_destroy,
	.arm = wg__elide_ticket,
	.sleep = elide_sleep,
	.notify = wg__elide_notify,
	.kick = wg__elide_kick,
};
