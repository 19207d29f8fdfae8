/*
 * scenario.c: results one after the other; each is made while the loop is asleep.
 */
#include "lab01.h"

#include <semaphore.h>
#include <time.h>

static struct box box = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
static sem_t wanted;

static void box_put(struct box *b, int op)
{
	pthread_mutex_lock(&b->m);
	b->op = op;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->m);
}

static int count(void)
{
	return lab_is_real() ? 20 : 2;
}

static void *work(void *unused)
{
	static const struct timespec moment = { 0, 100000 };
	int op;

	lab_name("worker");
	for (op = 1; op <= count(); op++) {
		sem_wait(&wanted);
		lab_start((uint64_t)op);
		nanosleep(&moment, NULL);
		lab_done((uint64_t)op, op);
		lab_ready((uint64_t)op);
		box_put(&box, op);
	}
	return unused;
}

static void run(void)
{
	pthread_t worker;
	int op, got;

	lab_name("loop");
	lab_loop("condvar");
	sem_init(&wanted, 0, 0);
	pthread_create(&worker, NULL, work, NULL);
	for (op = 1; op <= count(); op++) {
		lab_submit((uint64_t)op);
		sem_post(&wanted);
		got = box_take(&box);
		lab_poll(1);
		lab_check("delivered", got == op, "result %d comes where %d is due", got, op);
		if (got != op)
			return;
		lab_deliver((uint64_t)op);
	}
	pthread_join(worker, NULL);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "chain", .title = "one after the other", .run = run },
	{ 0 },
};
