/*
 * mutex.h: mutexes, as conditions and reports need them.
 *
 * The state of a mutex, as that of a condition or semaphore, lies where the lab has its
 * pthread_mutex_t: so it is put back, freed and forgotten together with it. All zero is what the
 * static initialisers say.
 */
#ifndef LABS_EXPLORE_CALLS_MUTEX_H
#define LABS_EXPLORE_CALLS_MUTEX_H

#include <stdbool.h>

#include "labs/explore/engine/engine.h"

/* Who holds it, or NULL. */
const struct lx_thread *lx_mutex_owner(const void *mutex);
bool lx_mutex_is_free(const void *mutex);

/* Who holds a mutex that lies in this memory, or NULL. */
const struct lx_thread *lx_mutex_owner_within(const void *memory, size_t size);

/* For the running thread. Release says `call` if it does not hold it. */
void lx_mutex_take(void *mutex);
void lx_mutex_release(void *mutex, const char *call);

/* A point at a call on an object, which must not have been freed meanwhile. */
void lx_point_at(const struct lx_op *op, size_t size);

#endif
