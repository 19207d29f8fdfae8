/*
 * lab17.h: a bell that is rung only if somebody sleeps: a word for the note, a word for the
 * sleepers, and a slow way to sleep and to wake.
 */
#ifndef LAB17_H
#define LAB17_H

#include <stdatomic.h>
#include <stdbool.h>

struct gate {
	atomic_int note;     /* rings so far */
	atomic_int sleepers; /* loops that sleep, or are about to and will look at note again */
};

/* ---- given: the slow way, in the kernel ---- */

/* Sleep until the next kernel_wake(). One that came before is remembered (a semaphore). */
void kernel_sleep(void);
void kernel_wake(void);

/* ---- yours, in loop.c ---- */

/* Ring. From any thread. If nobody sleeps, make no system call. */
void gate_ring(struct gate *g);

/* Sleep until note differs from seen. The loop's thread. */
void gate_sleep(struct gate *g, int seen);

#endif
