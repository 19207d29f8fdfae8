/*
 * wait_sleep1ms.c: full circle: the condition variable is gone; the loop sleeps 1 ms and looks.
 *
 * The story's fifth step. A wake-up was still lost now and then, no trace showed where, and the
 * diagnosis became "condition variables interact badly with thread scheduling". So: poll again,
 * only faster. It cannot hang, since there is no notification left to lose.
 *
 * It costs twice. Latency: a tenth of the 10 ms tick, and still tens of times what a notification
 * needs. Idle: a thousand useless wake-ups a second, where the tick had a hundred, and a loop that
 * blocks has none. Half the sleep halves the one and doubles the other; no value is right. So
 * bounds on latency alone cannot tell a loop that is notified from one that polls fast: count the
 * empty wake-ups.
 *
 * Unlike `tick` it looks before it sleeps, as that version of the runtime did, and ignores --tick:
 * the 1 ms is the flaw.
 */
#include <errno.h>
#include <stdlib.h>

#include "labs/waits/waits.h"

static int sleep1ms_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct wg_waiter *w = malloc(sizeof(*w));

	(void)tick_ns;
	if (!w)
		return -ENOMEM;
	w->ops = &wg_lab_wait_sleep1ms;
	w->tick_ns = WG_NS_PER_MS;
	*ret_waiter = w;
	return 0;
}

static void sleep1ms_destroy(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t sleep1ms_arm(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0;
}

static int sleep1ms_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	int64_t until_ns = wg_time_add(wg_now_ns(), waiter->tick_ns);
	struct timespec ts = wg_timespec(until_ns < deadline_ns ? until_ns : deadline_ns);
	int rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);

	(void)ticket;
	if (rc == EINTR)
		return WG_WOKE_INTERRUPTED;
	return rc == 0 ? WG_WOKE_TIMEOUT : -rc;
}

static int sleep1ms_notify(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0; /* not wired, again */
}

const struct wg_wait_ops wg_lab_wait_sleep1ms = {
	.name = "sleep1ms",
	.does = "flawed: polling again, every 1 ms; nobody notifies",
	.caps = WG_CAP_POLLS | WG_CAP_SIGNAL_SAFE,
	.create = sleep1ms_create,
	.destroy = sleep1ms_destroy,
	.arm = sleep1ms_arm,
	.sleep = sleep1ms_sleep,
	.notify = sleep1ms_notify,
};
