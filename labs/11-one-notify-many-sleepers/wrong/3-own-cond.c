/*
 * A condition variable for each worker, notified in turn: no worker is woken by chance.
 */
#include "lab11.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
#define WORKERS 3
static pthread_cond_t cond[WORKERS] = { PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER,
	PTHREAD_COND_INITIALIZER };
static pthread_t who[WORKERS];
static int workers, turn;
static bool is_closed;

void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	if (workers > 0)
		pthread_cond_signal(&cond[turn++ % workers]);
	pthread_mutex_unlock(&lock);
}

static int my_cond(void)
{
	int i;

	for (i = 0; i < workers; i++) {
		if (pthread_equal(who[i], pthread_self()))
			return i;
	}
	who[workers] = pthread_self();
	return workers++;
}

int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty() && !is_closed)
		pthread_cond_wait(&cond[my_cond()], &lock);
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}

void close_down(void)
{
	int i;

	pthread_mutex_lock(&lock);
	is_closed = true;
	for (i = 0; i < workers; i++)
		pthread_cond_broadcast(&cond[i]);
	pthread_mutex_unlock(&lock);
}
