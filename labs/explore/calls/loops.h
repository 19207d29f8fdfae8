/*
 * loops.h: operations and loops of a lab: pending work, and the waits of each loop.
 */
#ifndef LABS_EXPLORE_CALLS_LOOPS_H
#define LABS_EXPLORE_CALLS_LOOPS_H

#include "labs/explore/engine/engine.h"

void lx_loops_begin(void);

/* Operations submitted and not delivered; of these, those that are ready. */
int lx_ops_open(void);
int lx_ops_ready(void);

/* Around a call in which the running thread may block; timeout -1: for ever. Recorded only if the
 * thread is a loop. */
void lx_wait_begin(int64_t timeout_ns);
void lx_wait_end(enum lx_wake wake, bool is_ready);

/* The running thread notifies: a signal, a write to an eventfd, a post. */
void lx_notify(void);

#endif
