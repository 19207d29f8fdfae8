/*
 * Cap every wait at 50 ms, to go on even if a notification is missed.
 */
#include "lab04.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

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

static void wait_for_change(void)
{
	struct timespec until;
	unsigned before;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 50000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&lock);
	before = changes;
	while (changes == before && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&cond, &lock, &until);
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
