/*
 * tick.c: the runtime as it was found: sleep for a tick, wake, look, sleep again.
 *
 * Nobody rings. A worker publishes its result and the loop finds it when the tick is over, so an
 * operation that takes 30 us costs 10 ms. And because a chain of operations submits the next one
 * right after a wake, each wait starts in step with the tick: the cost of an operation is the whole
 * tick, not half of it. An idle loop pays as well: it wakes 100 times a second for nothing.
 *
 * The timed wait is not the bug: it would end early if somebody rang. The missing ring is. That the
 * loop sleeps without looking first (WG_CAP_BLIND) makes it no worse than it was, and keeps the
 * arithmetic exact: N chained operations take N ticks.
 *
 * It cannot lose a wake-up, since there is none to lose; that is what makes polling look safe.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdlib.h>

static int tick_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct wg_waiter *t;

	if (tick_ns < 0)
		return -EINVAL;
	t = malloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->ops = &wg__wait_tick;
	t->tick_ns = tick_ns == 0		  ? WG_TICK_DEFAULT_NS
		     : tick_ns > WG_TICK_CLAMP_NS ? WG_TICK_CLAMP_NS
						  : tick_ns;
	*ret_waiter = t;
	return 0;
}

static void tick_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t tick_arm(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0;
}

static int tick_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	int64_t until = wg_now_ns() + waiter->tick_ns;
	struct timespec ts;
	int rc;

	(void)ticket;
	if (until > deadline_ns)
		until = deadline_ns;
	ts = wg_timespec(until);
	/* Absolute, so that the loop can come back after a signal without moving the end. */
	rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	if (rc == EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == 0 ? WG_WOKE_TIMEOUT : -rc;
}

static int tick_notify(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0; /* not wired: the story's first bug */
}

const struct wg_wait_ops wg__wait_tick = {
	.name = "tick",
	.does = "sleep one tick (10 ms, at most 50), look, sleep again; nobody rings",
	.caps = WG_CAP_POLLS | WG_CAP_BLIND | WG_CAP_SIGNAL_SAFE,
	.create = tick_create,
	.destroy = tick_destroy,
	.arm = tick_arm,
	.sleep = tick_sleep,
	.notify = tick_notify,
};
