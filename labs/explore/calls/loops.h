/*
 * loops.h: operations and loops of a lab: what is pending, and what the waits of a loop were.
 */
#ifndef LABS_EXPLORE_CALLS_LOOPS_H
#define LABS_EXPLORE_CALLS_LOOPS_H

#include "labs/explore/engine/engine.h"

void lx_loops_begin(void);

/* Operations handed in and not delivered; of these, results that are ready. */
int lx_ops_open(void);
int lx_ops_ready(void);

/* Around a call in which the running thread may block; timeout -1: for ever. Noted if the thread is
 * a loop. */
void lx_wait_begin(int64_t timeout_ns);
void lx_wait_end(enum lx_wake wake, bool is_ready);

/* The running thread rings for somebody: a signal, a write to an eventfd, a post. */
void lx_notify(bool was_heard);

#endif
