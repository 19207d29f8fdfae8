/*
 * loop.c: yours. Every result rings, the loop drains the bell and takes all there are.
 */
#include "lab09.h"

/* TODO(lab09): ten results, ten system calls, one wake-up. Who needs the other nine? */
void inbox_put(struct inbox *in, struct op *op)
{
	inbox_add(in, op);
	eventfd_notify(in);
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	eventfd_drain(in);
	return inbox_take(in);
}
