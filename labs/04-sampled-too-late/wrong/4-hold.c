/*
 * Look and wait under one lock, as in lab 02.
 */
#include "lab04.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards changes */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static unsigned changes;

/* In a source, after it has put a result. */
void notify(void)
{
	pthread_mutex_lock(&lock);
	changes++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
}

/* In a loop. */
int next_result(void)
{
	int op;

	pthread_mutex_lock(&lock);
	while ((op = take_any()) == 0)
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
	return op;
}
