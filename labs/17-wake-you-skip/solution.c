/*
 * solution.c: all four accesses in one order that everybody agrees on.
 */
#include "lab17.h"

/*
 * The forbidden outcome: the ring reads sleepers == 0 and the loop reads the old note. One order
 * for all four: if the ring's read comes before the loop's write, its own write came before both,
 * and the loop's read comes after all of them.
 */
void gate_ring(struct gate *g)
{
	int rings = atomic_load_explicit(&g->note, memory_order_relaxed); /* one thread rings */

	atomic_store_explicit(&g->note, rings + 1, memory_order_seq_cst);
	if (atomic_load_explicit(&g->sleepers, memory_order_seq_cst) == 0)
		return; /* the loop is awake, and will look at note */
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_seq_cst);
	while (atomic_load_explicit(&g->note, memory_order_seq_cst) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
