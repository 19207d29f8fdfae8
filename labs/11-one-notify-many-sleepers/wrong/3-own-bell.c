/*
 * A bell for each worker, rung in turn: nobody is woken by chance.
 */
#include "lab11.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
#define BELLS 3
static pthread_cond_t bell[BELLS] = { PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER,
	PTHREAD_COND_INITIALIZER };
static pthread_t who[BELLS];
static int workers, turn;
static bool is_closed;

void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	if (workers > 0)
		pthread_cond_signal(&bell[turn++ % workers]);
	pthread_mutex_unlock(&lock);
}

static int my_bell(void)
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
		pthread_cond_wait(&bell[my_bell()], &lock);
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
		pthread_cond_broadcast(&bell[i]);
	pthread_mutex_unlock(&lock);
}
