/*
 * scenario.c: two sources with a queue each, and one or two loops that look into both.
 *
 * The files put a result, release their lock and notify. The sockets notify while they hold their
 * lock, as libraries do. Both are allowed, and a loop must work with both.
 */
#include "lab04.h"

#include <pthread.h>
#include <time.h>

enum { FILES, SOCKETS, SOURCES };

static struct source {
	pthread_mutex_t lock;
	int op; /* 0: none */
} sources[SOURCES] = { { PTHREAD_MUTEX_INITIALIZER, 0 }, { PTHREAD_MUTEX_INITIALIZER, 0 } };

static int pause_ms, share; /* set before there are threads */

static int take_from(struct source *s)
{
	int op;

	pthread_mutex_lock(&s->lock);
	op = s->op;
	s->op = 0;
	pthread_mutex_unlock(&s->lock);
	return op;
}

int take_any(void)
{
	int op = take_from(&sources[FILES]);

	if (op == 0)
		op = take_from(&sources[SOCKETS]);
	lab_poll(op != 0);
	return op;
}

static void put(struct source *s, int op)
{
	struct timespec t = { 0, op * pause_ms * 1000000L };

	lab_start((uint64_t)op);
	if (pause_ms > 0)
		nanosleep(&t, NULL);
	lab_done((uint64_t)op, 0);
	pthread_mutex_lock(&s->lock);
	s->op = op;
	lab_ready((uint64_t)op);
}

static void *files(void *unused)
{
	lab_name("files");
	put(&sources[FILES], 1);
	pthread_mutex_unlock(&sources[FILES].lock);
	notify();
	return unused;
}

static void *sockets(void *unused)
{
	lab_name("sockets");
	put(&sources[SOCKETS], 2);
	notify();
	pthread_mutex_unlock(&sources[SOCKETS].lock);
	return unused;
}

static void *loop(void *name)
{
	int i;

	lab_name(name);
	lab_loop("condvar");
	for (i = 0; i < share; i++)
		lab_deliver((uint64_t)next_result());
	return NULL;
}

/* `count` sources with one result each, shared by `loops` loops. The main thread is a loop, too. */
static void serve(int count, int loops)
{
	static void *(*const bodies[])(void *) = { files, sockets };
	pthread_t thread[SOURCES], other;
	struct lab_counts c;
	int i;

	for (i = 0; i < count; i++)
		lab_submit((uint64_t)i + 1);
	share = count / loops;
	for (i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, bodies[i], NULL);
	if (loops == 2)
		pthread_create(&other, NULL, loop, "loop B");
	loop("loop A");
	if (loops == 2)
		pthread_join(other, NULL);
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	c = lab_counts();
	lab_check("late", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: the clock repaired a lost "
		"wake-up",
		c.late_wakes, c.waits);
	lab_check("poll", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: this loop polls", c.waits - c.endless_waits,
		c.waits);
	/* A loop looks when it is asked for a result, after a wait, and for each change. Two looks
	 * for each of these are fine; more is polling without a wait. */
	lab_check("poll", c.empty_polls <= 2 * (count + c.waits + loops * count),
		"%d looks found nothing, for %d waits and %d changes: this loop polls",
		c.empty_polls, c.waits, count);
}

static void one(void)
{
	serve(1, 1);
}

static void two(void)
{
	serve(2, 1);
}

static void loops(void)
{
	serve(2, 2);
}

/* Long enough that each wait ends before the next result; on real threads less is enough. */
static int a_while_ms(void)
{
	return lab_is_real() ? 2 : 100;
}

static void slow(void)
{
	pause_ms = a_while_ms();
	serve(2, 1);
}

/* A loop with an empty wake has time to show what it does then. */
static void slow_loops(void)
{
	pause_ms = a_while_ms();
	serve(2, 2);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "files only, one loop", .run = one, .max_steps = 400 },
	{ .name = "two", .title = "files and sockets, one loop", .run = two, .max_steps = 400 },
	{ .name = "loops",
		.title = "files and sockets, two loops",
		.run = loops,
		.max_steps = 400 },
	{ .name = "slow", .title = "files take 100 ms, sockets 200 ms", .run = slow },
	{ .name = "slow-loops",
		.title = "the same, with two loops",
		.run = slow_loops,
		.max_schedules = 3000 },
	{ 0 },
};
