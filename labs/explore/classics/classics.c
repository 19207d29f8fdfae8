/*
 * classics.c: a loop that waits without a predicate, and a worker that rings once.
 */
#include "labs/explore/lab.h"
#include <pthread.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int queue, taken;

static void *worker(void *arg)
{
	(void)arg;
	LAB_STORE(queue, 1);
	pthread_mutex_lock(&m);
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return NULL;
}

static void *loop(void *arg)
{
	(void)arg;
	for (;;) {
		if (LAB_LOAD(queue)) {
			taken = 1;
			break;
		}
		pthread_mutex_lock(&m);
		pthread_cond_wait(&c, &m);
		pthread_mutex_unlock(&m);
	}
	return NULL;
}
static void run(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, loop, NULL);
	pthread_create(&b, NULL, worker, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
}
const struct lab_scenario lab_scenarios[] = { { .name = "a", .run = run }, { 0 } };
