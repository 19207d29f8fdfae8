/*
 * pool_queue.h: the queues of a pool: what waits for a worker.
 */
#ifndef CORE_POOL_QUEUE_H
#define CORE_POOL_QUEUE_H

#include <stdbool.h>

#include "core/op.h"
#include "core/pool_state.h"

/* ---- for a loop's thread ---- */

/* Queue op, or publish -ESHUTDOWN. Never blocks long, never allocates. */
void wg__pool_push(struct wg_pool *pool, struct wg_op *op);

/* Take op back if no worker has begun it. O(1). */
bool wg__pool_take_back(struct wg_pool *pool, struct wg_op *op);

/* Move all of loop's operations that no worker has begun to `to`. O(queue). */
void wg__pool_take_back_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to);

/* ---- for the pool itself ---- */

/* The operation that a worker may begin now, left where it is, or NULL. */
struct wg_op *wg__pool_can_take(struct wg_pool *pool) WG_REQUIRES(pool->lock);

/* op leaves its queue. */
void wg__pool_unqueue(struct wg_pool *pool, struct wg_op *op) WG_REQUIRES(pool->lock);

/* Move all that is queued to `to`, which is empty. */
void wg__pool_unqueue_all(struct wg_pool *pool, struct wg_list *to) WG_REQUIRES(pool->lock);

/* Nobody will do these: publish all with result. Takes no pool's lock. */
void wg__pool_publish_all(struct wg_list *left, int64_t result);

#endif
