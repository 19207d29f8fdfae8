/*
 * loop.c: one queue, one bell, and a crowd of workers that sleep on it.
 *
 * Correct, and tested for years. It is only that nobody counts who wakes.
 */
#include "lab11.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
static pthread_cond_t bell = PTHREAD_COND_INITIALIZER;
static bool is_closed;

/* TODO(lab11): a queue of one operation, and the whole house is up. */
static void ring(void)
{
	pthread_cond_broadcast(&bell);
}

void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	ring();
	pthread_mutex_unlock(&lock);
}

int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty() && !is_closed)
		pthread_cond_wait(&bell, &lock);
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}

void close_down(void)
{
	pthread_mutex_lock(&lock);
	is_closed = true;
	ring();
	pthread_mutex_unlock(&lock);
}
