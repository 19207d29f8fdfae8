/*
 * ticker.c: look at fixed moments: every tick since the loop was made, whatever happens.
 *
 * The other way to poll. The loop finds a result at the next moment of the grid. If results arrived
 * at random moments, each would wait half a tick on average; with `tick` it is a whole one. But in
 * a chain, each operation is submitted just after a moment of the grid, so it waits for the next
 * one: the whole tick again. A periodic timer does not know what it is waiting for; that is the
 * point. Idle, it wakes up as often as `tick` does.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdlib.h>

struct ticker {
	struct wg_waiter base;
	int64_t start_ns; /* immutable: where the grid begins */
};

static int ticker_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct ticker *t;

	if (tick_ns < 0)
		return -EINVAL;
	t = malloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->base.ops = &wg__wait_ticker;
	t->base.tick_ns = tick_ns ? tick_ns : WG_TICK_DEFAULT_NS;
	t->start_ns = wg_now_ns();
	*ret_waiter = &t->base;
	return 0;
}

static void ticker_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t ticker_arm(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0;
}

static int ticker_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct ticker *t = (struct ticker *)waiter;
	int64_t since_ns = wg_now_ns() - t->start_ns;
	int64_t next_ns = t->start_ns + (since_ns / t->base.tick_ns + 1) * t->base.tick_ns;
	struct timespec ts = wg_timespec(next_ns < deadline_ns ? next_ns : deadline_ns);
	int rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);

	(void)ticket;
	if (rc == EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == 0 ? WG_WOKE_TIMEOUT : -rc;
}

static int ticker_notify(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0; /* the grid takes no notice */
}

const struct wg_wait_ops wg__wait_ticker = {
	.name = "ticker",
	.does = "look at fixed moments, every tick; nobody notifies",
	.caps = WG_CAP_POLLS | WG_CAP_SIGNAL_SAFE,
	.create = ticker_create,
	.destroy = ticker_destroy,
	.arm = ticker_arm,
	.sleep = ticker_sleep,
	.notify = ticker_notify,
};
