/*
 * weak.h: the memory model of C11: an atomic load may read an older value, unless something that
 * happened before the load forbids it.
 *
 * Modelled (scenario.weak_memory): each atomic variable keeps its stores in their order. A load may
 * read any of them that is not older than
 *   - what its thread has read or written there (coherence),
 *   - a store that happened before it (order.h),
 *   - for a seq_cst load, the latest seq_cst store there.
 * So stores are seen late (store buffers), in another order (relaxed stores), and loads are early
 * (relaxed loads). Not modelled: a load that reads a store made after it (load buffering, values
 * out of thin air), a compare-exchange that fails on an old value, consume.
 */
#ifndef LABS_EXPLORE_CALLS_WEAK_H
#define LABS_EXPLORE_CALLS_WEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labs/explore/engine/engine.h"

/* A schedule begins. */
void lx_weak_begin(void);

/* Does this scenario use it? */
static inline bool lx_is_weak(void)
{
	return lx.scenario->weak_memory;
}

/* An atomic access of the running thread; order is a C11 memory_order. */
uint64_t lx_weak_load(const void *at, size_t size, int order);
void lx_weak_store(void *at, size_t size, uint64_t value, int order);
/* Read the latest value for a read-modify-write; returns it. */
uint64_t lx_weak_latest(const void *at, size_t size, int order);
void lx_weak_modify(void *at, size_t size, uint64_t value, int order);
void lx_weak_fence(int order);

/* This memory is freed: forget its variables. */
void lx_weak_forget(const void *at, size_t size);

#endif
