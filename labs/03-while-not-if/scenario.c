/*
 * scenario.c: a producer and one or two consumers; some waits return for no reason.
 *
 * A pop from the empty queue returns NOTHING here, and the consumer tries again, so that the
 * schedule ends and can be shown. In a real program it would be an invalid pointer.
 */
#include "lab03.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define OPS	2
#define NOTHING (-1)

/* Guarded by the lock of loop.c, if loop.c uses it correctly. */
static int queue[OPS + 1], head, tail;

/* These counters do not depend on that lock. */
static atomic_int bad_pops, empty_looks, taken[OPS + 1];

LAB_QUIET static int count_one(atomic_int *counter)
{
	/* relaxed: read when the threads are joined, or only shown */
	return 1 + atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

LAB_QUIET static int count_of(const atomic_int *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed); /* relaxed: as above */
}

void queue_push(int op)
{
	queue[tail++] = op;
	lab_ready((uint64_t)op);
}

int queue_pop(void)
{
	lab_poll(head < tail);
	if (head < tail)
		return queue[head++];
	lab_check("pop", false,
		"pop from an empty queue (number %d): what was true at the notify is no longer "
		"true",
		count_one(&bad_pops));
	return NOTHING;
}

bool queue_is_empty(void)
{
	bool is_empty = head == tail;

	if (is_empty)
		(void)count_one(&empty_looks);
	return is_empty;
}

/* Each consumer takes its share; each operation goes to one consumer. */
static void *consume(void *arg)
{
	const int *share = arg;
	int got = 0;

	lab_loop("condvar");
	while (got < *share) {
		int op = take();

		if (op == NOTHING)
			continue;
		if (op < 1 || op > OPS)
			break;
		got++;
		(void)count_one(&taken[op]);
		lab_deliver((uint64_t)op);
	}
	return NULL;
}

static void *consume_a(void *arg)
{
	lab_name("consumer A");
	return consume(arg);
}

static void *consume_b(void *arg)
{
	lab_name("consumer B");
	return consume(arg);
}

static void check_waits(void)
{
	struct lab_counts c = lab_counts();

	lab_check("late", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: the clock repaired a lost "
		"wake-up",
		c.late_wakes, c.waits);
	lab_check("poll", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: this consumer polls", c.waits - c.endless_waits,
		c.waits);
	/* A consumer that finds the queue empty sleeps. Two looks for each are fine; more is
	 * polling without a wait. */
	lab_check("poll", count_of(&empty_looks) <= 2 * (OPS + c.waits),
		"%d looks found nothing, but only %d waits: this consumer never sleeps",
		count_of(&empty_looks), c.waits);
}

static void serve(int consumers, int pause_ms)
{
	static int share;
	pthread_t thread[2];
	int i, got = 0;

	lab_name("producer");
	share = OPS / consumers;
	pthread_create(&thread[0], NULL, consume_a, &share);
	if (consumers == 2)
		pthread_create(&thread[1], NULL, consume_b, &share);
	for (i = 1; i <= OPS; i++) {
		struct timespec t = { 0, pause_ms * 1000000L };

		if (pause_ms > 0)
			nanosleep(&t, NULL);
		lab_submit((uint64_t)i);
		lab_start((uint64_t)i);
		lab_done((uint64_t)i, 0);
		put(i);
	}
	for (i = 0; i < consumers; i++)
		pthread_join(thread[i], NULL);
	for (i = 1; i <= OPS; i++)
		got += count_of(&taken[i]) == 1;
	check_waits();
	lab_check("taken", got == OPS, "%d of %d operations are taken once: a consumer gave up",
		got, OPS);
}

static void one(void)
{
	serve(1, 0);
}

static void two(void)
{
	serve(2, 0);
}

static void slow(void)
{
	serve(1, lab_is_real() ? 2 : 100);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "spurious",
		.title = "one consumer; one wait ends for no reason",
		.run = one,
		.spurious = 1,
		.max_steps = 300 },
	{ .name = "stolen",
		.title = "two consumers; every wake has a reason",
		.run = two,
		.max_steps = 300 },
	{ .name = "both",
		.title = "two consumers; one wait ends for no reason",
		.run = two,
		.spurious = 1,
		.max_steps = 300 },
	{ .name = "slow", .title = "100 ms between operations", .run = slow, .max_steps = 300 },
	{ 0 },
};
