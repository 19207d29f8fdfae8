/*
 * lab09.h: an inbox with an eventfd for a bell: many results, few rings.
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
	atomic_int pending; /* for you: nobody uses it yet. 1: somebody has rung, or is about to */
	int fd;		    /* an eventfd that does not block */
};

/* ---- given ---- */

/* The result is published: a loop that looks finds it. Takes the lock. */
void inbox_add(struct inbox *in, struct op *op);

/* All there are, in the order in which they came; NULL: none. Takes the lock. */
struct op *inbox_take(struct inbox *in);

/* One write(2) to the bell; one poll(2) without a timeout, until it is readable; one read(2) that
 * makes it silent again. */
void eventfd_notify(struct inbox *in);
void eventfd_wait(struct inbox *in);
void eventfd_drain(struct inbox *in);

/* ---- yours, in loop.c ---- */

/* Publish a result and see to it that the loop wakes up. Any thread. */
void inbox_put(struct inbox *in, struct op *op);

/* Wait for results; all there are. NULL is allowed, if the ring's result was found before. */
struct op *inbox_wait(struct inbox *in);

#endif
