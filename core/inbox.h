/*
 * inbox.h: where results come in: a list, a lock, and the notification inside that lock.
 *
 * A worker publishes its result and calls notify() in one critical section; the loop stamps its
 * wake-up and takes the results in another. This makes three statements exact:
 *   - Every result that the loop can see has been notified. So a wake-up by timeout that finds a
 *     result means a missing notification, and nothing else.
 *   - Every notification that the loop sees has its result in the inbox. So a wake-up by a
 *     notification is never empty.
 *   - In a trace, `done` is before `wake` if and only if the result was there at the wake-up.
 *
 * kick(), the system call that the notification may need, comes after the unlock. Inside, it would
 * be as correct and dearer: if loop and worker share a processor, the loop wakes up inside the
 * worker's call, meets the lock, and sleeps again: two more switches a result (measured: 11 us a
 * hand-over instead of 3). The price of kicking outside: the loop may find a result by looking
 * before the kick comes, which then disturbs the next sleep; that sleep sees its ticket unchanged
 * and goes on. And a loop must not be destroyed while a kick is still to come: `kickers` counts.
 */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"
#include "core/sync.h"
#include "core/wait/wait.h"

struct wg_loop;
struct wg_op;

struct wg__inbox {
	/* guards: list, kickers, is_closing. order: before a strategy's own lock */
	struct wg_mutex lock;
	struct wg_list list;  /* of wg_op.node, in order of publication */
	unsigned kickers;     /* threads between their notify() and the end of their kick() */
	bool is_closing;      /* the loop waits in wg__inbox_await_quiet() */
	struct wg_cond quiet; /* predicate: kickers == 0; by the last kicker, under lock */

	/* Length of list. Written under the lock; the loop also reads it without. */
	_Atomic unsigned count;
};

/* Set up all but the list, which fork keeps. */
void wg__inbox_init(struct wg__inbox *in);
void wg__inbox_fini(struct wg__inbox *in);

/*
 * Publish op's result to its loop and notify. Any thread but the loop's; it holds no inbox's lock.
 * op is the loop's from here on. *running (may be NULL) is where the caller keeps op while it
 * performs it; it is cleared in the same critical section.
 */
void wg__inbox_publish(struct wg_op *op, int64_t result, struct wg_op **running);

/* The others are for the loop's thread. Move what is published to the ready list: how many. */
unsigned wg__inbox_take(struct wg_loop *loop);

/* The same after a sleep, with the event `wake` stamped in the same critical section. */
unsigned wg__inbox_take_awake(struct wg_loop *loop, enum wg_woke woke);

/* How many are published and not taken. Any thread; never blocks. */
unsigned wg__inbox_count(struct wg_loop *loop);

/* Block until nobody is about to kick: before the waiter or the loop goes away. */
void wg__inbox_await_quiet(struct wg_loop *loop);

#endif
