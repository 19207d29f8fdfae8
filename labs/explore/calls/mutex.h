/*
 * mutex.h: what conditions, the heap and the report need of mutexes.
 *
 * The state of a mutex, condition or semaphore lies in the lab's own object (its pthread_mutex_t):
 * so it is restored and freed together with it. All zero is a static initialiser.
 */
#ifndef LABS_EXPLORE_CALLS_MUTEX_H
#define LABS_EXPLORE_CALLS_MUTEX_H

#include <stdbool.h>

#include "labs/explore/engine/engine.h"

/* The thread that holds it, or NULL. */
const struct lx_thread *lx_mutex_owner(const void *mutex);
bool lx_mutex_is_free(const void *mutex);

/* The thread that holds a mutex in this memory, or NULL. */
const struct lx_thread *lx_mutex_owner_within(const void *memory, size_t size);

/* For the running thread. Release breaks check `misuse`, naming `call`, if it does not hold it. */
void lx_mutex_take(void *mutex);
void lx_mutex_release(void *mutex, const char *call);

/* A point at a call on an object, which must not be freed before the call is made. */
void lx_point_at(const struct lx_op *op, size_t size);
void lx_point_on(const char *call, const void *object, size_t size, const void *caller);

/* `made` marks an initialised object of this kind; any other mark breaks check `misuse`. */
#define LX_DESTROYED 0x64656164u
void lx_check_made(uint32_t magic, uint32_t made, const char *call, const char *kind);

#endif
