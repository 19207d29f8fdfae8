/*
 * 4-dead-worker.c: every error is a result; the worker that ends forgets its queue.
 */
#include "lab05.h"

void pool_submit(struct pool *p, struct op *op)
{
	pthread_mutex_lock(&p->lock);
	pool_put_todo(p, op);
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}

struct op *pool_wait(struct pool *p)
{
	struct op *all;

	pthread_mutex_lock(&p->lock);
	while (!p->ready.first)
		pthread_cond_wait(&p->arrived, &p->lock);
	all = pool_take_ready(p);
	pthread_mutex_unlock(&p->lock);
	return all;
}

/* The next operation; NULL: the pool is closed. */
static struct op *next_op(struct pool *p)
{
	struct op *op;

	pthread_mutex_lock(&p->lock);
	while (!p->todo.first && !p->is_closing)
		pthread_cond_wait(&p->more, &p->lock);
	op = pool_take_todo(p);
	pthread_mutex_unlock(&p->lock);
	return op;
}

static void complete(struct pool *p, struct op *op, int64_t result)
{
	pthread_mutex_lock(&p->lock);
	pool_put_ready(p, op, result);
	pthread_cond_signal(&p->arrived);
	pthread_mutex_unlock(&p->lock);
}

static int64_t run_op(struct op *op)
{
	int64_t n;
	int rc = disk_open(op);

	if (rc < 0)
		return rc;
	n = disk_read(op);
	disk_close(op);
	return n;
}

void *pool_worker(void *arg)
{
	struct pool *p = arg;
	struct op *op;

	while ((op = next_op(p))) {
		int64_t result = run_op(op);

		complete(p, op, result == DISK_IS_GONE ? -ECANCELED : result);
		if (result == DISK_IS_GONE)
			break;
	}
	return NULL;
}
