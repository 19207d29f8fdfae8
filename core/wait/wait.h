/*
 * wait.h: how a loop sleeps and how it is woken up: one table of functions per strategy.
 *
 * A loop that has nothing to do must sleep, and what it sleeps for happens on another thread. All
 * the trouble of event loops lies in the moment between "I looked, nothing there" and "I sleep": a
 * result published in that moment must still end the sleep. Every strategy gives the loop the same
 * three steps (the literature calls this an eventcount):
 *
 *     loop's thread                      any thread
 *     T = arm()                          publish the result
 *     look again; nothing?               if (notify()) kick()
 *     sleep(T, deadline)
 *
 * Either the look sees the result, or notify() begins after arm() returned, and then sleep(T) does
 * not stay (W1). There is no third case. DOC(arm-look-sleep)
 *
 * A notification has two halves. notify() changes the fact that the sleeper checks. kick() is the
 * system call that makes the kernel look at that fact, if notify() returned 1. They are apart
 * because the fact belongs inside the lock that guards the results, and the call does not
 * (inbox.h).
 *
 * What every strategy promises; tests/core/test_wait.c checks each line for every registered one:
 *   W1 No lost wake-up: if notify() starts after arm() returned T, sleep(T) returns promptly, at
 *      the latest after the kick() that a notify() asked for. WG_CAP_POLLS: within the tick.
 *   W2 sleep() may return early; the loop looks again.
 *   W3 What a thread wrote before notify() is visible after the sleep() that it ended.
 *   W4 Notifications coalesce: N of them end at least one sleep; nobody counts them.
 *   W5 The deadline is absolute monotonic time. sleep() never says WG_WOKE_TIMEOUT before it
 *      (WG_CAP_POLLS: before the tick is over). WG_FOREVER never comes.
 *   W6 destroy() only after the last notify() and kick() returned. These two may run on any thread,
 *      all others on the loop's.
 *
 * To add a strategy, write core/wait/NAME.c and add one line to waits.def.
 */
#ifndef CORE_WAIT_WAIT_H
#define CORE_WAIT_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"

/* Why sleep() returned; the labels travel in traces, keep in step with tp.h. */
enum wg_woke {
	WG_WOKE_NOTIFIED,    /* notify() was called */
	WG_WOKE_TIMEOUT,     /* the deadline, or the tick */
	WG_WOKE_READY,	     /* a watched descriptor is ready */
	WG_WOKE_SPURIOUS,    /* no reason that concerns this sleep */
	WG_WOKE_INTERRUPTED, /* a signal, or the kernel's own work for this thread */
};

enum {
	WG_CAP_POLLS = 1u << 0,	      /* notify() does not end the sleep: time does */
	WG_CAP_NO_LOOK = 1u << 1,     /* the loop sleeps without looking first */
	WG_CAP_SIGNAL_SAFE = 1u << 2, /* notify() may be called from a signal handler */
	WG_CAP_SPINS = 1u << 3,	      /* uses the processor while it waits */
	WG_CAP_MAY_MISS = 1u << 4,    /* breaks W1 on purpose: only strategies of labs/waits do */
};

#define WG_TICK_DEFAULT_NS (10 * WG_NS_PER_MS)

struct wg_wait_ops;

/* First member of every strategy's own struct. */
struct wg_waiter {
	const struct wg_wait_ops *ops; /* immutable */
	int64_t tick_ns; /* the longest that the next sleep lasts; 0: any time. Loop's thread */
};

struct wg_wait_ops {
	const char *name; /* as in --wait and in traces */
	const char *does; /* one line for people */
	unsigned caps;	  /* WG_CAP_* */

	/*
	 * tick_ns is for strategies that poll; 0: the default. 0 and *ret_waiter ours, or a
	 * negative errno. -ENOSYS, -EPERM: not available on this machine; callers skip it by name.
	 */
	int (*create)(int64_t tick_ns, struct wg_waiter **ret_waiter);
	void (*destroy)(struct wg_waiter *waiter);

	/* Replaces destroy in the child of a fork: threads that are gone may have been inside
	 * notify() or kick(). NULL: destroy will do. */
	void (*abandon)(struct wg_waiter *waiter);

	/* From here on notify() will be noticed. Returns the ticket for sleep(), which need not
	 * follow: a later arm() takes a newer ticket. Never blocks long. */
	uint64_t (*arm)(struct wg_waiter *waiter);

	/* Before each sleep: do only socket operations remain? NULL: makes no difference. */
	void (*plan)(struct wg_waiter *waiter, bool only_sockets);

	/* Until notified since arm(), or the deadline. An enum wg_woke or a negative errno. */
	int (*sleep)(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns);

	/* Any thread, never blocks long. 1: the caller must kick() soon. 0: it need not: nobody
	 * sleeps, or an earlier notification that was not yet seen covers this one (W4). */
	int (*notify)(struct wg_waiter *waiter);

	/* Make the sleeper see what notify() changed. Any thread. A sleep that a late kick disturbs
	 * goes on or ends as spurious. NULL if notify() always returns 0. */
	void (*kick)(struct wg_waiter *waiter);

	const struct wg_wait_fds *fds; /* NULL: sleep() cannot wait for descriptors; see fds.h */
};

/* Both halves. 1: kicked; 0: there was no need. As notify(). */
static inline int wg_notify(struct wg_waiter *waiter)
{
	int must_kick = waiter->ops->notify(waiter);

	if (must_kick)
		waiter->ops->kick(waiter);
	return must_kick;
}

/* The i-th registered strategy, in the order in which to read them; NULL past the last. */
const struct wg_wait_ops *wg_wait_at(size_t i);

/* By name, or NULL. */
const struct wg_wait_ops *wg_wait_find(const char *name);

#define WG_WAIT(name) extern const struct wg_wait_ops wg__wait_##name;
#include "core/wait/waits.def"
#undef WG_WAIT

#endif
