/*
 * lab14.h: the functions that your loop.c provides, and those that it may use.
 */
#ifndef LAB14_H
#define LAB14_H

#include "labs/explore/lab.h"

#define LAB14_WORKERS 2
#define LAB14_OPS     4 /* at most so many are submitted in one round */

/* Yours, in loop.c. */
void pool_start(int workers);
bool pool_submit(int op); /* from any thread; false: the pool is closing, and op is not accepted */
void pool_stop(void);	  /* returns when all workers have left and all accepted ops have ended */

/* Given: an operation ends by one of these, once. Hold no lock when you call them. */
void run(int op);
void cancel(int op);

#endif
