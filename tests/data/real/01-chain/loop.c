/*
 * loop.c: sleeps for two milliseconds at a time, and ignores notifies.
 */
#include "lab01.h"

#include <time.h>

static const struct timespec tick = { 0, 2000000 };

int box_take(struct box *b)
{
	int op;

	pthread_mutex_lock(&b->m);
	while (b->op == 0) {
		pthread_mutex_unlock(&b->m);
		nanosleep(&tick, NULL);
		pthread_mutex_lock(&b->m);
	}
	op = b->op;
	b->op = 0;
	pthread_mutex_unlock(&b->m);
	return op;
}
