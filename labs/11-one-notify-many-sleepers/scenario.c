/*
 * scenario.c: workers that sleep, operations that come one by one or at once, and closing.
 *
 * Virtual time passes only when no thread can go on: 10 ms after a put, every worker that was woken
 * has looked and gone back to sleep. On real threads the scenario looks until this is so.
 */
#include "lab11.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#define WORKERS	   3
#define PATIENCE_S 5 /* of real threads: what has not happened by then never happens */

static int queue[LAB11_OPS], head, tail;
static int work_ms, slow_op, workers;
static bool is_started[LAB11_OPS + 1], is_done[LAB11_OPS + 1];
static pthread_t thread[WORKERS];

void queue_push(int op)
{
	queue[tail++] = op;
	lab_ready((uint64_t)op);
}

int queue_pop(void)
{
	lab_poll(head < tail);
	return head < tail ? queue[head++] : 0;
}

bool queue_is_empty(void)
{
	return head == tail;
}

/* ---- until all that can happen has happened ---- */

/* At least so many waits have begun. Each releases the lock, so the next put meets sleepers. */
static bool have_waited(int count)
{
	return lab_counts().waits >= count;
}

static bool both_started(int unused)
{
	(void)unused;
	return LAB_LOAD(is_started[1]) && LAB_LOAD(is_started[2]);
}

static bool is_op_done(int op)
{
	return LAB_LOAD(is_done[op]);
}

static bool both_done(int unused)
{
	(void)unused;
	return is_op_done(1) && is_op_done(2);
}

/* In `mixed`: the first worker has begun op, or the second one has ended it and waits. */
static bool is_served(int op)
{
	return op == 1 ? LAB_LOAD(is_started[op]) : is_op_done(op) && have_waited(op + 1);
}

/* Let so much virtual time pass or, on real threads, yield until is_so(). A sleep there would look
 * like a wait of a worker. */
static void pass(int ms, bool (*is_so)(int), int arg)
{
	struct timespec t = { 0, ms * 1000000L };
	time_t end;

	if (!lab_is_real()) {
		nanosleep(&t, NULL);
		return;
	}
	end = time(NULL) + PATIENCE_S;
	while (!is_so(arg) && time(NULL) <= end)
		sched_yield();
}

/* ---- the workers ---- */

/* In `burst` each of two operations checks that the other was not left in the queue. */
static void run(int op)
{
	LAB_STORE(is_started[op], true);
	lab_deliver((uint64_t)op);
	if (work_ms > 0) {
		pass(work_ms, both_started, 0);
		lab_check("idle", LAB_LOAD(is_started[1]) && LAB_LOAD(is_started[2]),
			"an operation was in the queue for %d ms while a worker slept", work_ms);
	}
	if (op == slow_op)
		pass(100, is_op_done, 3);
	LAB_STORE(is_done[op], true);
}

static void *work(void *name)
{
	int op;

	lab_name(name);
	lab_loop("condvar");
	while ((op = take()) != 0)
		run(op);
	return NULL;
}

static void start_workers(int count)
{
	static char *const names[WORKERS] = { "worker A", "worker B", "worker C" };

	lab_name("boss");
	for (workers = 0; workers < count; workers++)
		pthread_create(&thread[workers], NULL, work, names[workers]);
}

static void submit(int op)
{
	lab_submit((uint64_t)op);
	lab_start((uint64_t)op);
	lab_done((uint64_t)op, 0);
	put(op);
}

static void close_and_check(int ops)
{
	struct lab_counts c;
	int i, done = 0, allowed = 0;

	if (!lab_is_real()) /* work takes virtual time, and that looks like a wait */
		allowed = work_ms > 0 ? ops : slow_op > 0;
	close_down();
	for (i = 0; i < workers; i++)
		pthread_join(thread[i], NULL);
	for (i = 1; i <= ops; i++)
		done += is_done[i];
	c = lab_counts();
	lab_check("poll", c.waits - c.endless_waits <= allowed,
		"%d of %d waits have a timeout: the workers poll", c.waits - c.endless_waits,
		c.waits);
	lab_check("done", done == ops, "%d of %d operations are done", done, ops);
}

/* One by one. Real threads get several, because a real wait may end spuriously once in a while: one
 * such wake in eight is no herd. */
static void calm(void)
{
	int op, ops = lab_is_real() ? LAB11_OPS : 1;
	struct lab_counts c;

	start_workers(WORKERS);
	pass(10, have_waited, WORKERS);
	for (op = 1; op <= ops; op++) {
		submit(op);
		pass(10, have_waited, WORKERS + op);
	}
	c = lab_counts();
	lab_check("herd", 2 * c.empty_wakes <= ops,
		"%d wakes for nothing after %d notif%s: at most half as many are allowed",
		c.empty_wakes, ops, ops == 1 ? "y" : "ies");
	close_and_check(ops);
}

static void burst(void)
{
	start_workers(2);
	work_ms = 100;
	submit(1);
	submit(2);
	pass(200, both_done, 0);
	close_and_check(2);
}

/* One worker is busy for long; the other is free again and again. */
static void mixed(void)
{
	int op;

	slow_op = 1;
	start_workers(2);
	pass(10, have_waited, 2);
	for (op = 1; op <= 3; op++) {
		submit(op);
		pass(10, is_served, op);
	}
	lab_check("idle", LAB_LOAD(is_done[3]),
		"an operation was in the queue for 10 ms while a worker slept");
	close_and_check(3);
}

static void closing(void)
{
	start_workers(2);
	close_and_check(0);
}

static void last(void)
{
	start_workers(2);
	submit(1);
	close_and_check(1);
}

#define BOUNDS .max_steps = 400, .max_schedules = 20000

const struct lab_scenario lab_scenarios[] = {
	{ .name = "calm",
		.title = "three workers sleep, one operation comes",
		.run = calm,
		BOUNDS },
	{ .name = "burst", .title = "two workers, two operations at once", .run = burst, BOUNDS },
	{ .name = "mixed", .title = "two workers, one of them busy", .run = mixed, BOUNDS },
	{ .name = "closing", .title = "two workers, no work, closing", .run = closing, BOUNDS },
	{ .name = "last", .title = "two workers, one operation, closing", .run = last, BOUNDS },
	{ 0 },
};
