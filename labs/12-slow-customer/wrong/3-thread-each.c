/*
 * 3-thread-each.c: a slow operation gets its own thread, so no worker is lost.
 */
#include "lab12.h"

void pool_submit(struct pool *p, struct op *op)
{
	pthread_mutex_lock(&p->lock);
	queue_put(&p->todo, op);
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}

static void *run_slow(void *op)
{
	op_run(op);
	return NULL;
}

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
		if (op->is_slow) {
			pthread_t extra;

			pthread_create(&extra, NULL, run_slow, op);
			pthread_detach(extra);
		} else {
			op_run(op);
		}
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}
