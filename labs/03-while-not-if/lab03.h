/*
 * lab03.h: what your loop.c offers, and what it may use.
 *
 * Two consumers share one queue. The queue has no lock inside: hold yours when you use it.
 */
#ifndef LAB03_H
#define LAB03_H

#include "labs/explore/lab.h"

/* Yours, in loop.c. */
void put(int op); /* the producer: an operation for any free consumer */
int take(void);	  /* a consumer: the next operation; sleeps while there is none */

/* Given. */
void queue_push(int op);
int queue_pop(void); /* the queue must not be empty */
bool queue_is_empty(void);

#endif
