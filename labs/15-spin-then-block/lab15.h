/*
 * lab15.h: what your loop.c offers, what it may use, and what each of it costs.
 *
 * A look costs 1 us of a processor. A sleep and the wake after it cost 10 us, however long you
 * sleep. Both are round numbers of the size that real machines have.
 */
#ifndef LAB15_H
#define LAB15_H

#include "labs/explore/lab.h"

#define LOOK_US	 1
#define SLEEP_US 10

/* Yours, in loop.c. */
void publish(int op);  /* a worker: op is done; hand its result to the loop */
int next_result(void); /* the loop: the next result */

/* Given; from any thread, with or without a lock. */
bool look(void); /* busy for 1 us; is there a result now? */
int cpus(void);	 /* how many processors this program has: 1 or 2 */
void inbox_put(int op);
int inbox_take(void); /* 0: empty */
bool inbox_is_empty(void);

#endif
