/*
 * lab16.h: a ring, a mailbox and an eventfd: what your loop.c may use.
 *
 * The ring is a model of io_uring: the disk does what you submit, and puts the completion into the
 * ring. Only the loop's thread may touch it, as with IORING_SETUP_SINGLE_ISSUER.
 * The ring wakes up only for its own completions. So an eventfd can wake it only while a read of
 * that eventfd is in flight.
 */
#ifndef LAB16_H
#define LAB16_H

#include "labs/explore/lab.h"

/* Yours, in loop.c. */
void handoff(int op);	  /* any thread: hand an operation to the loop */
void run_loop(int total); /* the loop: run until `total` operations are delivered */

/* Given; the loop's thread only. */
void ring_submit(int op);
void ring_arm_eventfd(void); /* submit a read of the eventfd; it completes once, as NOTIFIED */
int ring_reap(void);	     /* the next completion: an operation or NOTIFIED; 0: there is none */
void ring_wait(int ms);	     /* sleep until there is a completion; -1: for ever */
void deliver(int op);

#define NOTIFIED (-1)

/* Given; any thread. */
void mailbox_put(int op);
int mailbox_take(void); /* 0: empty */
void notify(void);	/* add 1 to the eventfd */

#endif
