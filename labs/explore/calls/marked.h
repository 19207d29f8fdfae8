/*
 * marked.h: memory as a thread sees it through its store buffer.
 */
#ifndef LABS_EXPLORE_CALLS_MARKED_H
#define LABS_EXPLORE_CALLS_MARKED_H

#include "labs/explore/engine/engine.h"

/* What the running thread reads there. */
uint64_t lx_value_seen(const void *at, size_t size);

/* Write for the running thread. A store that may not linger reaches memory at once, after all
 * earlier ones. */
void lx_put(void *at, size_t size, uint64_t value, bool may_linger, const char *name);

/* A point at a marked or atomic access. */
void lx_point_memory(
	const char *call, const void *at, size_t size, bool is_write, const void *caller);

#endif
