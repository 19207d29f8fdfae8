/*
 * 2-clear-then-drain.c: first clear the flag, then drain the eventfd.
 */
#include "lab09.h"

void inbox_put(struct inbox *in, struct op *op)
{
	inbox_add(in, op);
	if (!atomic_exchange(&in->pending, 1))
		eventfd_notify(in);
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	atomic_exchange(&in->pending, 0);
	eventfd_drain(in);
	return inbox_take(in);
}
