/*
 * loop.c: yours. The state changes under the lock, each wait is in a loop, and each change is
 * followed by a notify. The notify comes after the unlock, so the waiter finds the lock free.
 */
#include "lab10.h"

struct call {
	pthread_mutex_t lock; /* guards: is_done, result */
	pthread_cond_t cond;  /* predicate: is_done */
	bool is_done;
	int64_t result;
};

struct call *call_create(void)
{
	struct call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->cond, NULL);
	return c;
}

/* TODO(lab10): the same order as in inbox_put(). It is correct there. Is it correct here? */
void call_complete(struct call *c, int64_t result)
{
	pthread_mutex_lock(&c->lock);
	c->result = result;
	c->is_done = true;
	pthread_mutex_unlock(&c->lock);
	pthread_cond_signal(&c->cond);
}

int64_t call_wait(struct call *c)
{
	int64_t result;

	pthread_mutex_lock(&c->lock);
	while (!c->is_done)
		pthread_cond_wait(&c->cond, &c->lock);
	result = c->result;
	pthread_mutex_unlock(&c->lock);
	free(c); /* on Linux, locks and condition variables are only memory */
	return result;
}

void inbox_put(struct inbox *in, struct op *op)
{
	pthread_mutex_lock(&in->lock);
	op->next = in->ready;
	in->ready = op;
	op_is_ready(op);
	pthread_mutex_unlock(&in->lock);
	pthread_cond_signal(&in->cond);
}

struct op *inbox_take(struct inbox *in)
{
	struct op *all;

	pthread_mutex_lock(&in->lock);
	while (!in->ready)
		pthread_cond_wait(&in->cond, &in->lock);
	all = in->ready;
	in->ready = NULL;
	pthread_mutex_unlock(&in->lock);
	return all;
}
