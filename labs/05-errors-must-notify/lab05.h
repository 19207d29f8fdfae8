/*
 * lab05.h: a pool with one worker, a disk that fails, and what you may call.
 *
 * Everything in struct pool is guarded by its lock.
 */
#ifndef LAB05_H
#define LAB05_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct op {
	uint64_t id;
	int64_t result; /* bytes read, or a negative errno */
	struct op *next;
};

struct queue {
	struct op *first, *last;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t more;	/* predicate: todo is not empty, or is_closing */
	pthread_cond_t arrived; /* predicate: ready is not empty */
	struct queue todo, ready;
	bool is_closing;
	bool is_dead; /* for you: not used yet */
};

/* ---- given; with the lock held ---- */

void pool_put_todo(struct pool *p, struct op *op);
struct op *pool_take_todo(struct pool *p); /* NULL: none */

/* Publishes the result: a loop that looks finds it. This does not notify the loop. */
void pool_put_ready(struct pool *p, struct op *op, int64_t result);
struct op *pool_take_ready(struct pool *p); /* all of them, linked by next; NULL: none */

/* ---- given; the disk. Never call it with the lock held ---- */

int disk_open(struct op *op);	  /* 0, or a negative errno: nothing is open then */
int64_t disk_read(struct op *op); /* bytes; 0: end of file; a negative errno */
void disk_close(struct op *op);

/* What a read returns when the disk is gone for good. */
#define DISK_IS_GONE (-ESHUTDOWN)

/* ---- yours, in loop.c ---- */

/* The loop submits an operation. Every operation gets exactly one result; if no thread can run it
 * any more, -ECANCELED. */
void pool_submit(struct pool *p, struct op *op);

/* The loop waits for results and takes all of them: at least one. */
struct op *pool_wait(struct pool *p);

/* The worker's thread. `arg` is the pool. */
void *pool_worker(void *arg);

#endif
