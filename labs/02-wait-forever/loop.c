/*
 * loop.c: a loop that sleeps until a worker has a result for it.
 *
 * It used to wake up every 10 ms to look. Now it waits until it is notified, without a timeout.
 */
#include "lab02.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* In a worker. */
void publish(int op)
{
	queue_push(op);
	pthread_cond_signal(&cond);
}

/* In the loop. TODO(lab02): sometimes it never returns. Why? */
int next_result(void)
{
	int op = queue_pop();

	while (op == 0) {
		pthread_mutex_lock(&lock);
		pthread_cond_wait(&cond, &lock);
		pthread_mutex_unlock(&lock);
		op = queue_pop();
	}
	return op;
}
