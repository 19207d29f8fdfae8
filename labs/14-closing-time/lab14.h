/*
 * lab14.h: what your loop.c offers, and what it may use.
 */
#ifndef LAB14_H
#define LAB14_H

#include "labs/explore/lab.h"

#define LAB14_WORKERS 2
#define LAB14_OPS     4 /* more are never submitted in one round */

/* Yours, in loop.c. */
void pool_start(int workers);
bool pool_submit(int op); /* from any thread; false: the pool is closing, and op is not accepted */
void pool_stop(void);	  /* back when every worker has ended and every accepted op has its end */

/* Given: the two ends of an operation, each at most once. Neither may be called with a lock held.
 */
void run(int op);
void cancel(int op);

#endif
