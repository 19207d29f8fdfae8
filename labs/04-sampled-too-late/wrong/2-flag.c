/*
 * Back to a flag: it stays set until a loop has seen it, so nothing is lost.
 */
#include "lab04.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards has_changed */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static bool has_changed;

/* In a source, after it has put a result. */
void notify(void)
{
	pthread_mutex_lock(&lock);
	has_changed = true;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
}

static void wait_for_change(void)
{
	pthread_mutex_lock(&lock);
	while (!has_changed)
		pthread_cond_wait(&cond, &lock);
	has_changed = false;
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
