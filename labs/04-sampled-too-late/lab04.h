/*
 * lab04.h: what your loop.c offers, and what it may use.
 *
 * Results come from two sources, files and sockets. Each has a queue with its own lock, which your
 * code cannot take. So no single lock covers "all queues are empty".
 */
#ifndef LAB04_H
#define LAB04_H

#include "labs/explore/lab.h"

/* Yours, in loop.c. */
void notify(void);     /* a source: a result was put; the sockets call it with their lock held */
int next_result(void); /* a loop: the next result; sleeps while there is none */

/* Given. */
int take_any(void); /* looks into all queues; 0: they were empty. Takes their locks */

#endif
