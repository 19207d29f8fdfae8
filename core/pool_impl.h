/*
 * pool_impl.h: the inside of a pool, for pool.c (queues), worker.c (threads) and fork.c, which
 * makes a pool anew in a child.
 */
#ifndef CORE_POOL_IMPL_H
#define CORE_POOL_IMPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"
#include "core/pool.h"
#include "core/wait/spin_budget.h"
#include "core/sync.h"

struct worker {
	struct wg_pool *pool; /* immutable */
	uint32_t id;	      /* immutable; unique in the process */

	/* guarded by the pool's lock */
	pthread_t thread;
	pthread_t predecessor; /* died and is to be joined by its successor */
	bool has_predecessor;

	/* What it performs, or NULL. The worker's own thread; set under the pool's lock, cleared
	 * under the inbox lock of the operation's loop. So fork, which holds both, sees every
	 * operation in exactly one place: queue, here, or inbox. */
	struct wg_op *running;
};

struct wg_pool {
	/* immutable after create, but for what fork replaces */
	unsigned worker_count;
	struct worker *workers;
	uint32_t first_id;

	struct wg_mutex lock;	    /* guards: all in this group. order: before no other lock */
	struct wg_list quick, slow; /* of wg_op.node, first in first out */
	unsigned slow_running;
	unsigned alive;	   /* worker_count less those that died without a successor */
	unsigned idle;	   /* workers waiting on `work` */
	bool has_lingerer; /* a worker looks at `queued` */
	bool is_stopping;
	uint64_t next_turn;
	int64_t dry_since_ns; /* with may_spin: a worker first found nothing; 0: there was work */
	struct wg__net_thread *net; /* NULL until a socket needs it */

	/* predicate: wg__pool_can_take() or is_stopping; made true by push and stop, under lock */
	struct wg_cond work;

	/* atomic; changed under the lock but for returning++, read without it by the lingerer */
	_Atomic unsigned queued;    /* length of both queues */
	_Atomic unsigned returning; /* workers that publish now and look for work next */
	_Atomic bool may_spin;

	struct wg_spin spin; /* the lingerer's */
};

/* Begin with `count` workers, whose memory is there: 0 or -EAGAIN with some of them running. */
int wg__pool_start_workers(struct wg_pool *pool, unsigned count);

/* The operation that a worker may begin now, left where it is, or NULL. */
struct wg_op *wg__pool_can_take(struct wg_pool *pool) WG_REQUIRES(pool->lock);

/* A worker has it from here on. */
void wg__pool_unqueue(struct wg_pool *pool, struct wg_op *op) WG_REQUIRES(pool->lock);

/* Nobody will do these: publish all with result. Holds no lock. */
void wg__pool_publish_all(struct wg_list *left, int64_t result);

/* Move all that is queued to `to`, which is empty. */
void wg__pool_unqueue_all(struct wg_pool *pool, struct wg_list *to) WG_REQUIRES(pool->lock);

#endif
