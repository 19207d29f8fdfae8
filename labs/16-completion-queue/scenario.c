/*
 * scenario.c: a ring made of an eventfd and a list, a disk that completes, and threads that put
 * operations into the mailbox.
 *
 * How long an operation stays there is measured on the virtual clock. On real threads counting
 * decides instead: no sleep while an operation is there and its notify is used up.
 */
#include "lab16.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define OPS 3

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* On real threads a millisecond of the scenarios' titles takes 0.3 ms. */
static void take_ms(int ms)
{
	struct timespec t = { 0, ms * (lab_is_real() ? 300000L : 1000000L) };

	if (ms > 0)
		nanosleep(&t, NULL);
}

/* ---- a list of operations under a lock ---- */

struct list {
	pthread_mutex_t lock;
	int op[OPS + 1], head, tail;
};

static void list_put(struct list *l, int op)
{
	pthread_mutex_lock(&l->lock);
	l->op[l->tail++] = op;
	pthread_mutex_unlock(&l->lock);
}

static int list_take(struct list *l)
{
	int op = 0;

	pthread_mutex_lock(&l->lock);
	if (l->head < l->tail)
		op = l->op[l->head++];
	pthread_mutex_unlock(&l->lock);
	return op;
}

/* ---- the mailbox and its eventfd ---- */

static struct list mailbox = { .lock = PTHREAD_MUTEX_INITIALIZER };
static int efd;
static int64_t put_ns[OPS + 1], longest_ns; /* the longest time in the mailbox */

LAB_QUIET static void note_put(int op)
{
	put_ns[op] = now_ns();
}

LAB_QUIET static void note_taken(int op)
{
	int64_t stay = now_ns() - put_ns[op];

	longest_ns = stay > longest_ns ? stay : longest_ns;
}

/* Operations whose handoff() has begun, has returned, that are taken. Notifies: begun, read. */
static _Atomic int handed_in, handed, taken, notified, seen;

LAB_QUIET static void count(_Atomic int *n, int more)
{
	/* release: pairs with the acquire in counted(); makes the notify of a handoff visible */
	atomic_fetch_add_explicit(n, more, memory_order_release);
}

LAB_QUIET static int counted(_Atomic int *n)
{
	/* acquire: pairs with the release in count() */
	return atomic_load_explicit(n, memory_order_acquire);
}

void mailbox_put(int op)
{
	note_put(op);
	list_put(&mailbox, op);
}

int mailbox_take(void)
{
	int op = list_take(&mailbox);

	if (op) {
		note_taken(op);
		count(&taken, 1);
	}
	return op;
}

void notify(void)
{
	count(&notified, 1);
	(void)eventfd_write(efd, 1);
}

/* ---- the ring ---- */

static struct list submitted = { .lock = PTHREAD_MUTEX_INITIALIZER };
static struct list completed = { .lock = PTHREAD_MUTEX_INITIALIZER };
static sem_t work;
static int completions; /* eventfd: completions in the ring; the ring waits for it */
static bool is_armed;
static bool has_seen_all; /* the loop has found the ring empty since its last wake */

void ring_submit(int op)
{
	list_put(&submitted, op);
	sem_post(&work);
}

void ring_arm_eventfd(void)
{
	lab_check("armed", !is_armed, "a second read of the eventfd is in flight: one is enough");
	is_armed = true;
}

/* As the kernel does: a read in flight takes the whole count and completes. */
static bool eventfd_completes(void)
{
	eventfd_t count_read;

	if (!is_armed || eventfd_read(efd, &count_read) < 0)
		return false;
	count(&seen, (int)count_read);
	is_armed = false;
	return true;
}

int ring_reap(void)
{
	eventfd_t one;
	int op = 0;

	if (eventfd_completes())
		op = NOTIFIED;
	else if (eventfd_read(completions, &one) == 0)
		op = list_take(&completed);
	lab_poll(op != 0);
	has_seen_all = op == 0;
	return op;
}

/*
 * The ring goes to sleep. If an operation is in the mailbox, a read must be in flight and a notify
 * must be left for it: otherwise only the clock or another completion finds the operation. A
 * handoff that is still running may notify for the others too, so the number of those begun is read
 * last.
 */
static void check_mailbox(void)
{
	int over = counted(&handed), left = over - counted(&taken);
	bool all_seen = counted(&notified) == counted(&seen);
	bool is_begun = counted(&handed_in) > over;

	lab_check("late", left <= 0 || is_begun || (is_armed && !all_seen),
		"the ring sleeps with %d operations in the mailbox, and %s", left,
		is_armed ? "all notifies are read" : "no read of the eventfd is in flight");
}

