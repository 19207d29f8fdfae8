/*
 * If the queue is not empty, put() need not notify: a worker is awake already.
 */
#include "lab11.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static bool is_closed;

void put(int op)
{
	pthread_mutex_lock(&lock);
	if (queue_is_empty())
		pthread_cond_signal(&cond);
	queue_push(op);
	pthread_mutex_unlock(&lock);
}

int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty() && !is_closed)
		pthread_cond_wait(&cond, &lock);
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}

void close_down(void)
{
	pthread_mutex_lock(&lock);
	is_closed = true;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
}
