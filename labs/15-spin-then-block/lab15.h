/*
 * lab15.h: the functions that your loop.c provides, those that it may use, and their prices.
 *
 * A look costs 1 us of a processor. A sleep and the wake-up after it cost 10 us, however long you
 * sleep. Both are round numbers of a realistic size.
 */
#ifndef LAB15_H
#define LAB15_H

#include "labs/explore/lab.h"

#define LOOK_US	 1
#define SLEEP_US 10

/* Yours, in loop.c. */
void publish(int op);  /* a worker: op is done; hand its result to the loop */
int next_result(void); /* the loop: the next result */

/* Given; call them from any thread, with or without a lock. */
bool look(void); /* runs for 1 us; true: there is a result */
int cpus(void);	 /* the number of processors of this program: 1 or 2 */
void inbox_put(int op);
int inbox_take(void); /* 0: empty */
bool inbox_is_empty(void);

#endif
