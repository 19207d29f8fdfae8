/*
 * lab09.h: an inbox with an eventfd: many results, few notifies.
 */
#ifndef LAB09_H
#define LAB09_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct op {
	uint64_t id;
	struct op *next;
};

struct inbox {
	pthread_mutex_t lock; /* guards: first, last */
	struct op *first, *last;
	atomic_int pending; /* for you: not used yet. 1: a worker has notified, or will at once */
	int fd;		    /* an eventfd that does not block */
};

/* ---- given ---- */

/* Publishes the result: a loop that looks finds it. Takes the lock. */
void inbox_add(struct inbox *in, struct op *op);

/* All results, in the order in which they came; NULL: none. Takes the lock. */
struct op *inbox_take(struct inbox *in);

/* One write(2) to the eventfd; one poll(2) without a timeout, until it is readable; one read(2),
 * which sets its count to 0. */
void eventfd_notify(struct inbox *in);
void eventfd_wait(struct inbox *in);
void eventfd_drain(struct inbox *in);

/* ---- yours, in loop.c ---- */

/* Publish a result and make sure that the loop wakes up. Any thread. */
void inbox_put(struct inbox *in, struct op *op);

/* Wait for results and take all of them. NULL is allowed: an earlier look may have found them. */
struct op *inbox_wait(struct inbox *in);

#endif
