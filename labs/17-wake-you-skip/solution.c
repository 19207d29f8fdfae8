/*
 * solution.c: all threads see the four accesses in one common order.
 */
#include "lab17.h"

/*
 * The forbidden outcome: gate_notify() reads sleepers == 0 and gate_sleep() reads the old count. In
 * one common order that is impossible: if the read of sleepers comes before the loop's write, the
 * write of notifies came before both, and the loop's read comes after all of them.
 */
void gate_notify(struct gate *g)
{
	int count = atomic_load_explicit(&g->notifies, memory_order_relaxed); /* one writer */

	atomic_store_explicit(&g->notifies, count + 1, memory_order_seq_cst);
	if (atomic_load_explicit(&g->sleepers, memory_order_seq_cst) == 0)
		return; /* the loop is awake and will look */
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_seq_cst);
	while (atomic_load_explicit(&g->notifies, memory_order_seq_cst) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
