/*
 * pool.c: the life of a pool. See pool.h.
 */
#include "core/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/net_thread.h"
#include "core/pool_queue.h"
#include "core/pool_state.h"
#include "core/worker.h"

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
	wg_list_init(&pool->quick);
	wg_list_init(&pool->slow);
	wg_mutex_init(&pool->lock);
	wg_cond_init(&pool->work);
	pool->workers = calloc(workers, sizeof(*pool->workers));
	rc = pool->workers ? wg__pool_start_workers(pool, workers) : -ENOMEM;
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
	wg__pool_unqueue_all(pool, NULL, &left);
	wg_cond_broadcast(&pool->work);
	wg_unlock(&pool->lock);
	wg__pool_publish_all(&left, -ESHUTDOWN);
	/* From here on no worker gets a successor, so its `thread` is final. */
	for (i = 0; i < pool->worker_count; i++)
		(void)pthread_join(pool->workers[i].thread, NULL);
}

void wg_pool_destroy(struct wg_pool *pool)
{
	if (!pool)
		return;
	wg_pool_stop(pool);
	wg__net_thread_stop(pool->net);
	wg__pool_spin_fini(&pool->spin);
	wg_cond_fini(&pool->work);
	wg_mutex_fini(&pool->lock);
	free(pool->workers);
	free(pool);
}
