/*
 * loop.c: a loop that looks for as long as a sleep would cost, and then sleeps.
 *
 * A near result is found without a sleep. A far one costs a sleep and, before it, looks for the
 * price of another one: never more than twice the necessary price.
 */
#include "lab15.h"

#include <pthread.h>

#define SPIN (SLEEP_US / LOOK_US) /* looks that cost as much as one sleep */

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
	int i, op;

	if (cpus() > 1) {
		for (i = 0; i < SPIN && !look(); i++)
			continue;
	}
	pthread_mutex_lock(&lock);
	while (inbox_is_empty())
		pthread_cond_wait(&cond, &lock);
	op = inbox_take();
	pthread_mutex_unlock(&lock);
	return op;
}
