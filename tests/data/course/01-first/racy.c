/*
 * racy.c: passes in every schedule, since the lock is taken before the signal. One line writes
 * without it: undefined in C.
 */
#include "lab01.h"

void mailbox_put(struct mailbox *b)
{
	b->is_full = true;
	pthread_mutex_lock(&b->m);
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->m);
}

void mailbox_take(struct mailbox *b)
{
	pthread_mutex_lock(&b->m);
	while (!b->is_full)
		pthread_cond_wait(&b->changed, &b->m);
	b->is_full = false;
	pthread_mutex_unlock(&b->m);
}
