/*
 * eventcount.c: every notify increments a generation; when must a loop read it?
 *
 * If the loop reads it before it looks at the queue, a notify during the look changes it, and the
 * wait does not begin. If it reads it after the look, it takes that notify for an old one.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int queue, generation;

static int sample(void)
{
	int now;

	pthread_mutex_lock(&mutex);
	now = generation;
	pthread_mutex_unlock(&mutex);
	return now;
}

static void wait_for_change(int from)
{
	pthread_mutex_lock(&mutex);
	while (generation == from)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
}

static void *publish(void *unused)
{
	LAB_STORE(queue, 1);
	pthread_mutex_lock(&mutex);
	generation++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void *loop_late(void *unused)
{
	while (!LAB_LOAD(queue))
		wait_for_change(sample());
	return unused;
}

static void *loop_before(void *unused)
{
	int from = sample();

	while (!LAB_LOAD(queue)) {
		wait_for_change(from);
		from = sample();
	}
	return unused;
}

void classic_sampled_late(void)
{
	CLASSIC_THREADS(loop_late, publish);
}

void classic_sampled_before(void)
{
	CLASSIC_THREADS(loop_before, publish);
}
