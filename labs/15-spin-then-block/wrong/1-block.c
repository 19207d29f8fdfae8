/*
 * Sleep at once: a loop that looks is a loop that polls.
 */
#include "lab15.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* In a worker. */
void publish(int op)
{
	pthread_mutex_lock(&lock);
	inbox_put(op);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&lock);
}

/* In the loop. */
int next_result(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (inbox_is_empty())
		pthread_cond_wait(&cond, &lock);
	op = inbox_take();
	pthread_mutex_unlock(&lock);
	return op;
}
