/*
 * No notify, no herd: each worker looks every 10 ms.
 */
#include "lab11.h"

#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
static bool is_closed;

void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	pthread_mutex_unlock(&lock);
}

int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty() && !is_closed) {
		pthread_mutex_unlock(&lock);
		usleep(10000);
		pthread_mutex_lock(&lock);
	}
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}

void close_down(void)
{
	pthread_mutex_lock(&lock);
	is_closed = true;
	pthread_mutex_unlock(&lock);
}
