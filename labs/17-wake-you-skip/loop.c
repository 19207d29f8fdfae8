/*
 * loop.c: yours. Write your word, then read the other's: who comes second sees who came first.
 */
#include "lab17.h"

/* TODO(lab17): "then". Who says that a processor does it in this order? */
void gate_ring(struct gate *g)
{
	int rings = atomic_load_explicit(&g->note, memory_order_relaxed); /* one thread rings */

	atomic_store_explicit(&g->note, rings + 1, memory_order_release);
	if (atomic_load_explicit(&g->sleepers, memory_order_acquire) == 0)
		return; /* the loop is awake, and will look at note */
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_release);
	while (atomic_load_explicit(&g->note, memory_order_acquire) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
