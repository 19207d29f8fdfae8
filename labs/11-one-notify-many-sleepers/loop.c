/*
 * loop.c: one queue, one condition variable, and many workers that sleep on it.
 *
 * Correct, and tested for years. But nobody ever counted how many workers wake up.
 */
#include "lab11.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue and is_closed */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static bool is_closed;

/* TODO(lab11): one operation comes, and every worker wakes up. */
static void notify(void)
{
	pthread_cond_broadcast(&cond);
}

void put(int op)
{
	pthread_mutex_lock(&lock);
	queue_push(op);
	notify();
	pthread_mutex_unlock(&lock);
}

int take(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while (queue_is_empty() && !is_closed)
		pthread_cond_wait(&cond, &lock);
	op = queue_pop();
	pthread_mutex_unlock(&lock);
	return op;
}

void close_down(void)
{
	pthread_mutex_lock(&lock);
	is_closed = true;
	notify();
	pthread_mutex_unlock(&lock);
}
