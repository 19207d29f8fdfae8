/*
 * condvar.c: block on a condition variable, with the predicate that the plan forgot.
 *
 * A condition variable is a place to wait; it remembers nothing. A signal sent while nobody waits
 * is gone, so "wait until signalled" hangs as soon as a worker is faster than the loop. What must
 * be remembered is a fact, changed and checked under one mutex:
 *
 *     predicate: notifies != ticket     made true by notify(), under m
 *
 * `notifies` counts the calls of notify(). arm() reads it before the loop looks at its results; a
 * notify() after that makes it differ from the ticket for good, whether or not the loop sleeps
 * already. Reading the ticket inside sleep() instead, after the look, would lose exactly the
 * notifications between look and sleep: there would be a counter, and the loop would still hang.
 *
 * W1: notify() after arm(): either notifies > ticket when sleep() checks, or the sleeper waits
 *     already, since check and wait are one step under m. The signal, which comes after the change,
 *     finds the sleeper.
 * W3: by the mutex. W4: one counter, any number of calls.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/sync.h"

struct condvar {
	struct wg_waiter base;

	struct wg_mutex m;	 /* guards: notifies, seen. order: after the loop's inbox lock */
	uint64_t notifies;	 /* calls of notify() so far */
	uint64_t seen;		 /* notifies when the loop last armed: its ticket */
	struct wg_cond notified; /* predicate: notifies != the sleeper's ticket; by notify(), m */
};

static int condvar_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct condvar *c = calloc(1, sizeof(*c));

	(void)tick_ns;
	if (!c)
		return -ENOMEM;
	c->base.ops = &wg__wait_condvar;
	wg_mutex_init(&c->m);
	wg_cond_init(&c->notified);
	*ret_waiter = &c->base;
	return 0;
}

static void condvar_destroy(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;

	wg_cond_fini(&c->notified);
	wg_mutex_fini(&c->m);
	free(c);
}

static void condvar_abandon(struct wg_waiter *waiter)
{
	free(waiter); /* a thread that is gone may hold m, so leave m alone */
}

static uint64_t condvar_arm(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;
	uint64_t ticket;

	wg_lock(&c->m);
	ticket = c->seen = c->notifies;
	wg_unlock(&c->m);
	return ticket;
}

static int condvar_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct condvar *c = (struct condvar *)waiter;
	int rc = 0;
	bool is_notified;

	wg_lock(&c->m);
	while (c->notifies == ticket && rc != -ETIMEDOUT)
		rc = wg_cond_wait(&c->notified, &c->m, deadline_ns);
	/* Notified at the very deadline is notified. */
	is_notified = c->notifies != ticket;
	wg_unlock(&c->m);
	return is_notified ? WG_WOKE_NOTIFIED : WG_WOKE_TIMEOUT;
}

static int condvar_notify(struct wg_waiter *waiter)
{
	struct condvar *c = (struct condvar *)waiter;
	bool is_first;

	wg_lock(&c->m);
	is_first = c->notifies == c->seen;
	c->notifies++;
	wg_unlock(&c->m);
	return is_first;
}

/*
 * Called without m: a sleeper that wakes up would otherwise have to wait for m. This is safe: the
 * predicate was changed under m, and the waiter lives until we return (W6). Without W6, another
 * notification could wake up the loop, which destroys the waiter, and we would signal freed memory.
 */
static void condvar_kick(struct wg_waiter *waiter)
{
	wg_cond_signal(&((struct condvar *)waiter)->notified); /* there is one sleeper at most */
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
