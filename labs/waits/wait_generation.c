/*
 * wait_generation.c: a counter instead of a flag, read too late. And the cap that hides it.
 *
 * The story's third step: after hangs, a shared flag became a generation counter, "to fix the lost
 * wake-up". The loop waits for it under the lock, in a while loop, and it changes under the lock.
 * All of that is correct, and the hang stays, since the generation is sampled where the wait
 * begins:
 *
 *     loop                                       worker
 *     looks: nothing there
 *                                                publishes
 *                                                generation 7 -> 8, signal: nobody waits
 *     before = 8   (sampled inside sleep)
 *     while (generation == before) wait          for a ninth that does not come
 *
 * The counter remembers the notification, and the loop asks it the wrong question: not "has
 * anything happened since I looked", but "since now". The same line one step earlier, in arm(),
 * before the look, is core/wait/condvar.c, and loses nothing (W1). Of the thirty-three schedules of
 * a small model, three hang: rarer than without a predicate, so harder to find, and no better.
 *
 * The fourth step caps every wait at 50 ms "to guarantee forward progress even if a notification is
 * missed". That is `cap50`: the same bug, repaired every 50 ms. Nothing hangs, no test fails. What
 * was a hang is now a latency of up to 50 ms for a few operations in a thousand, and an idle loop
 * wakes up twenty times a second. Traces show it as late wake-ups: the clock ended the wait with a
 * result ready (WG_CAP_MAY_MISS: the loop does not count them as notified).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/sync.h"
#include "labs/waits/waits.h"

#define CAP_NS (50 * WG_NS_PER_MS)

struct generation {
	struct wg_waiter base; /* base.tick_ns: the cap, or 0 */

	struct wg_mutex m;   /* guards: generation, sleeps. order: after the loop's inbox lock */
	uint64_t generation; /* notify() calls so far */
	uint64_t sleeps;     /* waits that began */
	struct wg_cond notified; /* predicate: generation != what it was, but when? */
};

static int make(const struct wg_wait_ops *ops, int64_t cap_ns, struct wg_waiter **ret_waiter)
{
	struct generation *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->base.ops = ops;
	g->base.tick_ns = cap_ns;
	wg_mutex_init(&g->m);
	wg_cond_init(&g->notified);
	*ret_waiter = &g->base;
	return 0;
}

static int generation_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	(void)tick_ns;
	return make(&wg_lab_wait_generation, 0, ret_waiter);
}

static int cap50_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	(void)tick_ns;
	return make(&wg_lab_wait_cap50, CAP_NS, ret_waiter);
}

static void generation_destroy(struct wg_waiter *waiter)
{
	struct generation *g = (struct generation *)waiter;

	wg_cond_fini(&g->notified);
	wg_mutex_fini(&g->m);
	free(g);
}

static void generation_abandon(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t generation_arm(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0; /* the generation should be sampled here: before the look */
}

static int generation_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct generation *g = (struct generation *)waiter;
	uint64_t before;
	bool woken;
	int rc = 0;

	(void)ticket;
	if (g->base.tick_ns > 0) {
		int64_t cap_ns = wg_time_add(wg_now_ns(), g->base.tick_ns);

		deadline_ns = cap_ns < deadline_ns ? cap_ns : deadline_ns;
	}
	wg_lock(&g->m);
	before = g->generation; /* DOC(sampled-too-late) */
	g->sleeps++;
	while (g->generation == before && rc != -ETIMEDOUT)
		rc = wg_cond_wait(&g->notified, &g->m, deadline_ns);
	woken = g->generation != before;
	wg_unlock(&g->m);
	return woken ? WG_WOKE_NOTIFIED : WG_WOKE_TIMEOUT;
}

static int generation_notify(struct wg_waiter *waiter)
{
	struct generation *g = (struct generation *)waiter;

	wg_lock(&g->m);
	g->generation++;
	wg_unlock(&g->m);
	return 1;
}

static void generation_kick(struct wg_waiter *waiter)
{
	wg_cond_signal(&((struct generation *)waiter)->notified);
}

uint64_t wg_lab_generation_sleeps(const struct wg_waiter *waiter)
{
	struct generation *g = (struct generation *)(uintptr_t)waiter;
	uint64_t n;

	wg_lock(&g->m);
	n = g->sleeps;
	wg_unlock(&g->m);
	return n;
}

const struct wg_wait_ops wg_lab_wait_generation = {
	.name = "generation",
	.does = "flawed: a counter with its lock and loop, sampled after the look instead of "
		"before",
	.caps = WG_CAP_MAY_MISS,
	.create = generation_create,
	.destroy = generation_destroy,
	.abandon = generation_abandon,
	.arm = generation_arm,
	.sleep = generation_sleep,
	.notify = generation_notify,
	.kick = generation_kick,
};

const struct wg_wait_ops wg_lab_wait_cap50 = {
	.name = "cap50",
	.does = "flawed: generation, and no wait longer than 50 ms: the hang becomes a latency",
	.caps = WG_CAP_MAY_MISS,
	.create = cap50_create,
	.destroy = generation_destroy,
	.abandon = generation_abandon,
	.arm = generation_arm,
	.sleep = generation_sleep,
	.notify = generation_notify,
	.kick = generation_kick,
};
