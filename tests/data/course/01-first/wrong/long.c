/*
 * long.c: hangs only after the two threads have taken turns often: a schedule with a long name.
 */
#include "lab01.h"
#include "labs/explore/lab.h"

#define TURNS 24

static int turn;

/* Their turn each time: from `mine` on, by two. */
static bool takes_turns(int mine)
{
	int i;

	for (i = mine; i < TURNS; i += 2) {
		if (LAB_LOAD(turn) != i)
			return false;
		LAB_STORE(turn, i + 1);
	}
	return true;
}

void mailbox_put(struct mailbox *b)
{
	bool is_silent = takes_turns(1);

	pthread_mutex_lock(&b->m);
	b->is_full = true;
	if (!is_silent)
		pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->m);
}

void mailbox_take(struct mailbox *b)
{
	(void)takes_turns(0);
	pthread_mutex_lock(&b->m);
	while (!b->is_full)
		pthread_cond_wait(&b->changed, &b->m);
	b->is_full = false;
	pthread_mutex_unlock(&b->m);
}
