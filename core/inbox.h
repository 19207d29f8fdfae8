/*
 * inbox.h: where results come in: a list, a lock, and the bell rung inside it.
 *
 * A worker publishes and rings inside one critical section, and the loop stamps its wake and takes
 * the results inside one. That order costs a few hundred nanoseconds when both meet, and buys three
 * exact statements:
 *   - A result the loop can see has been rung for. So a wake by timeout that finds a result is a
 *     missing ring and nothing else.
 *   - A ring heard has its result in the inbox. So a wake by a ring is never empty.
 *   - `done` < `wake` in the trace if and only if the result was there at the wake.
 * Ringing after the unlock is as safe (the ticket sees to that) but then the loop may take a result
 * by looking and be woken for it later: a wake-up for nothing.
 *
 * The system call that rings is thus made with the lock held. The loop, once woken, may have to
 * wait for the worker to return from it; what that costs is measured, not assumed.
 */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include "core/list.h"
#include "core/sync.h"

struct wg__inbox {
	struct wg_mutex lock; /* guards: list. order: before a strategy's own lock */
	struct wg_list list;  /* of wg_op.node, in order of publication */

	/* Length of list. Written under the lock; read without it by a loop that looks. */
	_Atomic unsigned count;
};

#endif
