/*
 * signals.h: signals for the threads of a lab.
 */
#ifndef LABS_EXPLORE_CALLS_SIGNALS_H
#define LABS_EXPLORE_CALLS_SIGNALS_H

struct lx_thread;

void lx_signals_reset(void);

/* A signal interrupts t in a blocking call, which ends with EINTR. */
void lx_signal_interrupts(struct lx_thread *t);

/* t runs again: run its handlers first. */
void lx_signals_deliver(struct lx_thread *t);

#endif
