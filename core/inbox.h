/*
 * inbox.h: where results come in: a list, a lock, and the bell rung inside it.
 *
 * A worker publishes and rings, notify(), inside one critical section, and the loop stamps its wake
 * and takes the results inside one. That order costs a few hundred nanoseconds when both meet, and
 * buys three exact statements:
 *   - A result the loop can see has been rung for. So a wake by timeout that finds a result is a
 *     missing ring and nothing else.
 *   - A ring heard has its result in the inbox. So a wake by a ring is never empty.
 *   - `done` < `wake` in the trace if and only if the result was there at the wake.
 *
 * The system call that the ring may need, kick(), is made after the unlock. Inside, it is as right
 * and dearer: where loop and worker share a processor, the loop wakes up inside the worker's call,
 * runs into the lock that the worker still holds, and sleeps again: two switches more for each
 * result (measured: 11 us a hand-over instead of 3). The price of going outside: the loop may find
 * a result by looking before its kick comes, which then disturbs the next sleep; that sleep sees
 * its ticket unchanged and goes on. And a loop must not be destroyed while somebody is still about
 * to kick it: `kicks` counts those.
 */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include <stdbool.h>

#include "core/list.h"
#include "core/sync.h"

struct wg__inbox {
	struct wg_mutex lock; /* guards: list, kicks. order: before a strategy's own lock */
	struct wg_list list;  /* of wg_op.node, in order of publication */
	unsigned kicks;	      /* threads between their ring and the end of their kick */
	bool is_closing;      /* somebody waits for quiet */
	struct wg_cond quiet; /* predicate: kicks == 0; by the last kicker, under lock */

	/* Length of list. Written under the lock; read without it by a loop that looks. */
	_Atomic unsigned count;
};

#endif
