/*
 * memory.h: accesses of shared memory as schedule points.
 *
 * With -fsanitize=thread the compiler calls a function before every access; we bring these
 * functions in the place of ThreadSanitizer's (accesses.c). Marked and atomic accesses are always
 * points. An ordinary one is a point only if its order can matter: another thread accesses the same
 * word, one of the two writes, they hold no common mutex, and neither create nor join orders them.
 * The search finds these words while it runs; whenever it finds a new one, it starts again.
 */
#ifndef LABS_EXPLORE_CALLS_MEMORY_H
#define LABS_EXPLORE_CALLS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A schedule begins; what is known about words is kept. */
void lx_memory_begin(void);

/* An ordinary access of the running thread. */
void lx_memory_access(const void *at, size_t size, bool is_write, const void *caller);

/* An atomic or marked one, at its point. */
void lx_memory_atomic(const void *at, size_t size, bool is_write, const void *caller);

/* free() is a write to all of it. */
void lx_memory_free(const void *at, size_t size, const void *caller);

/* The current step uses the object that lies here: a mutex, a condition. */
void lx_memory_use(const void *at, size_t size, bool is_write, const char *what);

#endif
