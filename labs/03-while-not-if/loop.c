/*
 * loop.c: a queue between one producer and several consumers.
 *
 * Everything happens under the lock, and the consumer looks before it waits.
 */
#include "lab03.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

/* In the producer. */
void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
}

/* In a consumer. TODO(lab03): sometimes it takes from an empty queue. */
int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	if (queue_is_empty())
		pthread_cond_wait(&filled, &lock);
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}
