/*
 * 5-pause.c: each side gives the other a microsecond.
 */
#include "lab17.h"

#include <time.h>

static void pause_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
}

void gate_notify(struct gate *g)
{
	int count = atomic_load_explicit(&g->notifies, memory_order_relaxed); /* one writer */

	atomic_store_explicit(&g->notifies, count + 1, memory_order_release);
	pause_a_little();
	if (atomic_load_explicit(&g->sleepers, memory_order_acquire) == 0)
		return; /* the loop is awake and will look */
	kernel_wake();
}

void gate_sleep(struct gate *g, int seen)
{
	atomic_store_explicit(&g->sleepers, 1, memory_order_release);
	pause_a_little();
	while (atomic_load_explicit(&g->notifies, memory_order_acquire) == seen)
		kernel_sleep();
	atomic_store_explicit(&g->sleepers, 0, memory_order_release);
}
