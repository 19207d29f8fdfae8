/*
 * wait.h: how a loop sleeps and how it is woken: one small table per strategy.
 *
 * A loop that has nothing to do must sleep, and what it sleeps for happens on another thread. All
 * the trouble of event loops lies in the moment between "I looked, nothing there" and "I sleep": a
 * result published in that moment must still end the sleep. Every strategy here gives the loop the
 * same three steps to get it right:
 *
 *     loop's thread                      any thread
 *     T = arm()                          publish the result
 *     look again; nothing?               if (notify()) kick()
 *     sleep(T, deadline)
 *
 * Either the look sees the result, or notify() begins after arm() returned, and then sleep(T) does
 * not stay (W1). There is no third case. DOC(arm-look-sleep)
 *
 * Ringing has two halves. notify() changes the fact that the sleeper goes by, and is a few
 * instructions; kick() is the system call that has the kernel look at it, and only somebody whom
 * notify() told to makes it. They are apart because the fact belongs inside the lock that guards
 * the results, and the call does not (inbox.h).
 *
 * What every strategy promises; tests/core/test_wait.c holds each line over every registered one:
 *   W1 no lost wake: if notify() starts after arm() returned T, sleep(T) returns promptly, at the
 *      latest after the kick() of whoever was told to. A strategy with WG_CAP_POLLS promises less:
 *      within its tick.
 *   W2 sleep() may return early; the loop looks again.
 *   W3 what a thread wrote before notify() is visible after the sleep() it ended.
 *   W4 wakes coalesce: N wakes, at least one return, never a count.
 *   W5 the deadline is absolute monotonic ns; WG_WOKE_TIMEOUT is never said before it (a strategy
 *      with WG_CAP_POLLS: or before its tick); WG_FOREVER never comes; a signal does not move it.
 *   W6 destroy only after the last notify() and kick() returned; all but these two on one thread,
 *      the loop's.
 *
 * Adding one is a file wait_NAME.c and a line of the registry in wait.c.
 */
#ifndef CORE_WAIT_WAIT_H
#define CORE_WAIT_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"

/* Why sleep() returned; the labels travel in traces, keep in step with tp.h. */
enum wg_woke {
	WG_WOKE_NOTIFIED,    /* notify() was called */
	WG_WOKE_TIMEOUT,     /* the deadline, or the tick */
	WG_WOKE_READY,	     /* a watched descriptor is ready */
	WG_WOKE_SPURIOUS,    /* for no reason that concerns this sleep */
	WG_WOKE_INTERRUPTED, /* a signal, or the kernel's own work for this thread */
};

enum {
	WG_CAP_POLLS = 1u << 0,	      /* notify() does not end the sleep: time does */
	WG_CAP_BLIND = 1u << 1,	      /* sleeps without looking first, as the runtime was found */
	WG_CAP_SIGNAL_SAFE = 1u << 2, /* notify() may be called from a signal handler */
	WG_CAP_SPINS = 1u << 3,	      /* uses the processor while it waits */
	WG_CAP_FDS = 1u << 4,	      /* its sleep waits for descriptors, too: watch, harvest */
	WG_CAP_LOSES =
		1u << 5, /* breaks W1, on purpose: see labs/waits; none registered here does */
};

#define WG_TICK_DEFAULT_NS (10 * WG_NS_PER_MS)
#define WG_TICK_CLAMP_NS   (50 * WG_NS_PER_MS)

struct wg_wait_ops;

/* A descriptor that the last sleep found ready. */
struct wg_fd_ready {
	void *cookie;	 /* as given to watch() */
	uint32_t events; /* EPOLL* */
};

/* First member of every strategy's own struct. */
struct wg_waiter {
	const struct wg_wait_ops *ops; /* immutable */
	int64_t tick_ns;	       /* of the next sleep; the loop's thread; 0: does not poll */
};

struct wg_wait_ops {
	const char *name; /* as in --wait and in traces */
	const char *does; /* one line for people */
	unsigned caps;

	/*
	 * tick_ns is for strategies that poll. 0 and *ret_waiter ours, or a negative errno; -ENOSYS
	 * or -EPERM: this machine does not offer what it is built on, and callers skip it by name.
	 */
	int (*create)(int64_t tick_ns, struct wg_waiter **ret_waiter);
	void (*destroy)(struct wg_waiter *waiter);

	/*
	 * Instead of destroy in the child of a fork, whatever other threads of the parent were
	 * doing with it at that moment. NULL: destroy does.
	 */
	void (*abandon)(struct wg_waiter *waiter);

	/* From here on notify() will be noticed; returns the ticket for sleep(), which need not
	 * follow: a later arm() takes a newer ticket. Never blocks long.
	 */
	uint64_t (*arm)(struct wg_waiter *waiter);

	/* Sleep until woken since arm() or the deadline. An enum wg_woke, or a negative errno. */
	int (*sleep)(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns);

	/*
	 * Ring. Any thread, never blocks long. 1: the caller has to kick(), soon; 0: it need not,
	 * since nobody sleeps or a ring not yet heard covers this one (W4).
	 */
	int (*notify)(struct wg_waiter *waiter);

	/*
	 * Make the sleeper see what notify() changed. Any thread, any number of other calls later:
	 * a sleep that a kick disturbs after its ring was heard goes on, or ends as spurious. NULL
	 * where notify() never asks for it.
	 */
	void (*kick)(struct wg_waiter *waiter);

	/*
	 * With WG_CAP_FDS. Report fd, edge-triggered, when one of events (EPOLL*) happens; what is
	 * there now counts as happening. again: it is watched already, for fewer events. 0 or a
	 * negative errno. The loop's thread, as unwatch and harvest.
	 */
	int (*watch)(struct wg_waiter *waiter, int fd, uint32_t events, int again, void *cookie);
	void (*unwatch)(struct wg_waiter *waiter, int fd);

	/* What the last sleep() reported, once; borrowed until the next sleep. */
	unsigned (*harvest)(struct wg_waiter *waiter, const struct wg_fd_ready **ret_ready);
};

/* Ring, both halves. 1: rang; 0: there was no need. As notify(). */
static inline int wg_notify(struct wg_waiter *waiter)
{
	int must_kick = waiter->ops->notify(waiter);

	if (must_kick)
		waiter->ops->kick(waiter);
	return must_kick;
}

/* The i-th registered strategy, in the order people should meet them; NULL past the last. */
const struct wg_wait_ops *wg_wait_at(size_t i);

/* By name, or NULL. */
const struct wg_wait_ops *wg_wait_find(const char *name);

extern const struct wg_wait_ops wg__wait_tick;
extern const struct wg_wait_ops wg__wait_ticker;
extern const struct wg_wait_ops wg__wait_condvar;
extern const struct wg_wait_ops wg__wait_futex;
extern const struct wg_wait_ops wg__wait_elide;
extern const struct wg_wait_ops wg__wait_eventfd;
extern const struct wg_wait_ops wg__wait_hybrid;
extern const struct wg_wait_ops wg__wait_uring; /* if built with liburing */
extern const struct wg_wait_ops wg__wait_spin;

/* How often a hybrid waiter has spun. The loop's thread. */
uint64_t wg__hybrid_spins(const struct wg_waiter *waiter);

#endif
