/*
 * lab01.h: one result at a time, from a worker to a loop.
 */
#ifndef LAB01_H
#define LAB01_H

#include <pthread.h>

#include "labs/explore/lab.h"

struct box {
	pthread_mutex_t m;
	pthread_cond_t changed;
	int op; /* 0: empty */
};

/* The learner's: waits while it is empty. The thread that puts something in notifies. */
int box_take(struct box *b);

#endif
