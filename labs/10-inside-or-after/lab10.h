/*
 * lab10.h: two objects through which a worker notifies a waiter: a call and an inbox.
 *
 * A call is used once. The waiter owns it: it creates the call, hands it to a worker, waits for it
 * and frees it. The inbox exists before the first worker starts and after the last one ends.
 */
#ifndef LAB10_H
#define LAB10_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Yours: only loop.c knows what is in a call. */
struct call;

struct call *call_create(void);

/* A worker: the call has its result. The worker does not use the call after this. */
void call_complete(struct call *call, int64_t result);

/* Wait until the call is completed; free it and return its result. */
int64_t call_wait(struct call *call);

struct op {
	uint64_t id;
	struct op *next;
};

struct inbox {
	pthread_mutex_t lock; /* guards: ready */
	pthread_cond_t cond;  /* predicate: ready is not empty */
	struct op *ready;
};

/* Yours as well. */
void inbox_put(struct inbox *inbox, struct op *op);
struct op *inbox_take(struct inbox *inbox); /* wait, then take all */

/* Given: inbox_put() calls it as soon as a loop that looks would find the operation. */
void op_is_ready(struct op *op);

#endif
