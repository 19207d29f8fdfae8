/*
 * Stop the threads where they are: waits are cancellation points.
 */
#include "lab14.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int queue[LAB14_OPS], head, tail;
static bool closing;

static pthread_t workers[LAB14_WORKERS];
static int worker_count;

static void *work(void *unused)
{
	lab_loop("condvar");
	pthread_mutex_lock(&lock);
	for (;;) {
		int op;

		while (head == tail && !closing)
			pthread_cond_wait(&cond, &lock);
		if (head == tail)
			break;
		op = queue[head++];
		pthread_mutex_unlock(&lock);
		run(op);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return unused;
}

void pool_start(int count)
{
	int i;

	head = tail = 0;
	closing = false;
	worker_count = count;
	for (i = 0; i < count; i++)
		pthread_create(&workers[i], NULL, work, NULL);
}

bool pool_submit(int op)
{
	bool is_accepted;

	pthread_mutex_lock(&lock);
	is_accepted = !closing;
	if (is_accepted) {
		queue[tail++] = op;
		lab_ready((uint64_t)op);
		pthread_cond_signal(&cond);
	}
	pthread_mutex_unlock(&lock);
	return is_accepted;
}

void pool_stop(void)
{
	int i;

	for (i = 0; i < worker_count; i++)
		pthread_cancel(workers[i]);
	for (i = 0; i < worker_count; i++)
		pthread_join(workers[i], NULL);
}
