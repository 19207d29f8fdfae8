/*
 * lab01.h: the loop that you measure, and the form of your answers.
 *
 * Nothing here is to be changed. The loop is the one of the story: it looks once a tick, and the
 * disk tells nobody when a read is done.
 */
#ifndef LAB01_H
#define LAB01_H

#include <pthread.h>
#include <time.h>

#include "labs/explore/lab.h"

#define READS	160  /* in the chain, one after the other */
#define READ_US 2700 /* each of them takes 2.7 ms */

#define NOT_YET (-1.0)

/* One round of predictions: a tick, and what you expect of it. */
struct answers {
	int tick_ms;

	/* `chain`: 160 reads; each is handed in as soon as the one before has been delivered. */
	double waste_ms;      /* a result lies ready so long before the loop finds it: the mean */
	double ready_percent; /* of the whole run: so much of it the loop sleeps beside a result */
	double empty_wakes;   /* in all: the loop wakes and finds nothing */

	/* `strangers`: results that come when they come; nobody in this loop asked for them. */
	double stranger_ms; /* as waste_ms */

	/* `idle`: nothing happens for one second. */
	double idle_wakes;
};

/* Yours, in answers.c. */
extern const struct answers first, again;

/* Given. A result is put in with `lock` held. Nobody ever rings `bell`. */
int take_result(void); /* with `lock` held; 0: there is none */

extern pthread_mutex_t lock;
extern pthread_cond_t cond;

/* Sleep one tick, then look. */
static inline int run_once(int tick_ms)
{
	struct timespec until;
	int op;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += tick_ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&lock);
	pthread_cond_timedwait(&cond, &lock, &until);
	op = take_result();
	pthread_mutex_unlock(&lock);
	return op;
}

#endif
