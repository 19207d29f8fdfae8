/*
 * 3-look-then-set.c: look at the flag, then set it.
 */
#include "lab09.h"

void inbox_put(struct inbox *in, struct op *op)
{
	inbox_add(in, op);
	if (!atomic_load(&in->pending)) {
		atomic_store(&in->pending, 1);
		eventfd_notify(in);
	}
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	eventfd_drain(in);
	atomic_exchange(&in->pending, 0);
	return inbox_take(in);
}
