/*
 * threads.h: what is kept of threads beside the engine's own.
 */
#ifndef LABS_EXPLORE_CALLS_THREADS_H
#define LABS_EXPLORE_CALLS_THREADS_H

/* A schedule begins: nothing is pushed. */
void lx_threads_begin(void);

#endif
