/*
 * skip.c: a notify that is skipped while no thread sleeps, on a machine with store buffers.
 *
 * The loop announces that it will sleep, then looks once more. The worker publishes, then looks
 * whether a thread sleeps. Each stores and then loads. Without a fence in between, both can read
 * the other's old value; then the loop sleeps and the worker does not notify it.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int note, sleepers, notifies;

static void notify(void)
{
	pthread_mutex_lock(&mutex);
	notifies++;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
}

static void wait_for_notify(void)
{
	pthread_mutex_lock(&mutex);
	while (notifies == 0)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
}

static void *publish(void *unused)
{
	LAB_STORE(note, 1);
	if (LAB_LOAD(sleepers))
		notify();
	return unused;
}

static void *publish_fenced(void *unused)
{
	LAB_STORE(note, 1);
	lab_fence();
	if (LAB_LOAD(sleepers))
		notify();
	return unused;
}

static void *loop(void *unused)
{
	LAB_STORE(sleepers, 1);
	if (!LAB_LOAD(note))
		wait_for_notify();
	return unused;
}

static void *loop_fenced(void *unused)
{
	LAB_STORE(sleepers, 1);
	lab_fence();
	if (!LAB_LOAD(note))
		wait_for_notify();
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
