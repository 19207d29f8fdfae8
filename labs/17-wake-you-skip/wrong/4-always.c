/*
 * 4-always.c: the kernel is called for each ring.
 */
#include "lab17.h"

void gate_ring(struct gate *g)
{
	int rings = atomic_load_explicit(&g->note, memory_order_relaxed); /* one thread rings */

	atomic_store_explicit(&g->note, rings + 1, memory_order_release);
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_release);
	while (atomic_load_explicit(&g->note, memory_order_acquire) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
