/*
 * lab08.h: the queue of results. Given; do not edit.
 */
#ifndef LAB08_H
#define LAB08_H

#include "labs/explore/lab.h"

/* A queue of operations that have a result; any thread may call these functions. */
void queue_push(int op);
int queue_pop(void); /* 0: it is empty. The loop looks here. */

/* ---- loop.c: the learner's ---- */

void loop_open(void);  /* before any worker starts */
void publish(int op);  /* in a worker: op has its result */
int next_result(void); /* in the loop: the next operation that has its result */
void loop_close(void);

#endif
