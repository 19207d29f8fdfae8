/*
 * 5-was-empty.c: no flag: notify if the inbox was empty.
 */
#include "lab09.h"

void inbox_put(struct inbox *in, struct op *op)
{
	bool was_empty;

	pthread_mutex_lock(&in->lock);
	was_empty = !in->first;
	pthread_mutex_unlock(&in->lock);
	inbox_add(in, op);
	if (was_empty)
		eventfd_notify(in);
}

struct op *inbox_wait(struct inbox *in)
{
	eventfd_wait(in);
	eventfd_drain(in);
	return inbox_take(in);
}
