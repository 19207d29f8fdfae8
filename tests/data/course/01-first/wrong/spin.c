/*
 * spin.c: looks until it sees something, and never waits. There is no step in that loop, so nobody
 * else ever comes by.
 */
#include "lab01.h"

static int looks;

void mailbox_put(struct mailbox *b)
{
	pthread_mutex_lock(&b->m);
	b->is_full = true;
	pthread_mutex_unlock(&b->m);
}

void mailbox_take(struct mailbox *b)
{
	int mine = 0;

	pthread_mutex_lock(&b->m);
	while (!b->is_full)
		mine++;
	b->is_full = false;
	looks = mine;
	pthread_mutex_unlock(&b->m);
}
