/*
 * lab12.h: a pool of workers, one queue, and two kinds of customers.
 *
 * What the pool promises:
 *   1. A fast operation never waits for a slow one to end.
 *   2. Slow operations run: with W workers, (W + 1) / 2 of them at a time, and never more.
 *   3. While fewer slow ones run, first come, first served. No operation waits for ever.
 */
#ifndef LAB12_H
#define LAB12_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct op {
	uint64_t id;
	bool is_slow; /* may take as long as it likes */
	struct op *next;
};

struct queue {
	struct op *first, *last;
};

struct pool {
	pthread_mutex_t lock; /* guards: all that follows */
	pthread_cond_t more;  /* predicate: there is something to run, or is_closing */
	struct queue todo;
	int workers;	  /* threads that run pool_worker(); never changes */
	bool is_closing;  /* no more operations come; the queued ones still run */
	int slow_running; /* for you: not used yet */
};

/* ---- given ---- */

void queue_put(struct queue *q, struct op *op);

/* Remove and return the first operation or, without slow_too, the first fast one. NULL: none. */
struct op *queue_take(struct queue *q, bool slow_too);

/* Run it, to the end. Hold no lock: a slow operation blocks. */
void op_run(struct op *op);

/* ---- yours, in loop.c ---- */

void pool_submit(struct pool *p, struct op *op);

/* The thread of a worker. `arg` is the pool. */
void *pool_worker(void *arg);

#endif
