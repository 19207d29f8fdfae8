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
	bool is_dead; /* for you: nobody uses it yet */
};

/* ---- given; with the lock held ---- */

void pool_put_todo(struct pool *p, struct op *op);
struct op *pool_take_todo(struct pool *p); /* NULL: none */

/* The result is published: a loop that looks finds it. Nobody is told. */
void pool_put_ready(struct pool *p, struct op *op, int64_t result);
struct op *pool_take_ready(struct pool *p); /* all of them, linked by next; NULL: none */

/* ---- given; the disk. Never call it with the lock held ---- */

int disk_open(struct op *op);	  /* 0, or a negative errno: nothing is open then */
int64_t disk_read(struct op *op); /* bytes; 0: end of file; a negative errno */
void disk_close(struct op *op);

/* What a read says when the disk is gone for good, and with it its worker. */
#define DISK_IS_GONE (-ESHUTDOWN)

/* ---- yours, in loop.c ---- */

/* The loop hands an operation in. Every operation gets exactly one result; those that nobody can
 * run any more get -ECANCELED. */
void pool_submit(struct pool *p, struct op *op);

/* The loop waits for results, and takes all there are: at least one. */
struct op *pool_wait(struct pool *p);

/* The worker's life. `arg` is the pool. */
void *pool_worker(void *arg);

#endif
