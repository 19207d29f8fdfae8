/*
 * A cap on every wait: the loop goes on even if it misses a notify.
 */
#include "lab02.h"

#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* In a worker. */
void publish(int op)
{
	queue_push(op);
	pthread_cond_signal(&cond);
}

/* In the loop. */
int next_result(void)
{
	int op = queue_pop();

	while (op == 0) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 50000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_mutex_lock(&lock);
		pthread_cond_timedwait(&cond, &lock, &until);
		pthread_mutex_unlock(&lock);
		op = queue_pop();
	}
	return op;
}
