/*
 * random.c: small programs generated from a number, to compare searches with each other.
 *
 * Every way to end breaks a check of its own, so the broken checks are the set of ends that a
 * search reached. A search that skips schedules must reach the same ends as one that does not.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "labs/explore/lab.h"

#define THREADS 2
#define STEPS	3
#define ENDS	30 /* checks that a report has room for */

static unsigned seed;
static int shared[2], marked[2], seen[THREADS];
static atomic_int number;
static pthread_mutex_t mutex[2];
static pthread_cond_t cond;
static sem_t posted;

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static void wait_a_while(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&mutex[0]);
	if (shared[0] % 2 == 0)
		shared[1] += pthread_cond_timedwait(&cond, &mutex[0], &until) == ETIMEDOUT;
	pthread_mutex_unlock(&mutex[0]);
}

static int step(unsigned what, int which)
{
	int value = 0;

	switch (what % 11) {
	case 0: shared[which]++; break;
	case 1: value = shared[which]; break;
	case 2:
		pthread_mutex_lock(&mutex[which]);
		shared[which] = 2 * shared[which] + 1;
		pthread_mutex_unlock(&mutex[which]);
		break;
	case 3:
		pthread_mutex_lock(&mutex[which]);
		value = shared[which];
		pthread_mutex_unlock(&mutex[which]);
		break;
	case 4: wait_a_while(); break;
	case 5: pthread_cond_signal(&cond); break;
	case 6: sem_post(&posted); break;
	case 7: value = sem_trywait(&posted) == 0; break;
	case 8: LAB_STORE(marked[which], marked[which] + 1); break;
	case 9: value = LAB_LOAD(marked[which]); break;
	default: value = atomic_fetch_add(&number, 1); break;
	}
	return value;
}

static void *work(void *arg)
{
	int *mine = arg, i;
	unsigned state = seed * 31 + (unsigned)(mine - seen);

	(void)next(&state);
	for (i = 0; i < STEPS; i++) {
		unsigned what = next(&state);

		*mine = 3 * *mine + step(what, (int)(what / 16 % 2));
	}
	return NULL;
}

static void run(unsigned from)
{
	pthread_t thread[THREADS];
	unsigned end = 0;
	char id[16];
	int i;

	seed = from;
	pthread_mutex_init(&mutex[0], NULL);
	pthread_mutex_init(&mutex[1], NULL);
	pthread_cond_init(&cond, NULL);
	sem_init(&posted, 0, 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, work, &seen[i]);
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++)
		end = end * 17 + (unsigned)seen[i];
	end = end * 17 + (unsigned)(shared[0] * 5 + shared[1] * 3 + atomic_load(&number));
	(void)snprintf(id, sizeof(id), "end%u", end % ENDS);
	lab_check(id, false, "this end");
}

#define RANDOM(n)                                                                                  \
	static void run_##n(void)                                                                  \
	{                                                                                          \
		run(n);                                                                            \
	}
#include "labs/explore/random/random.def"
#undef RANDOM

const struct lab_scenario lab_scenarios[] = {
#define RANDOM(n)                                                                                  \
	{ .name = #n,                                                                              \
		.run = run_##n,                                                                    \
		.store_buffers = (n) % 2,                                                          \
		.max_schedules = 2000000,                                                          \
		.max_seconds = 60 },
#include "labs/explore/random/random.def"
#undef RANDOM
	{ 0 },
};
