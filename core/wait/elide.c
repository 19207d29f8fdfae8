/*
 * elide.c: make the system call only if the loop sleeps.
 *
 * Most notifications need no system call: under load the loop is awake and will look anyway, and
 * the call costs more than the result. So the loop says when it sleeps (`armed`), and notify()
 * asks. futex.c always makes the call; compare the two.
 *
 *     loop                                  any thread
 *     S1 armed = ticket                     S2 notifies++
 *     L1 notifies == ticket? then sleep     L2 armed? then kick: FUTEX_WAKE
 *
 * The forbidden outcome: L1 still sees the ticket AND L2 still sees it not armed. The loop sleeps,
 * nobody kicks, and it sleeps until something else wakes it up: a lost wake-up with a counter, an
 * atomic and a futex all in place. DOC(forbidden-elide)
 *
 * Releases and acquires do not exclude it: each thread first writes one word and then reads the
 * other, and a processor may let the read overtake its own write (x86 does: the write waits in the
 * store buffer). All four accesses are seq_cst, so one total order of them exists: if L2 comes
 * before S1, then S2 < L2 < S1 < L1, and L1 sees the notification. tests/core/test_protocols.c
 * tries every schedule of the four, with store buffers and with reordering, and finds the outcome:
 * on x86 as soon as S1 is a plain store (S2, a read-modify-write, is a barrier there whatever it
 * says), elsewhere as soon as one of the four is weaker.
 *
 * FUTEX_WAIT compares notifies with the ticket once more, in the kernel, under its own lock: a
 * notification that comes after L1 has seen it armed at L2; it finds the sleeper or keeps it from
 * sleeping. (The kernel looks behind a barrier of its own. So with a futex it would catch a weaker
 * S1 or L1, and only S2 and L2 can hang. That is luck with this way to sleep, not a property of the
 * protocol: a sleep that does not compare, as of a semaphore or an eventfd, hangs with any of the
 * four.)
 *
 * Of many callers that see it armed, one kicks: the one that clears `armed`. It does so with a
 * compare-and-exchange of the ticket, not of a flag. Why: a notifier that is held up after L2 would
 * clear the flag of a later sleep, whose ticket counts its notification already. It would kick
 * nobody and leave the loop asleep with nothing armed; the next notify() then makes no call.
 * DOC(late-disarm) With the ticket in the word, a notifier clears only a ticket older than its own
 * notification: that sleep does not stay. A notifier that finds the word already cleared is served
 * by the one that cleared it, or the loop is awake; to sleep again it must pass S1, which then
 * comes after L2, and so L1 sees the notification.
 * tests/core/test_sleeps.c checks this, and shows what hangs without either half.
 */
#include "core/wait/elide.h"

#include <errno.h>
#include <stdlib.h>

#include "core/wait/futex_call.h"

uint64_t wg__elide_ticket(struct wg_waiter *waiter)
{
	struct wg__elide *e = (struct wg__elide *)waiter;

	/* acquire: pairs with the seq_cst increment in notify(): the look sees what was
	 * published before a notification that the ticket counts. */
	return atomic_load_explicit(&e->notifies, memory_order_acquire);
}

int wg__elide_is_notified(struct wg__elide *e, uint64_t ticket)
{
	/* acquire: as above; W3. */
	return atomic_load_explicit(&e->notifies, memory_order_acquire) != (uint32_t)ticket;
}

int wg__elide_block(struct wg__elide *e, uint64_t ticket, int64_t deadline_ns)
{
	int rc = 0;

	do {
		/* S1. seq_cst: L1 below must not overtake it; see the forbidden outcome above. */
		atomic_store_explicit(
			&e->armed, WG__ARMED | (uint32_t)ticket, memory_order_seq_cst);
		/* L1. seq_cst: pairs with S2. */
		if (atomic_load_explicit(&e->notifies, memory_order_seq_cst) != (uint32_t)ticket)
			break;
		rc = wg_futex_wait(&e->notifies, (uint32_t)ticket, deadline_ns);
	} while (rc == 0 || rc == -EAGAIN);
	/* relaxed: a notify() that still sees it armed causes one useless system call: no harm. */
	atomic_store_explicit(&e->armed, 0, memory_order_relaxed);
	if (wg__elide_is_notified(e, ticket))
		return WG_WOKE_NOTIFIED;
	if (rc == -EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == -ETIMEDOUT ? WG_WOKE_TIMEOUT : rc;
}

int wg__elide_notify(struct wg_waiter *waiter)
{
	struct wg__elide *e = (struct wg__elide *)waiter;
	uint32_t mine;
	uint64_t armed;

	/* S2. seq_cst: L2 must not overtake it; also releases what the caller published. */
	mine = atomic_fetch_add_explicit(&e->notifies, 1, memory_order_seq_cst) + 1;
	/* L2. seq_cst: pairs with S1. */
	armed = atomic_load_explicit(&e->armed, memory_order_seq_cst);
	if (!armed || (int32_t)(mine - (uint32_t)armed) <= 0)
		return 0; /* awake; or the ticket counts this one, and the loop looks after it */
	/* relaxed: no data rides on it; only that it is still this ticket matters. */
	return atomic_compare_exchange_strong_explicit(
		&e->armed, &armed, 0, memory_order_relaxed, memory_order_relaxed);
}

void wg__elide_kick(struct wg_waiter *waiter)
{
	wg_futex_wake(&((struct wg__elide *)waiter)->notifies);
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
	.does = "as futex, but makes the system call only while the loop sleeps",
	.caps = WG_CAP_SIGNAL_SAFE,
	.create = elide_create,
	.destroy = elide_destroy,
	.arm = wg__elide_ticket,
	.sleep = elide_sleep,
	.notify = wg__elide_notify,
	.kick = wg__elide_kick,
};
