/*
 * lab01.h: the loop that you measure, and the form of your answers.
 *
 * Do not change this file. The loop is the one of the story: it looks once a tick, and the disk
 * does not notify it when a read is done.
 */
#ifndef LAB01_H
#define LAB01_H

#include <pthread.h>
#include <time.h>

#include "labs/explore/lab.h"

#define READS	160  /* in the chain, one after the other */
#define READ_US 2700 /* each of them takes 2.7 ms */

#define NOT_YET (-1.0)

/* One round of predictions: a tick, and what you expect from it. */
struct answers {
	int tick_ms;

	/* `chain`: 160 reads; each is submitted as soon as the one before is delivered. */
	double waste_ms;      /* how long a ready result waits for the loop, on average */
	double ready_percent; /* of the run: how much the loop sleeps while a result is ready */
	double empty_wakes;   /* in total: the loop wakes up and finds nothing */

	/* `random`: results that arrive at random moments; the loop did not ask for them. */
	double random_ms; /* like waste_ms */

	/* `idle`: nothing happens for one second. */
	double idle_wakes;
};

/* Yours, in answers.c. */
extern const struct answers first, again;

/* Given. A result is put in with `lock` held. Nothing ever signals `cond`. */
int take_result(void); /* with `lock` held; 0: none */

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
