/*
 * scenario.c: a loop, and others who send signals to it: a profiler, and somebody who wants it to
 * end. The profiler's handler is installed with SA_RESTART, as they are.
 */
#include "lab13.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#define MS    INT64_C(1000000)
#define NEVER (-1)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static int queue[3], head, tail;
static pthread_t loop;
static int64_t start_ns, stopped_ns;

/* To read the clock is a step: a signal may come there. */
int64_t now_ns(void)
{
	static int page;
	struct timespec now;

	(void)LAB_LOAD(page);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void pause_ms(int ms)
{
	struct timespec t = { 0, ms * MS };

	while (ms > 0 && nanosleep(&t, &t) != 0)
		;
}

void queue_push(int op)
{
	pthread_mutex_lock(&lock);
	queue[tail++] = op;
	lab_ready((uint64_t)op);
	pthread_mutex_unlock(&lock);
}

int queue_pop(void)
{
	int op = 0;

	pthread_mutex_lock(&lock);
	if (head < tail)
		op = queue[head++];
	lab_poll(op != 0);
	pthread_mutex_unlock(&lock);
	return op;
}

/* ---- the others ---- */

static void *work(void *after_ms)
{
	lab_name("worker");
	lab_start(1);
	pause_ms(*(const int *)after_ms);
	lab_done(1, 0);
	publish(1);
	return NULL;
}

static void on_profile(int number)
{
	(void)number;
}

static void *profile(void *unused)
{
	int i;

	lab_name("profiler");
	for (i = 0; i < 4; i++) {
		pause_ms(30);
		pthread_kill(loop, SIGUSR1);
	}
	return unused;
}

static void *stop(void *after_ms)
{
	lab_name("admin");
	pause_ms(*(const int *)after_ms);
	stopped_ns = now_ns();
	pthread_kill(loop, SIGTERM);
	return NULL;
}

/* ---- the loop, and what must hold ---- */

struct plan {
	int result_ms, timer_ms, stop_ms; /* when; NEVER: not at all */
	bool is_profiled;
};

static int start_others(const struct plan *p, pthread_t *thread)
{
	struct sigaction action = { .sa_handler = on_profile, .sa_flags = SA_RESTART };
	int count = 0;

	sigaction(SIGUSR1, &action, NULL);
	if (p->result_ms != NEVER) {
		lab_submit(1);
		pthread_create(&thread[count++], NULL, work, (void *)(uintptr_t)&p->result_ms);
	}
	if (p->is_profiled)
		pthread_create(&thread[count++], NULL, profile, NULL);
	if (p->stop_ms != NEVER)
		pthread_create(&thread[count++], NULL, stop, (void *)(uintptr_t)&p->stop_ms);
	return count;
}

static void check_timer(int64_t due_ns)
{
	long long after = due_ns == NO_TIMER ? 0 : now_ns() - due_ns;

	lab_check("early", due_ns != NO_TIMER, "a timer fires, and none is armed");
	lab_check("early", after >= 0, "the timer fires %lld ms early: a signal is no deadline",
		-after / MS);
	lab_check("deadline", after < MS,
		"the timer fires %lld ms late: each signal begins the wait anew", after / MS);
}

static void check_waits(struct lab_counts c, const struct plan *p)
{
	int reasons = c.notifies + c.interrupted + 3;

	lab_check("poll", p->timer_ms != NEVER || c.waits == c.endless_waits,
		"%d of %d waits have a timeout, and there is no timer: this loop polls",
		c.waits - c.endless_waits, c.waits);
	lab_check("poll", c.waits <= reasons, "%d waits / %d: this loop polls", c.waits, reasons);
}

static void serve(const struct plan *p)
{
	pthread_t thread[3];
	int64_t due_ns;
	int others, i, got = 0, event = 0;

	lab_name("loop");
	lab_loop("epoll");
	loop = pthread_self();
	start_ns = now_ns();
	due_ns = p->timer_ms == NEVER ? NO_TIMER : start_ns + p->timer_ms * MS;
	loop_open();
	others = start_others(p, thread);
	while (p->stop_ms != NEVER || due_ns != NO_TIMER || (p->result_ms != NEVER && !got)) {
		event = next_event(due_ns);
		lab_check("alive", event != FAILED,
			"the loop says that it failed, and nothing did: EINTR says look again");
		if (event == STOPPED || event == FAILED)
			break;
		if (event == TIMER) {
			check_timer(due_ns);
			due_ns = NO_TIMER;
		} else {
			got++;
			lab_deliver(1);
		}
	}
	check_waits(lab_counts(), p);
	if (event == STOPPED)
		lab_check("stop", now_ns() == stopped_ns,
			"SIGTERM, and the loop ends %lld ms later",
			(long long)((now_ns() - stopped_ns) / MS));
	for (i = 0; i < others; i++)
		pthread_join(thread[i], NULL);
	if (event == FAILED && queue_pop() != 0)
		lab_deliver(1); /* what the loop has left lying */
	loop_close();
	lab_check("closed", lab_counts().open_fds == 0, "%d / 0 descriptors are left open",
		lab_counts().open_fds);
}

static void result(void)
{
	serve(&(struct plan){ .result_ms = 0, .timer_ms = NEVER, .stop_ms = NEVER });
}

static void timer(void)
{
	serve(&(struct plan){ NEVER, 100, NEVER, true });
}

static void both(void)
{
	serve(&(struct plan){ 50, 100, NEVER, true });
}

static void stopped(void)
{
	serve(&(struct plan){ NEVER, NEVER, 0, false });
}

static void stopped_later(void)
{
	serve(&(struct plan){ NEVER, 100, 45, true });
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "result",
		.title = "a result; two calls are interrupted",
		.run = result,
		.interrupts = 2 },
	{ .name = "timer", .title = "a timer after 100 ms, a signal each 30 ms", .run = timer },
	{ .name = "both", .title = "the same, and a result after 50 ms", .run = both },
	{ .name = "stop", .title = "SIGTERM, at any time", .run = stopped },
	{ .name = "later",
		.title = "SIGTERM after 45 ms, a signal each 30 ms",
		.run = stopped_later },
	{ 0 },
};
