/*
 * lab02.h: what your loop.c offers, and what it may use.
 *
 * You may call the queue from any thread: it has its own lock inside. So there is no data race in
 * this lab, and a tool that finds data races will not help you.
 */
#ifndef LAB02_H
#define LAB02_H

#include "labs/explore/lab.h"

/* Yours, in loop.c. */
void publish(int op);  /* a worker: op is done; give its result to the loop */
int next_result(void); /* the loop: the next result; sleeps while there is none */

/* Given. */
void queue_push(int op);
int queue_pop(void); /* 0: the queue is empty */
bool queue_is_empty(void);

#endif
