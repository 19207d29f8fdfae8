/*
 * lab17.h: a notify that calls the kernel only if the loop sleeps: a count of notifies, a word that
 * says who sleeps, and a slow way to sleep and to wake.
 */
#ifndef LAB17_H
#define LAB17_H

#include <stdatomic.h>
#include <stdbool.h>

struct gate {
	atomic_int notifies; /* so far */
	atomic_int sleepers; /* loops that sleep, or will look at notifies again and then sleep */
};

/* ---- given: the slow way, in the kernel ---- */

/* Sleep until the next kernel_wake(). An earlier one is remembered (a semaphore). */
void kernel_sleep(void);
void kernel_wake(void);

/* ---- yours, in loop.c ---- */

/* Notify the loop, from any thread. If no loop sleeps, make no system call. */
void gate_notify(struct gate *g);

/* Sleep until notifies differs from seen. The loop's thread. */
void gate_sleep(struct gate *g, int seen);

#endif
