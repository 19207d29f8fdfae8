/*
 * tick.c: the runtime as it was found: sleep for a tick, wake up, look, sleep again.
 *
 * Nobody notifies. A worker publishes its result, and the loop finds it when the tick is over, so
 * an operation that takes 30 us costs 10 ms. A chain of operations submits the next one right after
 * a wake-up, so each wait starts in step with the tick: each operation costs the whole tick, not
 * half of it. An idle loop pays too: it wakes up 100 times a second for nothing.
 *
 * The timed wait is not the bug: it would end early if somebody notified. The missing notification
 * is. It cannot get lost, since there is none; that is what makes polling look safe. The loop
 * sleeps without looking first (WG_CAP_NO_LOOK), as that runtime did; this keeps the arithmetic
 * exact: N chained operations take N ticks.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdlib.h>

#define CLAMP_NS (50 * WG_NS_PER_MS)

struct tick {
	struct wg_waiter base; /* base.tick_ns: of the next sleep */
	int64_t files_ns;      /* immutable: the tick for files and timers */
};

static int tick_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct tick *t;

	if (tick_ns < 0)
		return -EINVAL;
	t = malloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->files_ns = tick_ns == 0 ? WG_TICK_DEFAULT_NS : tick_ns < CLAMP_NS ? tick_ns : CLAMP_NS;
	t->base = (struct wg_waiter){ .ops = &wg__wait_tick, .tick_ns = t->files_ns };
	*ret_waiter = &t->base;
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

/* That runtime waited 10 ms for files and timers, and 50 ms for sockets. */
static void tick_plan(struct wg_waiter *waiter, bool only_sockets)
{
	int64_t files_ns = ((struct tick *)waiter)->files_ns;

	if (only_sockets)
		waiter->tick_ns = files_ns < CLAMP_NS / 5 ? 5 * files_ns : CLAMP_NS;
	else
		waiter->tick_ns = files_ns;
}

static int tick_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	int64_t until_ns = wg_now_ns() + waiter->tick_ns;
	struct timespec ts = wg_timespec(until_ns < deadline_ns ? until_ns : deadline_ns);
	int rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);

	(void)ticket;
	/* The loop keeps its own deadline, but the next sleep begins a new tick. */
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
	.does = "sleep one tick (10 ms, at most 50), look, sleep again; nobody notifies",
	.caps = WG_CAP_POLLS | WG_CAP_NO_LOOK | WG_CAP_SIGNAL_SAFE,
	.create = tick_create,
	.destroy = tick_destroy,
	.arm = tick_arm,
	.plan = tick_plan,
	.sleep = tick_sleep,
	.notify = tick_notify,
};
