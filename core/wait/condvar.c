/*
 * condvar.c: block on a condition variable, with the predicate that the plan forgot.
 *
 * A condition variable is a place to wait, not a thing that remembers. A signal sent while nobody
 * waits is gone, so "wait until signalled" hangs as soon as a worker is faster than the loop. What
 * must be remembered is a fact, changed and checked under one mutex:
 *
 *     predicate: rings != ticket     made true by notify(), under m
 *
 * `rings` counts notify() calls. arm() reads it before the loop looks at its results; a notify()
 * after that makes rings differ from the ticket for good, whether the loop sleeps already or not
 * yet. Reading the ticket inside sleep() instead, after the look, would lose exactly the wakes
 * between look and sleep: the counter would be there and the hang as well.
 *
 * W1: notify() after arm(): rings > ticket when sleep() checks, or the sleeper waits already, since
 *     notify() cannot slip between the check and the wait: both are under m. The signal comes later
 *     than the change and finds it.
 * W3: by the mutex.
 * W4: one counter, any number of wakes.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/sync.h"

struct condvar {
	struct wg_waiter base;

	struct wg_mutex m;   /* guards: rings, heard. order: after the loop's inbox lock */
	uint64_t rings;	     /* notify() calls so far */
	uint64_t heard;	     /* rings when the loop last armed or woke */
	struct wg_cond rung; /* predicate: rings != the sleeper's ticket; by notify(), under m */
};

static int condvar_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct condvar *c = calloc(1, sizeof(*c));
	int rc;

	(void)tick_ns;
	if (!c)
		return -ENOMEM;
	c->base.ops = &wg__wait_condvar;
	rc = wg_mutex_init(&c->m);
	if (rc < 0)
		goto fail;
	rc = wg_cond_init(&c->rung);
	if (rc < 0) {
		wg_mutex_fini(&c->m);
		goto fail;
	}
	*ret_waiter = &c->base;
	return 0;
fail:
	free(c);
	return rc;
}

static void condvar_destroy(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;

	wg_cond_fini(&c->rung);
	wg_mutex_fini(&c->m);
	free(c);
}

static void condvar_abandon(struct wg_waiter *waiter)
{
	free(waiter); /* m may be held by a thread that is not here, and must not be touched */
}

static uint64_t condvar_arm(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;
	uint64_t ticket;

	wg_lock(&c->m);
	ticket = c->heard = c->rings;
	wg_unlock(&c->m);
	return ticket;
}

static int condvar_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct condvar *c = (struct condvar *)waiter;
	int rc = 0;
	bool woken;

	wg_lock(&c->m);
	while (c->rings == ticket && rc != -ETIMEDOUT)
		rc = wg_cond_wait(&c->rung, &c->m, deadline_ns);
	/* Rung at the very deadline still counts as rung. */
	woken = c->rings != ticket;
	c->heard = c->rings;
	wg_unlock(&c->m);
	return woken ? WG_WOKE_NOTIFIED : WG_WOKE_TIMEOUT;
}

static int condvar_notify(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;
	bool first;

	wg_lock(&c->m);
	first = c->rings == c->heard;
	c->rings++;
	wg_unlock(&c->m);
	return first;
}

/*
 * After the unlock, or the sleeper would wake up only to wait for m. That is safe for two reasons:
 * the predicate was changed under m, and the waiter is not destroyed before we return (W6). Without
 * the second, the loop could be woken by another ring, be destroyed, and leave us signalling freed
 * memory.
 */
static void condvar_kick(struct wg_waiter *waiter)
{
	wg_cond_signal(&((struct condvar *)waiter)->rung); /* one sleeper at the most */
}

const struct wg_wait_ops wg__wait_condvar = {
	.name = "condvar",
	.does = "block on a condition variable, predicate checked under its lock",
	.create = condvar_create,
	.destroy = condvar_destroy,
	.abandon = condvar_abandon,
	.arm = condvar_arm,
	.sleep = condvar_sleep,
	.notify = condvar_notify,
	.kick = condvar_kick,
};
