/*
 * loop.c: a loop that sleeps until a worker has a result for it.
 *
 * The lock makes "look, then wait" one step for the workers, and "put, then notify" one step for
 * the loop. A result comes before the look or after the wait has begun, never in between.
 */
#include "lab02.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* In a worker. */
void publish(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&lock);
}

/* In the loop. */
int next_result(void)
{
	pthread_mutex_lock(&lock);
	while (queue_is_empty())
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
	return queue_pop();
}
