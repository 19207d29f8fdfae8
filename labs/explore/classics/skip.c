/*
 * skip.c: a ring that is skipped when nobody sleeps, on a machine with store buffers.
 *
 * The loop says that it will sleep and looks once more; the worker publishes and looks whether
 * somebody sleeps. Each stores and then loads: unless a fence stands between, both may see the
 * old value of the other, and nobody rings for one that sleeps.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int note, sleepers, rings;

static void ring(void)
{
	pthread_mutex_lock(&mutex);
	rings++;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
}

static void wait_for_ring(void)
{
	pthread_mutex_lock(&mutex);
	while (rings == 0)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
}

static void *publish(void *unused)
{
	LAB_STORE(note, 1);
	if (LAB_LOAD(sleepers))
		ring();
	return unused;
}

static void *publish_fenced(void *unused)
{
	LAB_STORE(note, 1);
	lab_fence();
	if (LAB_LOAD(sleepers))
		ring();
	return unused;
}

static void *loop(void *unused)
{
	LAB_STORE(sleepers, 1);
	if (!LAB_LOAD(note))
		wait_for_ring();
	return unused;
}

static void *loop_fenced(void *unused)
{
	LAB_STORE(sleepers, 1);
	lab_fence();
	if (!LAB_LOAD(note))
		wait_for_ring();
	return unused;
}

void classic_skip_unfenced(void)
{
	CLASSIC_THREADS(loop, publish);
}

void classic_skip_fenced(void)
{
	CLASSIC_THREADS(loop_fenced, publish_fenced);
}
