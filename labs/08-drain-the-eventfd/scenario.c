/*
 * scenario.c: workers that notify, and a loop that sleeps on an eventfd.
 *
 * A loop that spins would spin until the limit of steps, and would hide everything else. So the
 * queue counts the wakes, and holds a loop that has spun for long enough until there is work.
 */
#include "lab08.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define OPS	    2
#define SEEN_ENOUGH 10 /* so many more wakes than notifies, or looks than wakes */

/* ---- the queue ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int queue[OPS + 1], head, tail;

void queue_push(int op)
{
	pthread_mutex_lock(&lock);
	queue[tail++] = op;
	lab_ready((uint64_t)op);
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
}

/* No more wakes than notifies, and every wait is for a notify. True in every schedule: the eventfd
 * stays readable until the loop drains it, and one drain removes at least one notify. */
static void check_waits(struct lab_counts c, int notifies)
{
	lab_check("late", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: the clock repaired a lost "
		"wake-up",
		c.late_wakes, c.waits);
	lab_check("poll", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: a throttled spin is still a spin",
		c.waits - c.endless_waits, c.waits);
	lab_check("spin", c.endless_waits <= notifies,
		"%d wakes for %d notifies: the eventfd stays readable", c.endless_waits, notifies);
	lab_check("spin", c.empty_polls <= c.waits + OPS,
		"%d looks found nothing, but only %d waits: this loop never sleeps", c.empty_polls,
		c.waits);
}

int queue_pop(void)
{
	struct lab_counts c;
	int op = 0;

	pthread_mutex_lock(&lock);
	c = lab_counts();
	if (c.waits > OPS + SEEN_ENOUGH || c.empty_polls > c.waits + OPS + SEEN_ENOUGH) {
		check_waits(c, OPS);
		while (head == tail)
			pthread_cond_wait(&filled, &lock);
	}
	if (head < tail)
		op = queue[head++];
	lab_poll(op != 0);
	pthread_mutex_unlock(&lock);
	return op;
}

/* ---- workers ---- */

static int idle_ms, per_worker; /* set before there are threads */
static int own;			/* the other thread's, until it is joined */

static void *work(void *arg)
{
	int first = *(const int *)arg, i;

	lab_name(first == 1 ? "worker 1" : "worker 2");
	for (i = 0; i < per_worker; i++) {
		struct timespec t = { idle_ms / 1000, idle_ms % 1000 * 1000000L };

		lab_start((uint64_t)(first + i));
		if (idle_ms > 0)
			nanosleep(&t, NULL);
		lab_done((uint64_t)(first + i), 0);
		publish(first + i);
	}
	return NULL;
}

/* Another thread of the process opens its own file. No notify may go into it. The empty poll() is a
 * step that concerns descriptors, so the explorer opens the file at every possible moment. */
static void *open_own(void *unused)
{
	lab_name("other");
	(void)poll(NULL, 0, 0);
	own = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return unused;
}

/* ---- the loop, and what must hold ---- */

static void serve(int workers, int ops)
{
	static int first[OPS];
	pthread_t thread[OPS];
	struct lab_counts c;
	int i, sum = 0;

	lab_name("loop");
	lab_loop("eventfd");
	loop_open();
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
	c = lab_counts();
	for (i = 0; i < workers; i++)
		pthread_join(thread[i], NULL);
	loop_close();
	check_waits(c, ops);
	lab_check("delivered", sum == ops * (ops + 1) / 2,
		"the results are not the ones that the workers published");
}

static void check_closed(void)
{
	lab_check("closed", lab_counts().open_fds == 0, "descriptors left open: %d",
		lab_counts().open_fds);
}

static void one(void)
{
	serve(1, 1);
	check_closed();
}

static void two(void)
{
	serve(1, 2);
}

static void pair(void)
{
	serve(2, 2);
}

static void other(void)
{
	pthread_t thread;
	uint64_t count = 0;

	pthread_create(&thread, NULL, open_own, NULL);
	serve(1, 2);
	pthread_join(thread, NULL);
	(void)!read(own, &count, sizeof(count));
	lab_check("foreign", count == 0, "a notify went into a file that is not the eventfd: %d",
		(int)count);
	close(own);
	check_closed();
}

static void idle(void)
{
	idle_ms = lab_is_real() ? 3 : 1000;
	serve(1, 2);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "one notify", .run = one },
	{ .name = "two", .title = "two notifies, one after the other", .run = two },
	{ .name = "pair", .title = "two workers", .run = pair },
	{ .name = "other", .title = "two notifies, and a file of another thread", .run = other },
	{ .name = "idle", .title = "two notifies, and an idle second before each", .run = idle },
	{ 0 },
};
