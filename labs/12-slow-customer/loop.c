/*
 * loop.c: yours. Some workers, one queue; first come, first served: perfectly fair.
 */
#include "lab12.h"

void pool_submit(struct pool *p, struct op *op)
{
	pthread_mutex_lock(&p->lock);
	queue_put(&p->todo, op);
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}

/* TODO(lab12): one slow operation for each worker came first. Who runs the fast ones? */
void *pool_worker(void *arg)
{
	struct pool *p = arg;
	struct op *op;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!(op = queue_take(&p->todo, true)) && !p->is_closing)
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
