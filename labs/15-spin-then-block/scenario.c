/*
 * scenario.c: results that come soon, later, and much later, and what the loop pays for each.
 *
 * Prices are round numbers on a virtual clock. On real threads the machine sets the prices and the
 * gaps, so the checks count only how often the loop looks, and how it sleeps.
 */
#include "lab15.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#define OPS	4
#define LONG_US 50 /* the least that real threads sleep: shorter sleeps take longer */

static _Atomic int inbox;
static sem_t requests;
static int gap_us, ops, processors = 2;
static bool is_look_free;
static atomic_int looks, peeks; /* by look(), by inbox_is_empty() */

static void sleep_ns(int64_t ns)
{
	struct timespec t = { 0, ns };

	nanosleep(&t, NULL);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Keep busy. A virtual clock moves only while a thread sleeps, so sleep there. */
static void take_time(int64_t ns)
{
	int64_t begin_ns;

	if (!lab_is_real()) {
		sleep_ns(ns);
		return;
	}
	begin_ns = now_ns();
	while (now_ns() - begin_ns < ns)
		continue;
}

/* ---- given ---- */

LAB_QUIET static void note(atomic_int *count)
{
	atomic_fetch_add(count, 1);
}

bool look(void)
{
	note(&looks);
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
	note(&peeks);
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
		if (gap_us >= LONG_US && lab_is_real())
			sleep_ns(gap_us * 1000); /* as a disk would: without a processor */
		else if (gap_us > 0)
			take_time(gap_us * 1000 - 500);
		publish(op);
	}
	return unused;
}

/* ---- the checks ---- */

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Twice the price with the gap known in advance: no rule can promise less. */
static void check_price(int looked, int sleeps)
{
	int cost = looked * LOOK_US + sleeps * SLEEP_US;
	int least = ops * smaller(gap_us, SLEEP_US);

	lab_check("cost", cost <= 2 * least,
		"%d us / %d us paid for %d results that come after %d us each: %d looks, "
		"%d sleeps",
		cost, 2 * least, ops, gap_us, looked, sleeps);
}

/* On real threads, whatever the gap: for each result as many looks as two sleeps cost. A call of
 * inbox_is_empty() is a look, too, but one before each sleep is necessary. */
LAB_QUIET static void check_spin(int looked, int sleeps)
{
	int peeked = atomic_load(&peeks) - sleeps;
	int may = ops * 2 * SLEEP_US / LOOK_US;

	if (peeked > 0)
		looked += peeked;
	lab_check("cost", looked <= may, "%d looks / %d for %d results: that is a poll", looked,
		may, ops);
}

LAB_QUIET static void check_cost(const struct lab_counts *c)
{
	int looked = atomic_load(&looks);

	if (processors == 1)
		lab_check("cost", looked == 0,
			"%d looks on one processor: while you look, the worker cannot run", looked);
	if (lab_is_real())
		check_spin(looked, c->endless_waits);
	else if (processors > 1 && !is_look_free)
		check_price(looked, c->endless_waits);
}

/* On the virtual clock a look takes time, and that is counted as a wait. */
LAB_QUIET static void check_waits(const struct lab_counts *c)
{
	int timed = c->waits - c->endless_waits;

	if (!lab_is_real() && !is_look_free)
		timed -= atomic_load(&looks);
	lab_check("forever", timed == 0,
		"%d waits have a timeout: a sleeper must be woken, not wake up to look", timed);
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
		lab_check("delivered", got == op, "next_result() returns %d, must be %d", got, op);
		if (got != op && ++wrong > 0)
			return;
		lab_deliver((uint64_t)op);
	}
	pthread_join(thread, NULL);
	c = lab_counts();
	check_cost(&c);
	check_waits(&c);
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
	{ .name = "race", .title = "at any moment, step by step", .run = race, LIMITS },
	{ .name = "restless",
		.title = "the same, with a spurious wake-up",
		.run = race,
		.spurious = 1,
		LIMITS },
	{ 0 },
};
