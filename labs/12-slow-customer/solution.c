/*
 * solution.c: slow operations get half of the workers; the fast ones pass them.
 */
#include "lab12.h"

void pool_submit(struct pool *p, struct op *op)
{
	pthread_mutex_lock(&p->lock);
	queue_put(&p->todo, op);
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}

static struct op *take(struct pool *p)
{
	struct op *op = queue_take(&p->todo, p->slow_running < (p->workers + 1) / 2);

	if (op && op->is_slow)
		p->slow_running++;
	return op;
}

void *pool_worker(void *arg)
{
	struct pool *p = arg;
	struct op *op;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!(op = take(p)) && !p->is_closing)
			pthread_cond_wait(&p->more, &p->lock);
		if (!op)
			break;
		pthread_mutex_unlock(&p->lock);
		op_run(op);
		pthread_mutex_lock(&p->lock);
		/* This worker looks at the queue next, so no other needs a notify. */
		if (op->is_slow)
			p->slow_running--;
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}
