/*
 * loop.c: yours. Write your word, then read the other's: one of the two sees the other's write.
 */
#include "lab17.h"

/* TODO(lab17): "then". Does a processor keep this order? */
void gate_notify(struct gate *g)
{
	int count = atomic_load_explicit(&g->notifies, memory_order_relaxed); /* one writer */

	atomic_store_explicit(&g->notifies, count + 1, memory_order_release);
	if (atomic_load_explicit(&g->sleepers, memory_order_acquire) == 0)
		return; /* the loop is awake and will look */
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_release);
	while (atomic_load_explicit(&g->notifies, memory_order_acquire) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
