/*
 * worker_death.c: see worker_death.h.
 */
#include "core/worker_death.h"

#include <errno.h>
#include <pthread.h>

#include "core/inbox.h"
#include "core/pool_queue.h"
#include "core/pool_state.h"
#include "core/thread.h"

/* w's slow operation is over, and its turn is free. */
static void end_slow(struct wg__worker *w)
{
	wg_lock(&w->pool->lock);
	w->pool->slow_running--;
	wg_unlock(&w->pool->lock);
}

/* A worker died and has no successor; stop joins it. What nobody can do any more goes to `left`. */
static void lose_worker(struct wg_pool *pool, struct wg_list *left) WG_REQUIRES(pool->lock)
{
	pool->alive--;
	if (pool->alive == 0)
		wg__pool_unqueue_all(pool, NULL, left);
	else if (pool->idle > 0 && wg__pool_can_take(pool))
		wg_cond_signal(&pool->work); /* a slow one that waited for the dead one's turn */
}

/* The thread ends inside a user's `work`: publish the result and make a successor. */
static void on_death(void *arg)
{
	struct wg__worker *w = arg;
	struct wg_pool *pool = w->pool;
	struct wg_list left;
	pthread_t next;

	wg_list_init(&left);
	end_slow(w);
	wg__inbox_publish(w->running, -EOWNERDEAD, &w->running);
	wg_lock(&pool->lock);
	if (!pool->is_stopping) {
		w->predecessor = pthread_self();
		w->has_predecessor = wg__thread_start(&next, w->main, w) == 0;
		if (w->has_predecessor)
			w->thread = next;
		else
			lose_worker(pool, &left);
	}
	wg_unlock(&pool->lock);
	wg__pool_publish_all(&left, -ESHUTDOWN);
}

/*
 * A worker can be cancelled inside `work` and nowhere else. Its other waits are cancellation points
 * too: it would die in take(), or while it notifies, with a lock held.
 */
static int64_t perform(struct wg_op *op)
{
	int64_t result;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	result = wg__op_perform(op);
	/* A cancellation that is still pending is meant for this operation, not for the next. */
	pthread_testcancel();
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	(void)pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
	return result;
}

int64_t wg__worker_perform(struct wg__worker *w)
{
	int64_t result;

	pthread_cleanup_push(on_death, w);
	result = perform(w->running);
	pthread_cleanup_pop(0);
	end_slow(w);
	return result;
}

void wg__worker_begin(struct wg__worker *w)
{
	pthread_t dead;
	bool has;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	wg_lock(&w->pool->lock);
	dead = w->predecessor;
	has = w->has_predecessor;
	w->has_predecessor = false;
	wg_unlock(&w->pool->lock);
	if (has)
		(void)pthread_join(dead, NULL);
}
