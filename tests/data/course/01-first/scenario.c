/*
 * scenario.c: one worker, one result, one loop.
 */
#include "lab01.h"
#include "labs/explore/lab.h"

static struct mailbox box = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };

static void *work(void *arg)
{
	(void)arg;
	lab_name("worker");
	lab_start(1);
	lab_done(1, 7);
	lab_ready(1);
	mailbox_put(&box);
	return NULL;
}

static void run(void)
{
	pthread_t worker;

	lab_name("loop");
	lab_loop("condvar");
	lab_submit(1);
	pthread_create(&worker, NULL, work, NULL);
	mailbox_take(&box);
	lab_poll(1);
	lab_deliver(1);
	lab_check("delivered", !box.is_full, "the result is still in the mailbox");
	pthread_join(worker, NULL);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "one hand-over", .run = run },
	{ 0 },
};
