/*
 * solution.c: one notify for all results that come before the loop has looked.
 */
#include "lab09.h"

void inbox_put(struct inbox *in, struct op *op)
{
	inbox_add(in, op);
	/* If it was 1: the worker that set it notifies, and the loop takes later. */
	if (!atomic_exchange(&in->pending, 1))
		eventfd_notify(in);
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	eventfd_drain(in);
	/* Before the take: a later result notifies again, an earlier one is taken. */
	atomic_exchange(&in->pending, 0);
	return inbox_take(in);
}
