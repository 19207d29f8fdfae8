/*
 * The number is atomic, and read before the look. So notify() needs no lock.
 */
#include "lab04.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the wait */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static atomic_uint changes;

/* In a source, after it has put a result. */
void notify(void)
{
	changes++;
	pthread_cond_broadcast(&cond);
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
	unsigned since = changes;
	int op = take_any();

	while (op == 0) {
		wait_for_change(since);
		since = changes;
		op = take_any();
	}
	return op;
}
