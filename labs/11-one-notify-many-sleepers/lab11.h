/*
 * lab11.h: the functions that your loop.c provides, and those that it may use.
 */
#ifndef LAB11_H
#define LAB11_H

#include "labs/explore/lab.h"

#define LAB11_OPS 8

/* Yours, in loop.c. */
void put(int op); /* from any thread */
int take(void);	  /* a worker: the next operation; 0: closed, and the queue is empty */
void close_down(void);

/* Given. The queue has no lock of its own: hold yours when you call these. */
void queue_push(int op);
int queue_pop(void); /* 0: the queue is empty */
bool queue_is_empty(void);

#endif
