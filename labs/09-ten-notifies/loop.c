/*
 * loop.c: yours. Every result notifies; the loop drains the eventfd and takes all results.
 */
#include "lab09.h"

/* TODO(lab09): ten results, ten system calls, one wake-up. Are the other nine needed? */
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
