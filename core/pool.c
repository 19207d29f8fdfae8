/*
 * pool.c: see pool.h.
 *
 * A worker sleeps on a condition of the classical form: while (nothing to take) wait. The one who
 * pushes signals only if somebody is idle, which it knows because `idle` is guarded by the same
 * lock as the queues. (A signal sent only "when the queue was empty" looks the same and leaves
 * workers asleep beside a full queue: two pushes, one signal.)
 *
 * What the workers do is in worker.c; here are the queues, and the pool's life.
 */
#include "core/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/loop_impl.h"
#include "core/net_thread.h"
#include "core/pool_impl.h"

static unsigned slow_limit(const struct wg_pool *pool) WG_REQUIRES(pool->lock)
{
	return (pool->alive + 1) / 2;
}

static struct wg_op *head(struct wg_list *queue)
{
	return wg_list_is_empty(queue) ? NULL : wg_container_of(queue->next, struct wg_op, node);
}

struct wg_op *wg__pool_can_take(struct wg_pool *pool)
{
	struct wg_op *quick = head(&pool->quick), *slow = head(&pool->slow);

	if (!slow || pool->slow_running >= slow_limit(pool))
		return quick;
	return !quick || slow->turn < quick->turn ? slow : quick;
}

void wg__pool_unqueue(struct wg_pool *pool, struct wg_op *op)
{
	wg_list_remove(&op->node);
	op->is_queued = false;
	/* relaxed: under the lock; the lingerer only wants to know when to take it */
	atomic_fetch_sub_explicit(&pool->queued, 1, memory_order_relaxed);
}

void wg__pool_unqueue_all(struct wg_pool *pool, struct wg_list *to)
{
	struct wg_list *node;

	wg_list_move(to, &pool->quick);
	wg_list_move(to, &pool->slow);
	for (node = to->next; node != to; node = node->next)
		wg_container_of(node, struct wg_op, node)->is_queued = false;
	/* relaxed: under the lock */
	atomic_store_explicit(&pool->queued, 0, memory_order_relaxed);
}

void wg__pool_publish_all(struct wg_list *left, int64_t result)
{
	struct wg_list *node;

	while ((node = wg_list_pop(left)))
		wg__loop_publish(wg_container_of(node, struct wg_op, node), result, NULL);
}

static int init_parts(struct wg_pool *pool, unsigned workers)
{
	int rc;

	pool->workers = calloc(workers, sizeof(*pool->workers));
	if (!pool->workers)
		return -ENOMEM;
	wg_list_init(&pool->quick);
	wg_list_init(&pool->slow);
	rc = wg_mutex_init(&pool->lock);
	if (rc < 0)
		return rc;
	rc = wg_cond_init(&pool->work);
	if (rc < 0)
		wg_mutex_fini(&pool->lock);
	return rc;
}

int wg_pool_create(unsigned workers, struct wg_pool **ret_pool)
{
	struct wg_pool *pool;
	int rc;

	if (workers == 0)
		workers = WG_WORKERS_DEFAULT;
	if (workers > WG_WORKERS_MAX)
		return -EINVAL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return -ENOMEM;
	rc = init_parts(pool, workers);
	if (rc < 0) {
		free(pool->workers);
		free(pool);
		return rc;
	}
	wg_spin_init(&pool->spin);
	rc = wg__pool_start_workers(pool, workers);
	if (rc < 0) {
		wg_pool_destroy(pool);
		return rc;
	}
	*ret_pool = pool;
	return 0;
}

void wg_pool_stop(struct wg_pool *pool)
{
	struct wg_list left;
	unsigned i;

	wg_list_init(&left);
	wg_lock(&pool->lock);
	if (pool->is_stopping) {
		wg_unlock(&pool->lock);
		return;
	}
	pool->is_stopping = true;
	wg__pool_unqueue_all(pool, &left);
	wg_cond_broadcast(&pool->work);
	wg_unlock(&pool->lock);
	wg__pool_publish_all(&left, -ESHUTDOWN);
	/* From here on no worker gets a successor, so w->thread is final. */
	for (i = 0; i < pool->worker_count; i++)
		(void)pthread_join(pool->workers[i].thread, NULL);
}

void wg_pool_destroy(struct wg_pool *pool)
{
	if (!pool)
		return;
	wg_pool_stop(pool);
	wg__net_thread_stop(pool->net);
	wg_spin_fini(&pool->spin);
	wg_cond_fini(&pool->work);
	wg_mutex_fini(&pool->lock);
	free(pool->workers);
	free(pool);
}

void wg__pool_push(struct wg_pool *pool, struct wg_op *op)
{
	unsigned queued, coming;

	wg_lock(&pool->lock);
	if (pool->is_stopping || pool->alive == 0) {
		wg_unlock(&pool->lock);
		wg__loop_publish(op, -ESHUTDOWN, NULL);
		return;
	}
	op->turn = pool->next_turn++;
	op->is_queued = true;
	wg_list_push(wg__op_is_slow(op) ? &pool->slow : &pool->quick, &op->node);
	/* relaxed: under the lock; see linger() */
	queued = atomic_fetch_add_explicit(&pool->queued, 1, memory_order_relaxed) + 1;
	/* What a lingerer has to wait for is the next push, whoever takes it. */
	if (pool->dry_since_ns) {
		wg_spin_learn(&pool->spin, wg_now_ns() - pool->dry_since_ns);
		pool->dry_since_ns = 0;
	}
	/* A worker that lingers, or that is on its way back from publishing, will look at the queue
	 * after we leave the lock: it needs no signal, and one more worker awake would only be in
	 * its way. relaxed: it is counted until it has taken the lock. */
	coming = pool->has_lingerer + atomic_load_explicit(&pool->returning, memory_order_relaxed);
	if (pool->idle > 0 && queued > coming && wg__pool_can_take(pool))
		wg_cond_signal(&pool->work);
	wg_unlock(&pool->lock);
}

bool wg__pool_take_back(struct wg_pool *pool, struct wg_op *op)
{
	bool taken;

	wg_lock(&pool->lock);
	taken = op->is_queued;
	if (taken)
		wg__pool_unqueue(pool, op);
	wg_unlock(&pool->lock);
	return taken;
}

static void take_back_from(struct wg_pool *pool, struct wg_list *queue, const struct wg_loop *loop,
	struct wg_list *to) WG_REQUIRES(pool->lock)
{
	struct wg_list *node, *next;

	for (node = queue->next; node != queue; node = next) {
		struct wg_op *op = wg_container_of(node, struct wg_op, node);

		next = node->next;
		if (op->loop == loop) {
			wg__pool_unqueue(pool, op);
			wg_list_push(to, node);
		}
	}
}

void wg__pool_take_back_all(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to)
{
	wg_lock(&pool->lock);
	take_back_from(pool, &pool->quick, loop, to);
	take_back_from(pool, &pool->slow, loop, to);
	wg_unlock(&pool->lock);
}

void wg__pool_let_spin(struct wg_pool *pool)
{
	/* relaxed: see take() */
	atomic_store_explicit(&pool->may_spin, true, memory_order_relaxed);
}

int wg__pool_net_thread(struct wg_pool *pool, struct wg__net_thread **ret_net)
{
	int rc = 0;

	wg_lock(&pool->lock);
	if (!pool->net)
		rc = wg__net_thread_start(pool->first_id + pool->worker_count, &pool->net);
	*ret_net = pool->net;
	wg_unlock(&pool->lock);
	return rc;
}
