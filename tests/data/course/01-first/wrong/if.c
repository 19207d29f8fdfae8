/*
 * if.c: looks before it locks.
 */
#include "lab01.h"

void mailbox_put(struct mailbox *b)
{
	pthread_mutex_lock(&b->m);
	b->is_full = true;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->m);
}

void mailbox_take(struct mailbox *b)
{
	bool is_full = b->is_full;

	pthread_mutex_lock(&b->m);
	if (!is_full)
		pthread_cond_wait(&b->changed, &b->m);
	b->is_full = false;
	pthread_mutex_unlock(&b->m);
}
