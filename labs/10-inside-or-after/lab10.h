/*
 * lab10.h: two things that a worker rings at: a call, which is used once, and an inbox, which
 * stays.
 *
 * A call belongs to whoever waits for it: created, handed to a worker, waited for, gone.
 * The inbox is there before the first worker and after the last.
 */
#ifndef LAB10_H
#define LAB10_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Yours: what is in a call is known in loop.c only. */
struct call;

struct call *call_create(void);

/* The worker's last word about the call. */
void call_complete(struct call *call, int64_t result);

/* Wait until it is completed, and free it. */
int64_t call_wait(struct call *call);

struct op {
	uint64_t id;
	struct op *next;
};

struct inbox {
	pthread_mutex_t lock; /* guards: ready */
	pthread_cond_t rung;  /* predicate: ready is not empty */
	struct op *ready;
};

/* Yours as well. */
void inbox_put(struct inbox *inbox, struct op *op);
struct op *inbox_take(struct inbox *inbox); /* waits; all there are */

/* Given: to be called by whoever puts in, at the moment when a loop that looks finds it. */
void op_is_ready(struct op *op);

#endif
