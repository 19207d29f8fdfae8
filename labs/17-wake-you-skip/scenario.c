/*
 * scenario.c: a worker that notifies, a loop that sleeps, and store buffers between them.
 *
 * With store buffers, a store waits in its processor and reaches memory later, when the next load
 * is already done. That is how x86 works. A system call empties the buffer.
 */
#include "lab17.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "labs/explore/lab.h"

static struct gate gate;
static sem_t bed;
static atomic_int calls;

/* ---- the kernel ---- */

void kernel_sleep(void)
{
	sem_wait(&bed);
}

LAB_QUIET void kernel_wake(void)
{
	/* relaxed, here and below: counted during a notify, read when there is none */
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	sem_post(&bed);
}

LAB_QUIET static int calls_so_far(void)
{
	return atomic_load_explicit(&calls, memory_order_relaxed);
}

/* ---- worker and loop ---- */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

struct range {
	int first, last;
};

LAB_QUIET static void *work(void *arg)
{
	const struct range *range = arg;
	int i;

	lab_name("worker");
	for (i = range->first; i <= range->last; i++) {
		lab_start((uint64_t)i);
		lab_done((uint64_t)i, 0);
		lab_ready((uint64_t)i);
		gate_notify(&gate);
	}
	return NULL;
}

LAB_QUIET static pthread_t start(struct range *range)
{
	pthread_t worker;
	int i;

	for (i = range->first; i <= range->last; i++)
		lab_submit((uint64_t)i);
	pthread_create(&worker, NULL, work, range);
	return worker;
}

static int notifies_seen(void)
{
	return atomic_load_explicit(&gate.notifies, memory_order_acquire);
}

/* A result is there once its notify is seen. Deliver those beyond `have`. */
static void deliver(int have, int seen)
{
	lab_poll(seen - have);
	for (; have < seen; have++)
		lab_deliver((uint64_t)have + 1);
}

static void check_waits(int64_t begin_ns)
{
	struct lab_counts c = lab_counts();

	lab_check("clock", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: a sleep is not synchronisation",
		c.waits - c.endless_waits, c.waits);
	if (lab_is_real())
		return; /* time always passes there */
	lab_check("clock", now_ns() == begin_ns,
		"%d us passed: a thread sleeps, and a sleep is not synchronisation",
		(int)((now_ns() - begin_ns) / 1000));
}

/* So many results, one after the other, for a loop that sleeps when there is none. */
static void hand_over(int count)
{
	struct range range = { 1, count };
	int64_t begin_ns = now_ns();
	int have = -1, seen;
	pthread_t worker;

	lab_name("loop");
	lab_loop("gate");
	sem_init(&bed, 0, 0);
	worker = start(&range);
	for (;; have = seen) {
		seen = notifies_seen();
		lab_check("early", seen != have, "gate_sleep() returned at notify %d, as before",
			have);
		deliver(have < 0 ? 0 : have, seen);
		if (seen == count)
			break;
		gate_sleep(&gate, seen);
	}
	pthread_join(worker, NULL);
	check_waits(begin_ns);
}

static void one(void)
{
	hand_over(1);
}

/* If all schedules are tried, two results are enough. Real threads need luck, so they get more. */
static void two(void)
{
	hand_over(lab_is_real() ? 100 : 2);
}

/* After a first hand-over the loop is busy, and does not sleep any more. */
static void busy(void)
{
	struct range range = { 2, 4 };
	int calls_before;

	hand_over(1);
	calls_before = calls_so_far();
	pthread_join(start(&range), NULL);
	deliver(1, notifies_seen());
	lab_check("skip", calls_so_far() == calls_before,
		"%d of 3 notifies call the kernel, although no thread sleeps: "
		"correct, but the fast path is gone",
		calls_so_far() - calls_before);
}

#define LIMITS .max_steps = 400, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "ideal", .title = "two results, no store buffers", .run = two, LIMITS },
	{ .name = "one", .title = "one result", .run = one, .store_buffers = true, LIMITS },
	{ .name = "busy",
		.title = "one result; three more while no thread sleeps",
		.run = busy,
		.store_buffers = true,
		LIMITS },
	{ 0 },
};
