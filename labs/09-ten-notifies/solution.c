/*
 * solution.c: one ring for all that come before the loop has looked.
 */
#include "lab09.h"

void inbox_put(struct inbox *in, struct op *op)
{
	inbox_add(in, op);
	/* Seeing 1: whoever set it rings, and the loop takes after that. */
	if (!atomic_exchange(&in->pending, 1))
		eventfd_notify(in);
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	eventfd_drain(in);
	/* Before the look: who comes after this rings again; who came before is found. */
	atomic_exchange(&in->pending, 0);
	return inbox_take(in);
}
