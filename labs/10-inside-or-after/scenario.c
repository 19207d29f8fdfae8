/*
 * scenario.c: calls that the waiter frees, and an inbox that stays.
 *
 * The explorer poisons memory when it is freed, so it finds every access that comes too late. On
 * real threads nothing is poisoned, and finding one takes luck.
 */
#include "lab10.h"

#include <time.h>

#include "labs/explore/lab.h"

enum { CALLS = 2, OPS = 2 };

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void check_waits(int64_t begin_ns)
{
	struct lab_counts c = lab_counts();

	lab_check("forever", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: that is polling", c.waits - c.endless_waits,
		c.waits);
	if (lab_is_real())
		return; /* time always passes there; the check above finds a caller that sleeps */
	lab_check("clock", now_ns() == begin_ns,
		"%d ms passed: a thread sleeps, and a sleep is not synchronisation",
		(int)((now_ns() - begin_ns) / 1000000));
}

/* ---- calls ---- */

struct job {
	uint64_t op;
	struct call *call;
};

static void *complete(void *arg)
{
	struct job *job = arg;

	lab_name("worker");
	lab_start(job->op);
	lab_done(job->op, (int64_t)job->op * 100);
	lab_ready(job->op);
	call_complete(job->call, (int64_t)job->op * 100);
	return NULL;
}

static void wait_for(const struct job *job)
{
	int64_t result = call_wait(job->call), want = (int64_t)job->op * 100;

	lab_check("result", result == want, "call %d returns %d, must be %d", (int)job->op,
		(int)result, (int)want);
	lab_deliver(job->op);
}

static void run_calls(int count)
{
	struct job job[CALLS];
	pthread_t worker[CALLS];
	int64_t begin_ns = now_ns();
	int i;

	lab_name("caller");
	lab_loop("condvar");
	for (i = 0; i < count; i++) {
		job[i] = (struct job){ (uint64_t)i + 1, call_create() };
		lab_submit(job[i].op);
		pthread_create(&worker[i], NULL, complete, &job[i]);
	}
	for (i = 0; i < count; i++)
		wait_for(&job[i]);
	for (i = 0; i < count; i++)
		pthread_join(worker[i], NULL);
	check_waits(begin_ns);
}

static void one(void)
{
	run_calls(1);
}

static void two(void)
{
	run_calls(2);
}

/* ---- the inbox ---- */

static struct inbox inbox = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL };

LAB_QUIET void op_is_ready(struct op *op)
{
	lab_done(op->id, 0);
	lab_ready(op->id);
}

static void *put(void *arg)
{
	struct op *op = arg;

	lab_name(op->id == 1 ? "worker 1" : "worker 2");
	lab_start(op->id);
	inbox_put(&inbox, op);
	return NULL;
}

/* Returns how many it delivers. */
LAB_QUIET static int deliver(const struct op *op)
{
	int count = 0;

	for (; op; op = op->next, count++)
		lab_deliver(op->id);
	return count;
}

static void many(void)
{
	static struct op op[OPS] = { { .id = 1 }, { .id = 2 } };
	pthread_t worker[OPS];
	int64_t begin_ns = now_ns();
	int i, delivered = 0;

	lab_name("loop");
	lab_loop("condvar");
	for (i = 0; i < OPS; i++) {
		lab_submit(op[i].id);
		pthread_create(&worker[i], NULL, put, &op[i]);
	}
	while (delivered < OPS) {
		int found = deliver(inbox_take(&inbox));

		lab_check("empty", found > 0, "inbox_take() returned nothing");
		if (found == 0)
			return;
		delivered += found;
	}
	for (i = 0; i < OPS; i++)
		pthread_join(worker[i], NULL);
	check_waits(begin_ns);
}

#define LIMITS .max_steps = 400, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "one call", .run = one, .leaks = true, LIMITS },
	{ .name = "two", .title = "two calls at once", .run = two, LIMITS },
	{ .name = "restless",
		.title = "two calls, one spurious wake-up",
		.run = two,
		.spurious = 1,
		LIMITS },
	{ .name = "inbox",
		.title = "two results in the inbox",
		.run = many,
		.spurious = 1,
		LIMITS },
	{ 0 },
};
