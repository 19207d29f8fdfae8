/*
 * timers.h: the armed timers: a heap ordered by deadline, then by order of arming.
 *
 * It reads no clock: `now` is an argument, so that tests can choose it.
 *
 * An array heap with four children a node is half as deep as a binary heap, and the four children
 * lie in one or two cache lines: this pays with a million timers (LaMarca and Ladner, "The
 * Influence of Caches on the Performance of Heaps", 1996). Keys are in the array: to compare two
 * touches no operation.
 */
#ifndef CORE_TIMERS_H
#define CORE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct wg_op;

struct wg__timer {
	int64_t deadline_ns;
	uint64_t seq; /* order of arming */
	struct wg_op *op;
};

/* Owned by the loop's thread. */
struct wg__timers {
	struct wg__timer *heap;
	size_t count, cap;
	uint64_t next_seq;
};

void wg__timers_init(struct wg__timers *timers);
void wg__timers_fini(struct wg__timers *timers);

/* Arm op; its place is op->heap_idx. 0 or -ENOMEM. O(log n); the array doubles now and then. */
int wg__timers_push(struct wg__timers *timers, struct wg_op *op, int64_t deadline_ns);

/* Take op out again. It must be armed. O(log n). */
void wg__timers_remove(struct wg__timers *timers, struct wg_op *op);

/* The next operation due at now_ns, taken out, or NULL. O(log n). */
struct wg_op *wg__timers_pop_due(struct wg__timers *timers, int64_t now_ns);

/* The earliest deadline, or WG_FOREVER. O(1). */
int64_t wg__timers_next_ns(const struct wg__timers *timers);

#endif
