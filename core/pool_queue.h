/*
 * pool_queue.h: the queues of a pool: what waits for a worker.
 */
#ifndef CORE_POOL_QUEUE_H
#define CORE_POOL_QUEUE_H

#include <stdbool.h>

#include "core/op.h"
#include "core/pool_state.h"

/* Queue op, or publish -ESHUTDOWN. A loop's thread. Never blocks long, never allocates. */
void wg__pool_push(struct wg_pool *pool, struct wg_op *op);

/* The operation that a worker may begin now, left where it is, or NULL. */
struct wg_op *wg__pool_can_take(struct wg_pool *pool) WG_REQUIRES(pool->lock);

/* op leaves its queue. */
void wg__pool_unqueue(struct wg_pool *pool, struct wg_op *op) WG_REQUIRES(pool->lock);

/* Move all that is queued, of one loop (NULL: of all), to the end of `to`. O(queue). */
void wg__pool_unqueue_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to)
	WG_REQUIRES(pool->lock);

/* Nobody will do these: publish all with result. Takes no pool's lock. */
void wg__pool_publish_all(struct wg_list *left, int64_t result);

#endif
