/*
 * wait_forever.c: the plan, word for word: timeout 0 becomes a wait without end. No predicate.
 *
 *     plan:  if timeout_ms == 0 { cvar.wait(guard) }     run-once, then poll-file-result
 *     here:  pthread_cond_wait(&notified, &m)            sleep, then look (WG_CAP_NO_LOOK)
 *
 * A condition variable remembers nothing. A signal reaches a thread that waits at that moment; if
 * none does, it is gone. So there is a window between the submit and the wait:
 *
 *     loop                                   worker
 *     submit ───────────────────────────────▶ reads, publishes
 *                                             signal: nobody waits, forgotten
 *     wait ... for a signal that was sent
 *
 * The plan calls this safe: "workers notify, so it cannot get stuck". They do notify, and it does
 * get stuck: W1 is broken. While waits were timed, the clock repaired every such loss after 10 ms,
 * so nobody saw one; now nothing repairs it. Whether it happens is luck: a loop that reaches its
 * wait within microseconds is faster than most workers, and a test of 160 reads passes. That is the
 * worst kind of bug; `wakegap run --window 1ms` takes the luck out of it.
 *
 * core/wait/condvar.c has what is missing here: a fact (`notifies`), changed under m by notify(),
 * and compared under m, in a loop, with its value before the look. Without a loop, this file also
 * takes a wake-up for no reason as a notification; the look that follows finds nothing then.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/sync.h"
#include "labs/waits/waits.h"

struct forever {
	struct wg_waiter base;
	struct wg_mutex m;	 /* guards: nothing, and that is the flaw */
	struct wg_cond notified; /* predicate: none */
};

static int forever_create(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	struct forever *f = calloc(1, sizeof(*f));

	(void)tick_ns;
	if (!f)
		return -ENOMEM;
	f->base.ops = &wg_lab_wait_forever;
	wg_mutex_init(&f->m);
	wg_cond_init(&f->notified);
	*ret_waiter = &f->base;
	return 0;
}

static void forever_destroy(struct wg_waiter *waiter)
{
	struct forever *f = (struct forever *)waiter;

	wg_cond_fini(&f->notified);
	wg_mutex_fini(&f->m);
	free(f);
}

static void forever_abandon(struct wg_waiter *waiter)
{
	free(waiter);
}

static uint64_t forever_arm(struct wg_waiter *waiter)
{
	(void)waiter;
	return 0; /* no ticket: there is no fact to compare it with */
}

static int forever_sleep(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct forever *f = (struct forever *)waiter;
	int rc;

	(void)ticket;
	wg_lock(&f->m);
	rc = wg_cond_wait(&f->notified, &f->m, deadline_ns); /* DOC(no-predicate) */
	wg_unlock(&f->m);
	return rc == -ETIMEDOUT ? WG_WOKE_TIMEOUT : WG_WOKE_NOTIFIED;
}

static int forever_notify(struct wg_waiter *waiter)
{
	(void)waiter;
	return 1; /* no fact is changed; the signal is all there is */
}

static void forever_kick(struct wg_waiter *waiter)
{
	struct forever *f = (struct forever *)waiter;

	wg_lock(&f->m);
	wg_cond_signal(&f->notified);
	wg_unlock(&f->m);
}

const struct wg_wait_ops wg_lab_wait_forever = {
	.name = "forever",
	.does = "flawed: the plan word for word; waits for a signal, and no predicate remembers it",
	.caps = WG_CAP_NO_LOOK | WG_CAP_MAY_MISS,
	.create = forever_create,
	.destroy = forever_destroy,
	.abandon = forever_abandon,
	.arm = forever_arm,
	.sleep = forever_sleep,
	.notify = forever_notify,
	.kick = forever_kick,
};
