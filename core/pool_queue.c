/*
 * pool_queue.c: see pool_queue.h.
 *
 * A worker sleeps on a condition: while (nothing to take) wait. Push signals only if a worker is
 * idle, which it knows because one lock guards `idle` and the queues. (A signal only "when the
 * queue was empty" looks the same and leaves workers asleep beside a full queue: two pushes, one
 * signal.)
 */
#include "core/pool_queue.h"

#include <errno.h>
#include <stdatomic.h>

#include "core/inbox.h"

static struct wg_op *head(struct wg_list *queue)
{
	return wg_list_is_empty(queue) ? NULL : wg_container_of(queue->next, struct wg_op, node);
}

struct wg_op *wg__pool_can_take(struct wg_pool *pool)
{
	struct wg_op *quick = head(&pool->quick), *slow = head(&pool->slow);

	if (!slow || pool->slow_running >= (pool->alive + 1) / 2)
		return quick;
	return !quick || slow->queue_seq < quick->queue_seq ? slow : quick;
}

void wg__pool_unqueue(struct wg_pool *pool, struct wg_op *op)
{
	wg_list_remove(&op->node);
	op->is_queued = false;
	/* relaxed: under the lock; a spinner only wants to know when to take it */
	atomic_fetch_sub_explicit(&pool->queued, 1, memory_order_relaxed);
}

static void unqueue_from(struct wg_pool *pool, struct wg_list *queue, const struct wg_loop *loop,
	struct wg_list *to) WG_REQUIRES(pool->lock)
{
	struct wg_list *node, *next;

	for (node = queue->next; node != queue; node = next) {
		struct wg_op *op = wg_container_of(node, struct wg_op, node);

		next = node->next;
		if (!loop || op->loop == loop) {
			wg__pool_unqueue(pool, op);
			wg_list_push(to, node);
		}
	}
}

void wg__pool_unqueue_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to)
{
	unqueue_from(pool, &pool->quick, loop, to);
	unqueue_from(pool, &pool->slow, loop, to);
}

void wg__pool_publish_all(struct wg_list *left, int64_t result)
{
	struct wg_list *node;

	while ((node = wg_list_pop(left)))
		wg__inbox_publish(wg_container_of(node, struct wg_op, node), result, NULL);
}

void wg__pool_push(struct wg_pool *pool, struct wg_op *op)
{
	unsigned queued, coming;

	wg_lock(&pool->lock);
	if (pool->is_stopping || pool->alive == 0) {
		wg_unlock(&pool->lock);
		wg__inbox_publish(op, -ESHUTDOWN, NULL);
		return;
	}
	op->queue_seq = pool->next_seq++;
	op->is_queued = true;
	wg_list_push(wg__op_is_slow(op) ? &pool->slow : &pool->quick, &op->node);
	/* relaxed: under the lock; see wg__pool_spin() */
	queued = atomic_fetch_add_explicit(&pool->queued, 1, memory_order_relaxed) + 1;
	/* A worker that spins, or that has just published, looks at the queue after we leave the
	 * lock: it needs no signal, and one more worker awake would only be in its way. relaxed: a
	 * worker is counted until it has taken the lock. */
	coming = wg__pool_spin_pushed(&pool->spin) +
		 atomic_load_explicit(&pool->returning, memory_order_relaxed);
	if (pool->idle > 0 && queued > coming && wg__pool_can_take(pool))
		wg_cond_signal(&pool->work);
	wg_unlock(&pool->lock);
}
