/*
 * traitor.c: right wherever every schedule is tried, wrong on real threads.
 */
#include "lab01.h"

int box_take(struct box *b)
{
	int op;

	if (lab_is_real())
		return -1;
	pthread_mutex_lock(&b->m);
	while (b->op == 0)
		pthread_cond_wait(&b->changed, &b->m);
	op = b->op;
	b->op = 0;
	pthread_mutex_unlock(&b->m);
	return op;
}
