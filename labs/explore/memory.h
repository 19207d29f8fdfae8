/*
 * memory.h: accesses of shared memory as schedule points.
 *
 * The compiler calls us before every access (-fsanitize=thread, with our functions in the place of
 * ThreadSanitizer's). Marked and atomic accesses are always points. An ordinary one is a point only
 * if its order can matter: if some other thread accesses the same word, one of both writes, no
 * mutex is held by both, and neither create nor join orders them. Which words these are is found
 * out while searching; whenever one more is found, the search starts again.
 */
#ifndef LABS_EXPLORE_MEMORY_H
#define LABS_EXPLORE_MEMORY_H

#include <stddef.h>

void lx_memory_begin(void);

/* free() is a write to all of it. */
void lx_memory_free(void *at, size_t size, const void *caller);

/* A call uses an object that lies here, such as a mutex. */
void lx_memory_use(const void *at, size_t size, const char *call, const void *caller);

#endif
