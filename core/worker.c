/*
 * worker.c: a worker of the pool: take an operation, perform it, publish its result.
 */
#include "core/worker.h"

#include <stdatomic.h>

#include "core/inbox.h"
#include "core/loop_state.h"
#include "core/pool_queue.h"
#include "core/pool_state.h"
#include "core/thread.h"
#include "core/trace.h"
#include "core/worker_death.h"

/* Ids are unique in a process, so that a trace of two pools keeps their workers apart. */
static _Atomic uint32_t next_worker_id;

/* w->running is the next operation to perform; false: there is none, the pool is stopping. */
static bool take(struct wg__worker *w, bool is_returning)
{
	struct wg_pool *pool = w->pool;
	struct wg_op *op;

	wg_lock(&pool->lock);
	if (is_returning)
		/* relaxed: under the lock; see wg__pool_push() */
		atomic_fetch_sub_explicit(&pool->returning, 1, memory_order_relaxed);
	if (!wg__pool_can_take(pool) && !pool->is_stopping)
		wg__pool_spin(pool);
	while (!(op = wg__pool_can_take(pool)) && !pool->is_stopping) {
		pool->idle++;
		(void)wg_cond_wait(&pool->work, &pool->lock, WG_FOREVER);
		pool->idle--;
	}
	if (op) {
		wg__pool_unqueue(pool, op);
		w->running = op;
		pool->slow_running += wg__op_is_slow(op);
	}
	wg_unlock(&pool->lock);
	return op != NULL;
}

static void *worker_main(void *arg)
{
	struct wg__worker *w = arg;
	bool is_returning = false;

	wg__worker_begin(w);
	while (take(w, is_returning)) {
		struct wg_op *op = w->running;
		int64_t result;

		WG_TRACE(start, op->loop->id, op->id, w->id);
		result = wg__op_is_slow(op) ? wg__worker_perform(w) : wg__op_perform(op);
		/* relaxed: push reads it under the lock that take() takes next */
		atomic_fetch_add_explicit(&w->pool->returning, 1, memory_order_relaxed);
		/* Not `op` after this line: once published it may be the caller's again. */
		wg__inbox_publish(op, result, &w->running);
		is_returning = true;
	}
	return NULL;
}

int wg__pool_start_workers(struct wg_pool *pool, unsigned count)
{
	int rc = 0;

	/* relaxed: only the number itself matters. One more, for the net thread. */
	pool->first_id =
		atomic_fetch_add_explicit(&next_worker_id, count + 1, memory_order_relaxed);
	while (pool->worker_count < count && rc == 0) {
		struct wg__worker *w = &pool->workers[pool->worker_count];

		w->pool = pool;
		w->id = pool->first_id + pool->worker_count;
		w->main = worker_main;
		/* Under the lock: the thread may look at alive. */
		wg_lock(&pool->lock);
		rc = wg__thread_start(&w->thread, worker_main, w);
		if (rc == 0) {
			pool->worker_count++;
			pool->alive++;
		}
		wg_unlock(&pool->lock);
	}
	return rc;
}
