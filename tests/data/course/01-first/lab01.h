/*
 * lab01.h: the mailbox between the worker and the loop.
 */
#ifndef LAB01_H
#define LAB01_H

#include <pthread.h>
#include <stdbool.h>

struct mailbox {
	pthread_mutex_t m;
	pthread_cond_t changed;
	bool is_full;
};

/* Yours: put the result in and notify; wait for it and take it. */
void mailbox_put(struct mailbox *b);
void mailbox_take(struct mailbox *b);

#endif
