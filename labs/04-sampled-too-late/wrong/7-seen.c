/*
 * Remember the last number that was seen, from one wait to the next.
 */
#include "lab04.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards both */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static unsigned changes, seen;

/* In a source, after it has put a result. */
void notify(void)
{
	pthread_mutex_lock(&lock);
	changes++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
}

static void wait_for_change(void)
{
	pthread_mutex_lock(&lock);
	while (changes == seen)
		pthread_cond_wait(&cond, &lock);
	seen = changes;
	pthread_mutex_unlock(&lock);
}

/* In a loop. */
int next_result(void)
{
	int op = take_any();

	while (op == 0) {
		wait_for_change();
		op = take_any();
	}
	return op;
}