void ring_wait(int ms)
{
	struct pollfd p[2] = { { .fd = completions, .events = POLLIN },
		{ .fd = is_armed ? efd : -1, .events = POLLIN } };

	lab_check("batch", has_seen_all,
		"the loop sleeps and has not reaped all completions: one sleep for each");
	lab_note("%s", is_armed ? "a read of the eventfd is in flight" : "no read of the eventfd");
	has_seen_all = false;
	if (lab_is_real())
		check_mailbox();
	(void)poll(p, 2, ms);
}

void deliver(int op)
{
	lab_check("delivered", op >= 1 && op <= OPS, "%d is delivered, but it is not an operation",
		op);
	if (op >= 1 && op <= OPS)
		lab_deliver((uint64_t)op);
}

/* ---- the disk and the other threads ---- */

static int total, disk_ms, pause_ms;

static void *disk(void *unused)
{
	int i;

	lab_name("disk");
	for (i = 0; i < total; i++) {
		int op;

		sem_wait(&work);
		op = list_take(&submitted);
		lab_start((uint64_t)op);
		take_ms(disk_ms);
		lab_done((uint64_t)op, 0);
		lab_ready((uint64_t)op);
		list_put(&completed, op);
		(void)eventfd_write(completions, 1);
	}
	return unused;
}

/* Hands in operations `first` to `last`. */
struct sender {
	const char *name;
	int first, last;
};

static void *hand_in(void *arg)
{
	const struct sender *s = arg;
	int op;

	lab_name(s->name);
	for (op = s->first; op <= s->last; op++) {
		take_ms(pause_ms);
		lab_submit((uint64_t)op);
		count(&handed_in, 1);
		handoff(op);
		count(&handed, 1);
	}
	return NULL;
}

static void check_waits(void)
{
	struct lab_counts c = lab_counts();

	/* A busy machine may keep the loop from running: see check_mailbox(). */
	lab_check("late", lab_is_real() || longest_ns < 1000000,
		"an operation was in the mailbox for %lld ms: the ring slept, and nothing woke it",
		(long long)(longest_ns / 1000000));
	lab_check("late", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: the clock does the work of a notify",
		c.waits - c.endless_waits, c.waits);
}

static void serve(const struct sender *senders, int count)
{
	pthread_t sender[2], worker;
	int i;

	lab_name("loop");
	lab_loop("ring");
	total = senders[count - 1].last;
	sem_init(&work, 0, 0);
	efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	completions = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);
	has_seen_all = true;
	pthread_create(&worker, NULL, disk, NULL);
	for (i = 0; i < count; i++)
		pthread_create(&sender[i], NULL, hand_in, (void *)(uintptr_t)&senders[i]);
	run_loop(total);
	for (i = 0; i < count; i++)
		pthread_join(sender[i], NULL);
	pthread_join(worker, NULL);
	check_waits();
	close(completions);
	close(efd);
}

/* ---- the scenarios ---- */

static void one(void)
{
	static const struct sender s[] = { { "sender", 1, 1 } };

	serve(s, 1);
}

static void two(void)
{
	static const struct sender s[] = { { "sender", 1, 2 } };

	serve(s, 1);
}

static void burst(void)
{
	disk_ms = 7;
	two();
}

static void slow(void)
{
	static const struct sender s[] = { { "sender", 1, 3 } };

	disk_ms = 7;
	pause_ms = 3;
	serve(s, 1);
}

static void pair(void)
{
	static const struct sender s[] = { { "sender 1", 1, 1 }, { "sender 2", 2, 2 } };

	serve(s, 2);
}

#define LIMITS .max_steps = 1000, .max_seconds = 8

const struct lab_scenario lab_scenarios[] = {
	{ .name = "one", .title = "one operation from another thread", .run = one, LIMITS },
	{ .name = "slow",
		.title = "three, 3 ms apart, while the disk takes 7 ms for each",
		.run = slow,
		LIMITS },
	{ .name = "two", .title = "two, one right after the other", .run = two, LIMITS },
	{ .name = "burst", .title = "the same, and the disk takes 7 ms", .run = burst, LIMITS },
	{ .name = "pair", .title = "two threads, one operation each", .run = pair, LIMITS },
	{ 0 },
};
