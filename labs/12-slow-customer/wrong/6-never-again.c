/*
 * 6-never-again.c: slow operations are counted when they begin, but not when they end.
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
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}
