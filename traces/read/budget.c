/*
 * budget.c: see budget.h.
 */
#include "traces/read/budget.h"

#include <stdatomic.h>

/* Of the process, as its memory is: the one variable of traces/ that belongs to no object. */
static _Atomic uint64_t taken;

uint64_t wg__budget_left(void)
{
	/* relaxed: a number alone, nothing else is published with it */
	uint64_t now = atomic_load_explicit(&taken, memory_order_relaxed);

	return now < WG__BUDGET_BYTES ? WG__BUDGET_BYTES - now : 0;
}

void wg__budget_take(uint64_t bytes)
{
	/* relaxed: as above */
	(void)atomic_fetch_add_explicit(&taken, bytes, memory_order_relaxed);
}

void wg__budget_give_back(uint64_t bytes)
{
	/* relaxed: as above */
	(void)atomic_fetch_sub_explicit(&taken, bytes, memory_order_relaxed);
}
