/*
 * loop.c: loops that sleep until something has changed.
 *
 * `changes` counts the notifies, whatever they are about. A loop waits for another number.
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

/* A number and a lock: no notify is lost, and no loop takes one notify for another. */
static void wait_for_change(void)
{
	unsigned before;

	pthread_mutex_lock(&lock);
	before = changes;
	while (changes == before)
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
}

/* In a loop. TODO(lab04): sometimes it still sleeps while a result is ready. */
int next_result(void)
{
	int op = take_any();

	while (op == 0) {
		wait_for_change();
		op = take_any();
	}
	return op;
}
