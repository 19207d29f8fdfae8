/*
 * pool.h: the workers: threads that do the blocking, so that a loop need not.
 *
 * One queue, one lock, one condition. A worker takes an operation, performs it with no lock held,
 * and publishes the result to the operation's loop. Several loops may share a pool.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stdint.h>

#include "core/op.h"

struct wg_pool;

#define WG_WORKERS_DEFAULT 4u
#define WG_WORKERS_MAX	   1024u

/*
 * Start `workers` threads (0: WG_WORKERS_DEFAULT). Any thread; blocks until they run.
 * 0 and *ret_pool yours; -EINVAL above WG_WORKERS_MAX; -ENOMEM, -EAGAIN, with no thread left
 * behind.
 */
int wg_pool_create(unsigned workers, struct wg_pool **ret_pool);

/*
 * Perform what is queued, end the threads, free. Any thread but a worker. Blocks until all results
 * are published; loops that use the pool are destroyed before it. NULL is fine.
 */
void wg_pool_destroy(struct wg_pool *pool);

/* Queue op; a loop's thread. Never blocks long, never fails, never allocates. */
void wg__pool_push(struct wg_pool *pool, struct wg_op *op);

/* Move loop's operations that no worker has begun to `to`. A loop's thread. O(queue). */
void wg__pool_take_back(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to);

#endif
