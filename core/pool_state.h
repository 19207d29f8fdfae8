/*
 * pool_state.h: the inside of a pool, for the files that make it up.
 */
#ifndef CORE_POOL_STATE_H
#define CORE_POOL_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"
#include "core/pool.h"
#include "core/pool_spin.h"
#include "core/sync.h"

struct wg__net_thread;

struct wg__worker {
	/* immutable */
	struct wg_pool *pool;
	uint32_t id;	       /* unique in the process */
	void *(*main)(void *); /* what its thread runs, and its successor's */

	/* guarded by the pool's lock */
	pthread_t thread;
	pthread_t predecessor; /* died; the successor joins it */
	bool has_predecessor;

	/* What it performs, or NULL. Set under the pool's lock, cleared under the inbox lock of the
	 * operation's loop: fork holds both, and finds every operation in exactly one place. */
	struct wg_op *running;
};

struct wg_pool {
	/* immutable after create, but for what fork replaces */
	unsigned worker_count;
	struct wg__worker *workers;
	uint32_t first_id;

	/* guards: this group. order: before the net thread's and an inbox's (see fork.c) */
	struct wg_mutex lock;
	struct wg_list quick, slow; /* of wg_op.node, first in first out */
	unsigned slow_running;
	unsigned alive; /* worker_count less those that died without a successor */
	unsigned idle;	/* workers waiting on `work` */
	bool is_stopping;
	uint64_t next_seq;
	struct wg__net_thread *net; /* NULL until a socket needs it */

	/* predicate: wg__pool_can_take() or is_stopping; made true by push and stop, under lock */
	struct wg_cond work;

	/* atomic; `queued` changes under the lock, a spinner reads it without */
	_Atomic unsigned queued;    /* length of both queues */
	_Atomic unsigned returning; /* workers that publish now and look for work next */

	struct wg__pool_spin spin;
};

#endif
