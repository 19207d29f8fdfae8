/*
 * pool.h: the workers: threads that block so that a loop need not.
 *
 * One lock, one condition, two queues: quick operations (files) and slow ones (`work`). A worker
 * takes the older of the two, performs it with no lock held, and publishes the result to the
 * operation's loop. At most half the workers do slow ones at a time. Several loops may share a
 * pool. A pool whose last worker died and could not be replaced behaves as if stopped.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

struct wg_pool;

#define WG_WORKERS_DEFAULT 4u
#define WG_WORKERS_MAX	   1024u

/*
 * Start `workers` threads (0: WG_WORKERS_DEFAULT). Any thread; blocks until they are made.
 * 0 and *ret_pool yours; -EINVAL above WG_WORKERS_MAX; -ENOMEM, -EAGAIN, with no thread left
 * behind.
 */
int wg_pool_create(unsigned workers, struct wg_pool **ret_pool);

/*
 * Shut down: what is queued gets -ESHUTDOWN, what runs is waited for, then the threads end. Later
 * submits get -ESHUTDOWN. Any thread but a worker; blocks. Loops may go on using the pool.
 */
void wg_pool_stop(struct wg_pool *pool);

/* Stop and free. The loops that use the pool are destroyed before. NULL is fine. */
void wg_pool_destroy(struct wg_pool *pool);

#endif
