/*
 * worker.h: the threads of a pool.
 */
#ifndef CORE_WORKER_H
#define CORE_WORKER_H

struct wg_pool;

/* Start `count` workers in pool->workers: 0, or -EAGAIN with some of them running. */
int wg__pool_start_workers(struct wg_pool *pool, unsigned count);

#endif
