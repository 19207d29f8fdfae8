/*
 * scenario.c: a pool that opens, gets operations, and closes.
 *
 * In `race` an operation comes while the pool closes. The pool may accept it or not; but if it is
 * accepted, it must be run or cancelled.
 */
#include "lab14.h"

#include <pthread.h>
#include <time.h>

#define OPS	    (2 * LAB14_OPS) /* in all rounds */
#define PATIENCE_MS 5000 /* with real threads: what has not happened by then never happens */

/* Written by the thread that ends or submits an operation; read when pool_stop() has returned. */
static int runs[OPS + 1], cancels[OPS + 1];
static bool is_accepted[OPS + 1];

static void end_of(int op, int *count)
{
	lab_poll(1);
	LAB_STORE(*count, *count + 1);
	lab_deliver((uint64_t)op);
}

static void submit(int op);
static bool is_chain;

/* In `chain` an operation submits the next one, as callbacks do. */
void run(int op)
{
	end_of(op, &runs[op]);
	if (is_chain && op == 1)
		submit(2);
}

void cancel(int op)
{
	end_of(op, &cancels[op]);
}

static void submit(int op)
{
	lab_submit((uint64_t)op);
	lab_start((uint64_t)op);
	lab_done((uint64_t)op, 0);
	LAB_STORE(is_accepted[op], pool_submit(op));
	if (!LAB_LOAD(is_accepted[op])) {
		lab_ready((uint64_t)op); /* not accepted: it ends here */
		lab_deliver((uint64_t)op);
	}
}

/* Close, and check that nothing is left. */
static void close_down(int ops)
{
	int op, accepted = 0, ended = 0;
	struct lab_counts c;

	pool_stop();
	for (op = 1; op <= ops; op++) {
		accepted += LAB_LOAD(is_accepted[op]);
		ended += LAB_LOAD(is_accepted[op]) &&
			 LAB_LOAD(runs[op]) + LAB_LOAD(cancels[op]) == 1;
	}
	lab_check("ended", ended == accepted,
		"%d of %d accepted operations were run or cancelled, once each", ended, accepted);
	c = lab_counts();
	lab_check("poll", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: the workers poll for the end",
		c.waits - c.endless_waits, c.waits);
}

static void submit_early(int op)
{
	submit(op);
	lab_check("open", is_accepted[op],
		"operation %d is not accepted, although the pool is open", op);
}

static void idle(void)
{
	lab_name("boss");
	pool_start(1);
	close_down(0);
}

static void one(void)
{
	lab_name("boss");
	pool_start(1);
	submit_early(1);
	close_down(1);
}

static void two(void)
{
	lab_name("boss");
	pool_start(2);
	submit_early(1);
	close_down(1);
}

static void *submit_late(void *unused)
{
	lab_name("submitter");
	submit(2);
	return unused;
}

static void race(void)
{
	pthread_t thread;

	lab_name("boss");
	pool_start(1);
	submit_early(1);
	pthread_create(&thread, NULL, submit_late, NULL);
	pool_stop();
	pthread_join(thread, NULL);
	lab_check("ended", !is_accepted[2] || runs[2] + cancels[2] == 1,
		"operation 2 was accepted while the pool closed, but neither run nor cancelled");
}

/* On real threads: until the worker has run op and, soon, sleeps again. How soon depends on the
 * machine, so the clock chooses a random delay of up to 2 us. */
static void let_it_fall_asleep(int op)
{
	struct timespec now;
	long i;

	if (!lab_is_real())
		return;
	for (i = 0; i < 1000000 && !LAB_LOAD(runs[op]); i++)
		continue;
	clock_gettime(CLOCK_MONOTONIC, &now);
	for (i = now.tv_nsec % 1000; i > 0; i--)
		(void)LAB_LOAD(runs[op]);
}

static void again(void)
{
	int op;

	lab_name("boss");
	for (op = 1; op <= 2; op++) {
		pool_start(1);
		submit_early(op);
		let_it_fall_asleep(op);
		close_down(op);
	}
}

static void chain(void)
{
	is_chain = true;
	lab_name("boss");
	pool_start(1);
	submit_early(1);
	close_down(2);
}

static void pass_ms(int ms)
{
	struct timespec t = { 0, ms * 1000000L };

	nanosleep(&t, NULL);
}

static bool both_wait(void)
{
	return lab_counts().waits >= 2;
}

static bool is_run(void)
{
	return LAB_LOAD(runs[1]) == 1;
}

/* Let so much virtual time pass: every step that is possible has happened by then. With real
 * threads, wait until is_so(). */
static void pass(int virtual_ms, bool (*is_so)(void))
{
	int ms;

	if (!lab_is_real())
		pass_ms(virtual_ms);
	else
		for (ms = 0; ms < PATIENCE_MS && !is_so(); ms++)
			pass_ms(1);
}

static void slow(void)
{
	lab_name("boss");
	pool_start(2);
	pass(100, both_wait);
	submit_early(1);
	pass(250, is_run);
	lab_check("open", is_run(),
		"operation 1 is not run within 250 ms, although the pool is open");
	close_down(1);
}

/* As many operations as may come in one round, twice. */
static void full(void)
{
	int round, op;

	lab_name("boss");
	for (round = 0; round < 2; round++) {
		pool_start(1);
		for (op = 1; op <= LAB14_OPS; op++) {
			submit_early(round * LAB14_OPS + op);
			pass_ms(1);
		}
		close_down((round + 1) * LAB14_OPS);
	}
}

/* The solution needs 88 schedules at most: a worker that never sleeps is found soon. */
#define BOUNDS .max_steps = 300, .max_schedules = 3000

const struct lab_scenario lab_scenarios[] = {
	{ .name = "idle", .title = "one worker, no work", .run = idle, BOUNDS },
	{ .name = "one",
		.title = "one worker, one operation, one spurious wake-up",
		.run = one,
		BOUNDS,
		.spurious = 1 },
	{ .name = "two", .title = "two workers, one operation", .run = two, BOUNDS },
	{ .name = "race",
		.title = "an operation comes while the pool closes",
		.run = race,
		BOUNDS },
	{ .name = "again", .title = "open and close twice", .run = again, BOUNDS },
	{ .name = "chain", .title = "an operation submits another", .run = chain, BOUNDS },
	{ .name = "slow", .title = "open for 350 ms", .run = slow, BOUNDS },
	{ .name = "full", .title = "as many operations as may come, twice", .run = full, BOUNDS },
	{ 0 },
};
