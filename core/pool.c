/*
 * pool.c: see pool.h.
 *
 * A worker sleeps on a condition of the classical form: while (queue empty and not stopping) wait.
 * The one who pushes signals only if somebody is idle, which it knows because `idle` is guarded by
 * the same lock as the queue. (A signal sent only "when the queue was empty" looks the same and
 * leaves workers asleep beside a full queue: two pushes, one signal.)
 */
#include "core/pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/loop_impl.h"
#include "core/sync.h"
#include "core/trace.h"

struct worker {
	struct wg_pool *pool; /* immutable */
	uint32_t id;	      /* immutable; unique in the process */
	pthread_t thread;     /* the creator's */
};

struct wg_pool {
	/* immutable after create */
	unsigned worker_count;
	struct worker *workers;

	struct wg_mutex lock; /* guards: queue, idle, stopping. order: before no other lock */
	struct wg_list queue; /* of wg_op.node, first in first out */
	unsigned idle;	      /* workers waiting on `work` */
	bool stopping;
	struct wg_cond work; /* predicate: queue not empty or stopping; push, destroy, under lock */
};

/* Worker ids are unique in a process, so that a trace of two pools keeps their lanes apart. */
static _Atomic uint32_t next_worker_id;

/* The next operation to perform, or NULL: the pool is stopping and the queue is empty. */
static struct wg_op *take(struct wg_pool *pool)
{
	struct wg_list *node;

	wg_lock(&pool->lock);
	while (wg_list_is_empty(&pool->queue) && !pool->stopping) {
		pool->idle++;
		(void)wg_cond_wait(&pool->work, &pool->lock, WG_FOREVER);
		pool->idle--;
	}
	node = wg_list_pop(&pool->queue);
	wg_unlock(&pool->lock);
	return node ? wg_container_of(node, struct wg_op, node) : NULL;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct wg_op *op;

	while ((op = take(w->pool))) {
		WG_TRACE(start, wg__loop_id(op->loop), op->id, w->id);
		/* Not `op` after this line: once published it may be the caller's again. */
		wg__loop_publish(op->loop, op, wg__op_perform(op));
	}
	return NULL;
}

/* Threads start with all signals blocked: a signal belongs to the program, not to a worker. */
static int start_workers(struct wg_pool *pool, unsigned count)
{
	uint32_t first_id;
	sigset_t all, before;
	int rc = 0;

	/* relaxed: only the number itself matters */
	first_id = atomic_fetch_add_explicit(&next_worker_id, count, memory_order_relaxed);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool->worker_count < count && rc == 0) {
		struct worker *w = &pool->workers[pool->worker_count];

		w->pool = pool;
		w->id = first_id + pool->worker_count;
		rc = pthread_create(&w->thread, NULL, worker_main, w);
		if (rc == 0)
			pool->worker_count++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

int wg_pool_create(unsigned workers, struct wg_pool **ret_pool)
{
	struct wg_pool *pool;
	int rc = -ENOMEM;

	if (workers == 0)
		workers = WG_WORKERS_DEFAULT;
	if (workers > WG_WORKERS_MAX)
		return -EINVAL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return -ENOMEM;
	pool->workers = calloc(workers, sizeof(*pool->workers));
	if (!pool->workers)
		goto fail_workers;
	wg_list_init(&pool->queue);
	rc = wg_mutex_init(&pool->lock);
	if (rc < 0)
		goto fail_lock;
	rc = wg_cond_init(&pool->work);
	if (rc < 0)
		goto fail_cond;
	rc = start_workers(pool, workers);
	if (rc < 0) {
		wg_pool_destroy(pool);
		return rc;
	}
	*ret_pool = pool;
	return 0;
fail_cond:
	wg_mutex_fini(&pool->lock);
fail_lock:
	free(pool->workers);
fail_workers:
	free(pool);
	return rc;
}

void wg_pool_destroy(struct wg_pool *pool)
{
	unsigned i;

	if (!pool)
		return;
	wg_lock(&pool->lock);
	pool->stopping = true;
	wg_cond_broadcast(&pool->work);
	wg_unlock(&pool->lock);
	for (i = 0; i < pool->worker_count; i++)
		(void)pthread_join(pool->workers[i].thread, NULL);
	wg_cond_fini(&pool->work);
	wg_mutex_fini(&pool->lock);
	free(pool->workers);
	free(pool);
}

void wg__pool_push(struct wg_pool *pool, struct wg_op *op)
{
	wg_lock(&pool->lock);
	assert(!pool->stopping);
	wg_list_push(&pool->queue, &op->node);
	if (pool->idle > 0)
		wg_cond_signal(&pool->work);
	wg_unlock(&pool->lock);
}

void wg__pool_take_back(struct wg_pool *pool, const struct wg_loop *loop, struct wg_list *to)
{
	struct wg_list *node, *next;

	wg_lock(&pool->lock);
	for (node = pool->queue.next; node != &pool->queue; node = next) {
		next = node->next;
		if (wg_container_of(node, struct wg_op, node)->loop == loop) {
			wg_list_remove(node);
			wg_list_push(to, node);
		}
	}
	wg_unlock(&pool->lock);
}
