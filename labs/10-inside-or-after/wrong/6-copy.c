/*
 * 6-copy.c: the worker copies what it needs out of the call while it has the lock.
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

void call_complete(struct call *c, int64_t result)
{
	pthread_cond_t *cond;

	pthread_mutex_lock(&c->lock);
	c->result = result;
	c->is_done = true;
	cond = &c->cond;
	pthread_mutex_unlock(&c->lock);
	pthread_cond_signal(cond);
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
