/*
 * scenario.c: results that come soon, later, and much later, and what the loop pays for each.
 */
#include "lab15.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#define OPS 4

/* What only keeps the books: no steps of its own. */
#define QUIET __attribute__((no_sanitize("thread")))

static _Atomic int inbox;
static sem_t requests;
static int gap_us, ops, processors = 2, looks;
static bool is_look_free;

static void take_time(int64_t ns)
{
	struct timespec t = { 0, ns };

	nanosleep(&t, NULL);
}

/* ---- given ---- */

QUIET static void note_look(void)
{
	looks++;
}

bool look(void)
{
	note_look();
	if (!is_look_free)
		take_time(LOOK_US * 1000);
	return atomic_load(&inbox) != 0;
}

int cpus(void)
{
	return processors;
}

void inbox_put(int op)
{
	lab_done((uint64_t)op, 0);
	lab_ready((uint64_t)op);
	atomic_store(&inbox, op);
}

int inbox_take(void)
{
	int op = atomic_exchange(&inbox, 0);

	lab_poll(op != 0);
	return op;
}

bool inbox_is_empty(void)
{
	return atomic_load(&inbox) == 0;
}

/* ---- the worker ---- */

static void *work(void *unused)
{
	int op;

	lab_name("worker");
	for (op = 1; op <= ops; op++) {
		sem_wait(&requests);
		lab_start((uint64_t)op);
		if (gap_us > 0)
			take_time(gap_us * 1000 - 500);
		publish(op);
	}
	return unused;
}

/* ---- what must hold ---- */

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Twice what somebody pays who knows when the result comes: nobody can promise less. */
static void check_cost(const struct lab_counts *c)
{
	int sleeps = c->endless_waits;
	int cost = looks * LOOK_US + sleeps * SLEEP_US;
	int least = ops * smaller(gap_us, SLEEP_US);

	if (processors == 1)
		lab_check("cost", looks == 0,
			"%d looks on one processor: while you look, the worker cannot run", looks);
	else if (!is_look_free)
		lab_check("cost", cost <= 2 * least,
			"%d us / %d us paid for %d results that come after %d us each: %d looks, "
			"%d sleeps",
			cost, 2 * least, ops, gap_us, looks, sleeps);
}

static void serve(void)
{
	struct lab_counts c;
	pthread_t thread;
	int op, wrong = 0;

	lab_name("loop");
	lab_loop("spin");
	sem_init(&requests, 0, 0);
	pthread_create(&thread, NULL, work, NULL);
	for (op = 1; op <= ops; op++) {
		int got;

		lab_submit((uint64_t)op);
		sem_post(&requests);
		got = next_result();
		lab_check("delivered", got == op, "result %d comes where %d is due", got, op);
		if (got != op && ++wrong > 0)
			return;
		lab_deliver((uint64_t)op);
	}
	pthread_join(thread, NULL);
	c = lab_counts();
	check_cost(&c);
	lab_check("forever", c.waits - c.endless_waits == (is_look_free ? 0 : looks),
		"%d waits have a timeout: who sleeps is to be woken, not to look again",
		c.waits - c.endless_waits - (is_look_free ? 0 : looks));
}

static void run(int each_gap_us)
{
	ops = OPS;
	gap_us = each_gap_us;
	serve();
}

static void near(void)
{
	run(3);
}

static void between(void)
{
	run(9);
}

static void away(void)
{
	run(50);
}

static void far(void)
{
	run(500);
}

static void alone(void)
{
	processors = 1;
	run(50);
}

static void race(void)
{
	is_look_free = true;
	ops = 1;
	serve();
}

#define LIMITS .max_steps = 12000, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "near", .title = "each result comes after 3 us", .run = near, LIMITS },
	{ .name = "between", .title = "after 9 us", .run = between, LIMITS },
	{ .name = "away", .title = "after 50 us", .run = away, LIMITS },
	{ .name = "far", .title = "after 500 us", .run = far, LIMITS },
	{ .name = "alone", .title = "one processor, after 50 us", .run = alone, LIMITS },
	{ .name = "race", .title = "at any moment, seen step by step", .run = race, LIMITS },
	{ .name = "restless",
		.title = "and a wait ends for no reason",
		.run = race,
		.spurious = 1,
		LIMITS },
	{ 0 },
};
