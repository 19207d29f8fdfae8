/*
 * scenario.c: a ring made of an eventfd and a list, a disk that completes, and threads that send
 * mail.
 *
 * How long mail lies is for a clock that stands still while anybody can go on. On real threads the
 * same is said by what is counted: nobody sleeps while mail lies there whose ring is used up.
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

/* On real threads a millisecond of the scenarios' titles takes a third of one. */
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

/* ---- the mailbox and the bell ---- */

static struct list mailbox = { .lock = PTHREAD_MUTEX_INITIALIZER };
static int bell;
static int64_t mailed_ns[OPS + 1], lain_ns; /* the books: the longest that mail has lain */

LAB_QUIET static void note_mailed(int op)
{
	mailed_ns[op] = now_ns();
}

LAB_QUIET static void note_taken(int op)
{
	int64_t lain = now_ns() - mailed_ns[op];

	lain_ns = lain > lain_ns ? lain : lain_ns;
}

/* Letters: their handoff() has begun, has returned, they are taken. Rings: begun, read. */
static _Atomic int handed_in, handed, taken, rung, heard;

LAB_QUIET static void count(_Atomic int *n, int more)
{
	/* release: pairs with the acquire in counted(); who sees a letter handed sees its ring */
	atomic_fetch_add_explicit(n, more, memory_order_release);
}

LAB_QUIET static int counted(_Atomic int *n)
{
	/* acquire: pairs with the release in count() */
	return atomic_load_explicit(n, memory_order_acquire);
}

void mailbox_put(int op)
{
	note_mailed(op);
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

void bell_ring(void)
{
	count(&rung, 1);
	(void)eventfd_write(bell, 1);
}

/* ---- the ring ---- */

static struct list submitted = { .lock = PTHREAD_MUTEX_INITIALIZER };
static struct list completed = { .lock = PTHREAD_MUTEX_INITIALIZER };
static sem_t work;
static int completions; /* eventfd: so many are in the ring; what the ring sleeps on */
static bool is_armed;
static bool has_seen_all; /* the books: the loop has found the ring empty since its last wake */

void ring_submit(int op)
{
	list_put(&submitted, op);
	sem_post(&work);
}

void ring_arm_bell(void)
{
	lab_check("armed", !is_armed, "a second read of the bell is in flight: one is enough");
	is_armed = true;
}

/* As the kernel does: a read in flight takes what the bell has counted, and completes. */
static bool bell_completes(void)
{
	eventfd_t rings;

	if (!is_armed || eventfd_read(bell, &rings) < 0)
		return false;
	count(&heard, (int)rings);
	is_armed = false;
	return true;
}

int ring_reap(void)
{
	eventfd_t one;
	int op = 0;

	if (bell_completes())
		op = BELL;
	else if (eventfd_read(completions, &one) == 0)
		op = list_take(&completed);
	lab_poll(op != 0);
	has_seen_all = op == 0;
	return op;
}

/*
 * The ring goes to sleep. If a letter lies there, a ring of the bell must be left for the read in
 * flight: else only the clock finds the letter, or some completion. Who is about to hand in may yet
 * ring for the others, so it is asked last whether any handoff() has begun and was not over at
 * first.
 */
static void check_mail(void)
{
	int over = counted(&handed), letters = over - counted(&taken);
	bool is_heard = counted(&rung) == counted(&heard);
	bool is_begun = counted(&handed_in) > over;

	lab_check("late", letters <= 0 || is_begun || (is_armed && !is_heard),
		"the ring sleeps, %d letters lie in the mailbox, and %s", letters,
		is_armed ? "all rings are read" : "no read of the bell is in flight");
}

void ring_wait(int ms)
{
	struct pollfd p[2] = { { .fd = completions, .events = POLLIN },
		{ .fd = is_armed ? bell : -1, .events = POLLIN } };

	lab_check("batch", has_seen_all,
		"the loop sleeps and has not reaped all there was: one sleep for each completion");
	lab_note("%s", is_armed ? "a read of the bell is in flight" : "no read of the bell");
	has_seen_all = false;
	if (lab_is_real())
		check_mail();
	(void)poll(p, 2, ms);
}

void deliver(int op)
{
	lab_check("delivered", op >= 1 && op <= OPS, "%d is delivered, and is no operation", op);
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

static void *send_mail(void *arg)
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

	/* On a busy machine mail lies while the loop is kept from running: see check_mail(). */
	lab_check("late", lab_is_real() || lain_ns < 1000000,
		"an operation lay %lld ms in the mailbox: the ring slept, and nobody woke it",
		(long long)(lain_ns / 1000000));
	lab_check("late", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: the clock is to find what nobody rang for",
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
	bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	completions = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC | EFD_SEMAPHORE);
	has_seen_all = true;
	pthread_create(&worker, NULL, disk, NULL);
	for (i = 0; i < count; i++)
		pthread_create(&sender[i], NULL, send_mail, (void *)(uintptr_t)&senders[i]);
	run_loop(total);
	for (i = 0; i < count; i++)
		pthread_join(sender[i], NULL);
	pthread_join(worker, NULL);
	check_waits();
	close(completions);
	close(bell);
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
