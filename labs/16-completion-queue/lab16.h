/*
 * lab16.h: a ring, a mailbox, a bell: what your loop.c may use.
 *
 * The ring is a model of io_uring: what you submit is done by the disk, and its completion is put
 * into the ring. Only the loop's thread may touch it, as with IORING_SETUP_SINGLE_ISSUER.
 * The bell is an eventfd. The ring sleeps on its own completions, and on nothing else: to be woken
 * by the bell it must have a read of it in flight.
 */
#ifndef LAB16_H
#define LAB16_H

#include "labs/explore/lab.h"

/* Yours, in loop.c. */
void handoff(int op);	  /* any thread: an operation for the ring */
void run_loop(int total); /* the loop: until so many operations are delivered */

/* Given; the loop's thread only. */
void ring_submit(int op);
void ring_arm_bell(void); /* submit a read of the bell; it completes once, as BELL */
int ring_reap(void);	  /* the next completion: an operation or BELL; 0: there is none */
void ring_wait(int ms);	  /* sleep until there is a completion; -1: for ever */
void deliver(int op);

#define BELL (-1)

/* Given; any thread. */
void mailbox_put(int op);
int mailbox_take(void); /* 0: empty */
void bell_ring(void);

#endif
