/*
 * The caller reads the number now, and passes it.
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

static unsigned prepare(void)
{
	unsigned now;

	pthread_mutex_lock(&lock);
	now = changes;
	pthread_mutex_unlock(&lock);
	return now;
}

static void wait_for_change(unsigned since)
{
	pthread_mutex_lock(&lock);
	while (changes == since)
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
}

/* In a loop. */
int next_result(void)
{
	int op = take_any();

	while (op == 0) {
		wait_for_change(prepare());
		op = take_any();
	}
	return op;
}
