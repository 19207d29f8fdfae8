/*
 * window.c: any strategy, with a longer moment between the look and the sleep.
 *
 * All that can be lost is lost between the loop's last look and its sleep. That moment lasts a
 * microsecond, so whether something falls into it is luck, and a test that passes says nothing.
 * With a window of 1 ms most results fall into it. To a strategy that keeps W1 it makes no
 * difference: the notification is remembered since arm(), and the sleep returns at once. One that
 * breaks W1 loses the first.
 *
 * It is done from outside: a copy of the strategy's table in which create puts this table into the
 * waiter, and sleep begins late. So neither the loop nor the strategy knows about it.
 */
#include "core/workload/workload.h"

#include <errno.h>

#include "core/clock.h"

static struct {
	const struct wg_wait_ops *inner;
	struct wg_wait_ops ops;
	int64_t window_ns;
} wide;

static int wide_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = wide.inner->create(tick_ns, ret_waiter);

	if (rc == 0)
		(*ret_waiter)->ops = &wide.ops;
	return rc;
}

static int wide_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct timespec end = wg_timespec(wg_time_add(wg_now_ns(), wide.window_ns));

	/* A look at descriptors is a sleep until now. */
	while (deadline_ns > wg_now_ns() &&
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
		;
	return wide.inner->sleep(waiter, ticket, deadline_ns);
}

const struct wg_wait_ops *wg_workload_widen(const struct wg_wait_ops *ops, int64_t window_ns)
{
	wide.inner = ops;
	wide.ops = *ops;
	wide.ops.create = wide_create;
	wide.ops.sleep = wide_sleep;
	wide.window_ns = window_ns;
	return &wide.ops;
}
