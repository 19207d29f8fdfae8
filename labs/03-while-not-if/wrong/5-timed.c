/*
 * Wait 10 ms at most, and look again.
 */
#include "lab03.h"

#include <pthread.h>
#include <time.h>

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
	struct timespec until;
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty()) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 10000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&filled, &lock, &until);
	}
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}
