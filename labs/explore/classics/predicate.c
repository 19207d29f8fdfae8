/*
 * predicate.c: what does a thread test between the lock and the wait?
 *
 * A condition variable has no memory: without a waiter a signal is forgotten. So a waiter must
 * test, under the lock, something that remembers.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int queue, taken;

/* First the queue, then the signal: the loop can make steps in between. */
static void *publish_then_notify(void *unused)
{
	LAB_STORE(queue, 1);
	pthread_cond_signal(&cond);
	return unused;
}

static void *publish_locked(void *unused)
{
	pthread_mutex_lock(&mutex);
	LAB_STORE(queue, LAB_LOAD(queue) + 1);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static int look(void)
{
	int found;

	pthread_mutex_lock(&mutex);
	found = LAB_LOAD(queue);
	pthread_mutex_unlock(&mutex);
	return found;
}

/* Looks, releases the lock, and waits. */
static void *loop_without(void *unused)
{
	while (!look()) {
		pthread_mutex_lock(&mutex);
		pthread_cond_wait(&cond, &mutex);
		pthread_mutex_unlock(&mutex);
	}
	return unused;
}

void classic_no_predicate(void)
{
	CLASSIC_THREADS(loop_without, publish_then_notify);
}

/* Looks, but not under the lock. */
static void *loop_outside(void *unused)
{
	while (!LAB_LOAD(queue)) {
		pthread_mutex_lock(&mutex);
		pthread_cond_wait(&cond, &mutex);
		pthread_mutex_unlock(&mutex);
	}
	return unused;
}

void classic_outside_lock(void)
{
	CLASSIC_THREADS(loop_outside, publish_then_notify);
}

static void *loop_inside(void *unused)
{
	while (taken < 2) {
		pthread_mutex_lock(&mutex);
		while (LAB_LOAD(queue) == 0)
			pthread_cond_wait(&cond, &mutex);
		taken += LAB_LOAD(queue);
		LAB_STORE(queue, 0);
		pthread_mutex_unlock(&mutex);
	}
	return unused;
}

static void *publish_two(void *unused)
{
	publish_locked(unused);
	return publish_locked(unused);
}

void classic_predicate(void)
{
	CLASSIC_THREADS(loop_inside, publish_two);
}

void classic_predicate_spurious(void)
{
	classic_predicate();
}

/* ---- if instead of while ---- */

static void *take_if(void *unused)
{
	pthread_mutex_lock(&mutex);
	if (LAB_LOAD(queue) == 0)
		pthread_cond_wait(&cond, &mutex);
	lab_check("empty", LAB_LOAD(queue) > 0, "takes from an empty queue");
	LAB_STORE(queue, LAB_LOAD(queue) - 1);
	pthread_mutex_unlock(&mutex);
	return unused;
}

void classic_if_spurious(void)
{
	CLASSIC_THREADS(take_if, publish_locked);
}

/* A late consumer takes the result for which the other was woken. */
void classic_if_stolen(void)
{
	CLASSIC_THREADS(take_if, take_if, publish_two);
}
