/*
 * scenario.c: workers that sleep, work that comes in drops or at once, and an end.
 *
 * Virtual time passes only when nobody can go on: 10 ms after a put, whoever was woken has looked
 * and gone back to sleep. On real threads that is waited for by looking whether it is so.
 */
#include "lab11.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#define WORKERS	   3
#define PATIENCE_S 5 /* of real threads: what has not happened by then does not */

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

/* At least so many waits have begun. Each lets go of a lock, so who puts next meets sleepers. */
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

/* In `mixed`: the first worker is at it, or the second one is back from it. */
static bool is_served(int op)
{
	return op == 1 ? LAB_LOAD(is_started[op]) : is_op_done(op) && have_waited(op + 1);
}

/* So much virtual time, or, on real threads, until it is so. There it yields and does not sleep:
 * a worker's sleep would look like a wait. */
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

/* In a burst of two operations each sees whether the other has been left in the queue. */
static void run(int op)
{
	LAB_STORE(is_started[op], true);
	lab_deliver((uint64_t)op);
	if (work_ms > 0) {
		pass(work_ms, both_started, 0);
		lab_check("idle", LAB_LOAD(is_started[1]) && LAB_LOAD(is_started[2]),
			"an operation lay in the queue for %d ms while a worker slept", work_ms);
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

static void open_house(int count)
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

static void go_home(int ops)
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

/* One by one. Real threads get several, since a real wait may end for no reason, once in a while:
 * one such wake in eight is no herd. */
static void calm(void)
{
	int op, ops = lab_is_real() ? LAB11_OPS : 1;
	struct lab_counts c;

	open_house(WORKERS);
	pass(10, have_waited, WORKERS);
	for (op = 1; op <= ops; op++) {
		submit(op);
		pass(10, have_waited, WORKERS + op);
	}
	c = lab_counts();
	lab_check("herd", 2 * c.empty_wakes <= ops,
		"%d wakes for nothing after %d notif%s, and half as many as notifies are fair: the "
		"herd is up",
		c.empty_wakes, ops, ops == 1 ? "y" : "ies");
	go_home(ops);
}

static void burst(void)
{
	open_house(2);
	work_ms = 100;
	submit(1);
	submit(2);
	pass(200, both_done, 0);
	go_home(2);
}

/* One worker is busy for long; the other is free again and again. */
static void mixed(void)
{
	int op;

	slow_op = 1;
	open_house(2);
	pass(10, have_waited, 2);
	for (op = 1; op <= 3; op++) {
		submit(op);
		pass(10, is_served, op);
	}
	lab_check("idle", LAB_LOAD(is_done[3]),
		"an operation lay in the queue for 10 ms while a worker slept");
	go_home(3);
}

static void evening(void)
{
	open_house(2);
	go_home(0);
}

static void last_guest(void)
{
	open_house(2);
	submit(1);
	go_home(1);
}

#define BOUNDS .max_steps = 400, .max_schedules = 20000

const struct lab_scenario lab_scenarios[] = {
	{ .name = "calm",
		.title = "three workers sleep, one operation comes",
		.run = calm,
		BOUNDS },
	{ .name = "burst", .title = "two workers, two operations at once", .run = burst, BOUNDS },
	{ .name = "mixed", .title = "two workers, one of them busy", .run = mixed, BOUNDS },
	{ .name = "evening", .title = "two workers, no work, closing", .run = evening, BOUNDS },
	{ .name = "last",
		.title = "two workers, one operation, closing",
		.run = last_guest,
		BOUNDS },
	{ 0 },
};
