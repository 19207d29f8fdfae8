/*
 * pool.h: the workers: threads that do the blocking, so that a loop need not.
 *
 * One lock, one condition, two queues: quick operations (files) and slow ones (`work`). A worker
 * takes the older of the two, performs it with no lock held, and publishes the result to the
 * operation's loop. At most half the workers do slow ones at a time. Several loops may share a
 * pool. A pool whose last worker died and could not be replaced behaves as one that was stopped.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/op.h"

struct wg_pool;
struct wg__net_thread;

#define WG_WORKERS_DEFAULT 4u
#define WG_WORKERS_MAX	   1024u

/*
 * Start `workers` threads (0: WG_WORKERS_DEFAULT). Any thread; blocks until they are made.
 * 0 and *ret_pool yours; -EINVAL above WG_WORKERS_MAX; -ENOMEM, -EAGAIN, with no thread left
 * behind.
 */
int wg_pool_create(unsigned workers, struct wg_pool **ret_pool);

/*
 * Shut down: what is queued gets -ESHUTDOWN, what runs is waited for, then the threads end. Later
 * submits get -ESHUTDOWN. Any thread but a worker; blocks. Loops may go on using the pool.
 */
void wg_pool_stop(struct wg_pool *pool);

/* Stop and free. The loops that use the pool are destroyed before. NULL is fine. */
void wg_pool_destroy(struct wg_pool *pool);

/* Queue op, or publish -ESHUTDOWN. A loop's thread. Never blocks long, never allocates. */
void wg__pool_push(struct wg_pool *pool, struct wg_op *op);

/* Take op back if no worker has begun it. A loop's thread. O(1). */
bool wg__pool_take_back(struct wg_pool *pool, struct wg_op *op);

/* Move all of loop's operations that no worker has begun to `to`. A loop's thread. O(queue). */
void wg__pool_take_back_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to);

/* From now on an idle worker may look for work a while before it sleeps; see spin_budget.h. */
void wg__pool_let_spin(struct wg_pool *pool);

/* The pool's net thread, started if need be. 0 or a negative errno. */
int wg__pool_net_thread(struct wg_pool *pool, struct wg__net_thread **ret_net);

#endif
