/*
 * memory.h: accesses of shared memory as schedule points.
 *
 * The compiler calls us before every access (-fsanitize=thread, with our functions in the place of
 * ThreadSanitizer's; accesses.c). Marked and atomic accesses are always points. An ordinary one is
 * a point only if its order can matter: if some other thread accesses the same word, one of both
 * writes, no mutex is held by both, and neither create nor join orders them. Which words these are
 * is found out while searching; whenever there is one more, the search starts again.
 */
#ifndef LABS_EXPLORE_CALLS_MEMORY_H
#define LABS_EXPLORE_CALLS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A schedule begins; what is known about words stays. */
void lx_memory_begin(void);

/* An ordinary access of the running thread. */
void lx_memory_access(const void *at, size_t size, bool is_write, const void *caller);

/* free() is a write to all of it. */
void lx_memory_free(const void *at, size_t size, const void *caller);

/* A point that was made already uses what lies here: a mutex, an atomic variable. */
void lx_memory_use(const void *at, size_t size, bool is_write, const char *what);

#endif
