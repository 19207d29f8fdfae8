/*
 * worker_death.h: a worker whose thread ends inside a user's `work` function.
 *
 * pthread_exit() or a cancellation may end it. Its operation still gets a result, and a successor
 * takes the worker's place: a pool that loses threads would stop one day, with every loop waiting.
 * If no successor can be made and no worker is left, the pool behaves as if stopped.
 */
#ifndef CORE_WORKER_DEATH_H
#define CORE_WORKER_DEATH_H

#include <stdint.h>

struct wg__worker;

/* Everything here runs on the worker's thread. First of all: nobody can cancel it from here on. */
void wg__worker_begin(struct wg__worker *w);

/* Perform w's slow operation. Does not return if the thread ends inside it. */
int64_t wg__worker_perform(struct wg__worker *w);

#endif
