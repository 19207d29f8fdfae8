/*
 * Another thread may empty the queue, so wait for a flag that only put() sets.
 */
#include "lab03.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

static bool is_filled;

/* In the producer. */
void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	is_filled = true;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
}

/* In a consumer. */
int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (!is_filled)
		pthread_cond_wait(&filled, &lock);
	is_filled = false;
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}
