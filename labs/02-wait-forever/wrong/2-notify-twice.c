/*
 * Notify twice: if the loop misses one, it gets the other.
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
	pthread_cond_signal(&cond);
}

/* In the loop. */
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
