/*
 * stop.c: how to stop workers that sleep.
 *
 * The flag is part of the predicate, so it changes under the lock. All workers must see it.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int stop;

static void *worker(void *unused)
{
	pthread_mutex_lock(&mutex);
	while (!LAB_LOAD(stop))
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void *stop_unlocked(void *unused)
{
	LAB_STORE(stop, 1);
	pthread_cond_broadcast(&cond);
	return unused;
}

static void *stop_all(void *unused)
{
	pthread_mutex_lock(&mutex);
	LAB_STORE(stop, 1);
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void *stop_one(void *unused)
{
	pthread_mutex_lock(&mutex);
	LAB_STORE(stop, 1);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	return unused;
}

void classic_stop_unlocked(void)
{
	CLASSIC_THREADS(worker, stop_unlocked);
}

void classic_stop_locked(void)
{
	CLASSIC_THREADS(worker, worker, stop_all);
}

void classic_stop_signal(void)
{
	CLASSIC_THREADS(worker, worker, stop_one);
}
