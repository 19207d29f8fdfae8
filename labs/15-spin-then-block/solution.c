/*
 * loop.c: a loop that looks as long as a sleep would cost, and then sleeps.
 *
 * A result that is near is found without a sleep. One that is not costs a sleep, and before it no
 * more than another one: never more than twice what is needed, and nobody knows the future.
 */
#include "lab15.h"

#include <pthread.h>

#define SPIN (SLEEP_US / LOOK_US) /* looks that cost as much as one sleep */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bell = PTHREAD_COND_INITIALIZER;

/* In a worker. */
void publish(int op)
{
	pthread_mutex_lock(&lock);
	inbox_put(op);
	pthread_cond_signal(&bell);
	pthread_mutex_unlock(&lock);
}

/* In the loop. */
int next_result(void)
{
	int i, op;

	if (cpus() > 1) {
		for (i = 0; i < SPIN && !look(); i++)
			continue;
	}
	pthread_mutex_lock(&lock);
	while (inbox_is_empty())
		pthread_cond_wait(&bell, &lock);
	op = inbox_take();
	pthread_mutex_unlock(&lock);
	return op;
}
