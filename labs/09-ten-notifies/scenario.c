/*
 * scenario.c: bursts of results while the loop is busy, and results that come while it looks.
 */
#include "lab09.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/lab.h"

enum { OPS = 20, BURST = 10, WORKERS = 2 };

static struct inbox inbox;
static struct op ops[OPS];
static atomic_int notifies;		       /* by workers */
static int wakes, delivered, last_of[WORKERS]; /* by the loop */

/* ---- the inbox ---- */

void inbox_add(struct inbox *in, struct op *op)
{
	pthread_mutex_lock(&in->lock);
	op->next = NULL;
	if (in->first)
		in->last->next = op;
	else
		in->first = op;
	in->last = op;
	lab_done(op->id, 0);
	lab_ready(op->id);
	pthread_mutex_unlock(&in->lock);
}

struct op *inbox_take(struct inbox *in)
{
	struct op *all;

	pthread_mutex_lock(&in->lock);
	all = in->first;
	in->first = NULL;
	pthread_mutex_unlock(&in->lock);
	return all;
}

/* ---- the eventfd ---- */

LAB_QUIET void eventfd_notify(struct inbox *in)
{
	uint64_t one = 1;

	atomic_fetch_add(&notifies, 1); /* before the write: the loop finds it counted */
	(void)!write(in->fd, &one, sizeof(one));
}

/* Each wake drains the eventfd, so each needs its own notify. */
LAB_QUIET void eventfd_wait(struct inbox *in)
{
	int so_far;

	(void)poll(&(struct pollfd){ .fd = in->fd, .events = POLLIN }, 1, -1);
	wakes++;
	so_far = atomic_load(&notifies);
	lab_check("silent", wakes <= so_far, "%d wakes for %d notifies: the eventfd stays readable",
		wakes, so_far);
}

LAB_QUIET void eventfd_drain(struct inbox *in)
{
	uint64_t count;

	(void)!read(in->fd, &count, sizeof(count));
}

/* ---- workers ---- */

/* Operations first, first + step, ... below end. */
struct job {
	int first, end, step;
};

LAB_QUIET static void *work(void *arg)
{
	const struct job *job = arg;
	int i;

	lab_name(job->first == 0 || job->step == 1 ? "worker 1" : "worker 2");
	for (i = job->first; i < job->end; i += job->step) {
		ops[i].id = (uint64_t)i + 1;
		lab_start(ops[i].id);
		inbox_put(&inbox, &ops[i]);
	}
	return NULL;
}

LAB_QUIET static pthread_t start(struct job *job)
{
	pthread_t worker;
	int i;

	for (i = job->first; i < job->end; i += job->step)
		lab_submit((uint64_t)i + 1);
	pthread_create(&worker, NULL, work, job);
	return worker;
}

/* ---- the loop ---- */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void open_inbox(void)
{
	lab_name("loop");
	lab_loop("eventfd");
	pthread_mutex_init(&inbox.lock, NULL);
	inbox.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

LAB_QUIET static void deliver(const struct op *op, int workers)
{
	int found = 0;
	const struct op *at;

	for (at = op; at; at = at->next)
		found++;
	lab_poll(found);
	for (; op; op = op->next) {
		int *last = &last_of[op->id % (unsigned)workers];

		lab_check("order", (int)op->id > *last, "operation %d comes after %d", (int)op->id,
			*last);
		*last = (int)op->id;
		lab_deliver(op->id);
		delivered++;
	}
}

LAB_QUIET static void deliver_until(int count, int workers)
{
	while (delivered < count)
		deliver(inbox_wait(&inbox), workers);
}

LAB_QUIET static void check_notifies(int results, int may)
{
	int sent = atomic_load(&notifies);

	lab_check("notifies", sent <= may, "%d notifies for %d results; %d is enough", sent,
		results, may);
}

/* A notify needs a cleared flag, and only a wake clears it. */
LAB_QUIET static void close_inbox(int64_t begin_ns)
{
	struct lab_counts c = lab_counts();
	int sent = atomic_load(&notifies);

	lab_check("notifies", sent <= wakes + 1, "%d notifies for %d wakes", sent, wakes);
	lab_check("forever", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: that is polling", c.waits - c.endless_waits,
		c.waits);
	/* The machine's clock always moves: it cannot tell whether a thread waited for more
	 * results. */
	if (!lab_is_real())
		lab_check("clock", now_ns() == begin_ns,
			"%d us passed in a program that needs no clock: this delays every result",
			(int)((now_ns() - begin_ns) / 1000));
	close(inbox.fd);
}

/* Ten results while the loop is busy; then ten more. */
static void burst(void)
{
	struct job job[2] = { { 0, BURST, 1 }, { BURST, 2 * BURST, 1 } };
	int64_t begin_ns = now_ns();
	int i;

	open_inbox();
	for (i = 0; i < 2; i++) {
		pthread_join(start(&job[i]), NULL);
		check_notifies((i + 1) * BURST, i + 1);
		deliver_until((i + 1) * BURST, 1);
	}
	close_inbox(begin_ns);
}

/* Two workers; the loop looks when both are done. */
static void pair(void)
{
	struct job job[2] = { { 0, 2, 2 }, { 1, 2, 2 } };
	int64_t begin_ns = now_ns();
	pthread_t worker[2];

	open_inbox();
	worker[0] = start(&job[0]);
	worker[1] = start(&job[1]);
	pthread_join(worker[0], NULL);
	pthread_join(worker[1], NULL);
	check_notifies(2, 1);
	deliver_until(2, 2);
	close_inbox(begin_ns);
}

/* Results while the loop looks, by `workers` workers. Three results are enough for a schedule to
 * fail; on real threads more of them make a failure more likely. */
static void stream(int workers)
{
	int count = lab_is_real() ? OPS : 3;
	struct job job[WORKERS] = { { 0, count, workers }, { 1, count, workers } };
	int64_t begin_ns = now_ns();
	pthread_t worker[WORKERS];
	int i;

	open_inbox();
	for (i = 0; i < workers; i++)
		worker[i] = start(&job[i]);
	deliver_until(count, workers);
	for (i = 0; i < workers; i++)
		pthread_join(worker[i], NULL);
	close_inbox(begin_ns);
}

static void one_worker(void)
{
	stream(1);
}

static void two_workers(void)
{
	stream(2);
}

#define LIMITS .max_steps = 600, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "burst", .title = "ten results at once, twice", .run = burst, LIMITS },
	{ .name = "pair", .title = "two workers, then the loop", .run = pair, LIMITS },
	{ .name = "one", .title = "three results by one worker", .run = one_worker, LIMITS },
	{ .name = "two", .title = "three results by two workers", .run = two_workers, LIMITS },
	{ 0 },
};
