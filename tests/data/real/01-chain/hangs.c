/*
 * hangs.c: waits on a condition variable that no thread signals.
 */
#include "lab01.h"

int box_take(struct box *b)
{
	pthread_cond_t silent = PTHREAD_COND_INITIALIZER;
	int op;

	pthread_mutex_lock(&b->m);
	while (b->op < 1000)
		pthread_cond_wait(&silent, &b->m);
	op = b->op;
	b->op = 0;
	pthread_mutex_unlock(&b->m);
	return op;
}
