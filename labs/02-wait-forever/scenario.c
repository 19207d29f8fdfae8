/*
 * scenario.c: workers that finish operations, and a loop that waits for them.
 *
 * In `slow` an operation takes 100 ms of the virtual clock: long enough to see that a loop polls.
 * On real threads 2 ms are enough, and leave time for more rounds.
 */
#include "lab02.h"

#include <pthread.h>
#include <time.h>

#define OPS 2

/* ---- the queue: it has its own lock, so a look is always safe ---- */

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static int queue[OPS + 1], head, tail;

void queue_push(int op)
{
	pthread_mutex_lock(&queue_lock);
	queue[tail++] = op;
	lab_ready((uint64_t)op);
	pthread_mutex_unlock(&queue_lock);
}

int queue_pop(void)
{
	int op = 0;

	pthread_mutex_lock(&queue_lock);
	if (head < tail)
		op = queue[head++];
	lab_poll(op != 0);
	pthread_mutex_unlock(&queue_lock);
	return op;
}

bool queue_is_empty(void)
{
	bool is_empty;

	pthread_mutex_lock(&queue_lock);
	is_empty = head == tail;
	pthread_mutex_unlock(&queue_lock);
	return is_empty;
}

/* ---- workers ---- */

static int slow_ms, per_worker;

static void *work(void *arg)
{
	int first = *(const int *)arg, i;

	lab_name(first == 1 ? "worker 1" : "worker 2");
	for (i = 0; i < per_worker; i++) {
		struct timespec t = { 0, slow_ms * 1000000L };

		lab_start((uint64_t)(first + i));
		if (slow_ms > 0)
			nanosleep(&t, NULL);
		lab_done((uint64_t)(first + i), 0);
		publish(first + i);
	}
	return NULL;
}

/* ---- the loop, and what must hold ---- */

static void serve(int workers, int ops)
{
	static int first[OPS];
	pthread_t thread[OPS];
	struct lab_counts c;
	int i, sum = 0;

	lab_name("loop");
	lab_loop("condvar");
	for (i = 0; i < ops; i++)
		lab_submit((uint64_t)i + 1);
	per_worker = ops / workers;
	for (i = 0; i < workers; i++) {
		first[i] = i * per_worker + 1;
		pthread_create(&thread[i], NULL, work, &first[i]);
	}
	for (i = 0; i < ops; i++) {
		int op = next_result();

		sum += op;
		lab_deliver((uint64_t)op);
	}
	for (i = 0; i < workers; i++)
		pthread_join(thread[i], NULL);
	c = lab_counts();
	lab_check("late", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: the clock repaired a lost "
		"wake-up",
		c.late_wakes, c.waits);
	lab_check("poll",
		c.waits == c.endless_waits && c.empty_polls <= 2 * (ops + c.endless_waits),
		"%d of %d waits for ever, %d looks found nothing: this loop polls", c.endless_waits,
		c.waits, c.empty_polls);
	lab_check("delivered", sum == ops * (ops + 1) / 2,
		"the results are not the ones that the workers published");
}

static void one(void)
{
	serve(1, 1);
}

static void two(void)
{
	serve(1, 2);
}

static void pair(void)
{
	serve(2, 2);
}

static void slow(void)
{
	slow_ms = lab_is_real() ? 2 : 100;
	serve(1, 2);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "one result", .run = one },
	{ .name = "two", .title = "two results, one after the other", .run = two },
	{ .name = "pair", .title = "two workers", .run = pair },
	{ .name = "slow", .title = "two results that take 100 ms each", .run = slow },
	{ 0 },
};
