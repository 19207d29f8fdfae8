/*
 * semaphore.c: block on a POSIX semaphore: the kernel keeps the tokens, a counter keeps the facts.
 *
 * A token alone says too little: it may be left over from a notify whose result the loop has found
 * by looking. So `notifies` is the ticket, as in eventfd.c, and a token only ends the sleep.
 *
 * Invariant, outside sleep(): pending == 1 means that a token is there or is about to be posted.
 * W1: notify() after arm() returned: notifies > ticket, and a token is there or comes. W3:
 * notifies++ releases, sleep() acquires.
 */
#include "core/wait/wait.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/clock.h"

struct semaphore {
	struct wg_waiter base;
	sem_t tokens;
	_Atomic uint64_t notifies; /* notify() calls so far */
	_Atomic int pending;	   /* 1: a token is there, or its post is under way */
};

static int semaphore_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct semaphore *s = calloc(1, sizeof(*s));

	(void)tick_ns;
	if (!s)
		return -ENOMEM;
	s->base.ops = &wg__wait_semaphore;
	atomic_init(&s->notifies, 0);
	atomic_init(&s->pending, 0);
	(void)sem_init(&s->tokens, 0, 0);
	*ret_waiter = &s->base;
	return 0;
}

static void semaphore_destroy(struct wg_waiter *waiter)
{
	(void)sem_destroy(&((struct semaphore *)waiter)->tokens);
	free(waiter);
}

static uint64_t semaphore_arm(struct wg_waiter *waiter)
{
	struct semaphore *s = (struct semaphore *)waiter;

	/* acquire: pairs with the release in notify(); what it published is there for the look. */
	return atomic_load_explicit(&s->notifies, memory_order_acquire);
}

static int semaphore_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct semaphore *s = (struct semaphore *)waiter;
	struct timespec end = wg_timespec(deadline_ns);

	/* acquire: pairs with the release in notify(). */
	while (atomic_load_explicit(&s->notifies, memory_order_acquire) == ticket) {
		if (deadline_ns == WG_FOREVER ? sem_wait(&s->tokens)
					      : sem_clockwait(&s->tokens, CLOCK_MONOTONIC, &end))
			return errno == EINTR ? WG_WOKE_INTERRUPTED : WG_WOKE_TIMEOUT;
		/* acq_rel: pairs with the exchange in notify(): if that one saw 1 and had no token
		 * posted, its notifies++ comes before this. */
		(void)atomic_exchange_explicit(&s->pending, 0, memory_order_acq_rel);
	}
	return WG_WOKE_NOTIFIED;
}

static int semaphore_notify(struct wg_waiter *waiter)
{
	struct semaphore *s = (struct semaphore *)waiter;

	/* release: pairs with the acquires in arm() and sleep(). */
	atomic_fetch_add_explicit(&s->notifies, 1, memory_order_release);
	/* acq_rel: pairs with the exchange in sleep(). */
	return !atomic_exchange_explicit(&s->pending, 1, memory_order_acq_rel);
}

static void semaphore_kick(struct wg_waiter *waiter)
{
	(void)sem_post(&((struct semaphore *)waiter)->tokens);
}

const struct wg_wait_ops wg__wait_semaphore = {
	.name = "semaphore",
	.does = "block on a POSIX semaphore",
	.create = semaphore_create,
	.destroy = semaphore_destroy,
	.arm = semaphore_arm,
	.sleep = semaphore_sleep,
	.notify = semaphore_notify,
	.kick = semaphore_kick,
};
