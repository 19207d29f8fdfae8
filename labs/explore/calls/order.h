/*
 * order.h: what happened before what, as C11 has it, by vector clocks.
 *
 * Each thread has a clock of all threads' epochs. What it does gets its current epoch. An access
 * happened before the running thread's next one if that thread's clock has reached the epoch of the
 * access: by create and join, by a step on the same mutex, condition, semaphore, futex or
 * descriptor, by release and acquire, or by fences. races.h finds what nothing orders; weak.h finds
 * what a load may still read.
 */
#ifndef LABS_EXPLORE_CALLS_ORDER_H
#define LABS_EXPLORE_CALLS_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "labs/explore/engine/engine.h"

struct lx_clock {
	uint32_t at[LX_THREADS];
};

/* A schedule begins. */
void lx_order_begin(void);

/* False: more objects were used than are known, so threads may be ordered better than it seems. */
bool lx_order_is_known(void);

/* The epoch of what the running thread does now. */
uint32_t lx_order_epoch(void);

/* Did what `thread` did in this epoch happen before what the running thread does now? */
bool lx_order_has(int thread, uint32_t epoch);

/* The running thread makes a step on these objects: mutexes, conditions, descriptors, threads. */
void lx_order_step(const struct lx_op *op);

/* What it did up to now happens before later steps on this object. */
void lx_order_publish(const void *object);

/* `to` begins; the running thread joined `from`; it sent `to` a signal. */
void lx_order_create(const struct lx_thread *to);
void lx_order_join(const struct lx_thread *from);
void lx_order_signal(const struct lx_thread *to);

/*
 * Atomics; order is a C11 memory_order. What a load gets is the clock that the store it reads has
 * left: lx_order_release(), with the clock of the store before if a read-modify-write continues it.
 * The store's epoch ends with lx_order_next().
 */
void lx_order_acquire(const struct lx_clock *from, int order);
struct lx_clock lx_order_release(const struct lx_clock *before, int order);
void lx_order_next(void);
/* within: NULL, or called as part of a seq_cst fence. */
void lx_order_fence(int order, void (*within)(void));

/* The same for an atomic variable of which only the latest value is ever read. */
void lx_order_load(const void *at, int order);
void lx_order_store(const void *at, int order, bool is_modify);

#endif
