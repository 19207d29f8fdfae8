/*
 * scenario.c: a loop, and two threads that send signals to it: a profiler, and an admin that wants
 * it to end. The profiler's handler is installed with SA_RESTART, as usual.
 *
 * On real threads all goes ten times as fast. How late a timer fires depends on the machine there;
 * the timeout of a wait depends on the loop alone, so that is what is checked.
 */
#include "lab13.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define MS	INT64_C(1000000)
#define NEVER	(-1)
#define SIGNALS 4
#define LOOKS	7 /* so many looks at a slow clock are allowed after the deadline */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static int queue[3], head, tail;
static pthread_t loop;
static int64_t start_ns;
static bool is_between; /* the timer is due between two milliseconds */
static int clock_ms;	/* how long a look at the clock takes: a busy machine */
static int long_looks;

/* When signals were sent. Written before the signal, read after it. */
static _Atomic int64_t stopped_ns, profiled_ns[SIGNALS];

static void pause_ms(int ms);

/* In the loop this counts as a wait that the loop did not ask for. Not done on real threads. */
static void look_long(void)
{
	long_looks += pthread_equal(pthread_self(), loop) != 0;
	pause_ms(clock_ms);
}

/* Reading the clock is a step: a signal may come there. */
int64_t now_ns(void)
{
	static int page;
	struct timespec now;

	(void)LAB_LOAD(page);
	if (clock_ms > 0 && !lab_is_real())
		look_long();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The length of a millisecond of the scenarios' titles. */
static int64_t ms_ns(void)
{
	return lab_is_real() ? MS / 10 : MS;
}

static void pause_ms(int ms)
{
	struct timespec t = { 0, ms * ms_ns() };

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

/* On real threads the result comes when the loop waits: otherwise luck would decide whether there
 * is a wait at all. */
static void let_loop_wait(void)
{
	int looks;

	for (looks = 0; lab_is_real() && lab_counts().waits == 0 && looks < 5000; looks++)
		pause_ms(10);
}

static void *work(void *after_ms)
{
	lab_name("worker");
	lab_start(1);
	let_loop_wait();
	pause_ms(*(const int *)after_ms);
	lab_done(1, 0);
	publish(1);
	return NULL;
}

static void on_profile(int number)
{
	(void)number;
}

LAB_QUIET static void note(_Atomic int64_t *at, int64_t ns)
{
	/* release: pairs with the acquire in noted(); the signal itself orders nothing */
	atomic_store_explicit(at, ns, memory_order_release);
}

LAB_QUIET static int64_t noted(_Atomic int64_t *at)
{
	/* acquire: pairs with the release in note() */
	return atomic_load_explicit(at, memory_order_acquire);
}

static void *profile(void *unused)
{
	int i;

	lab_name("profiler");
	for (i = 0; i < SIGNALS; i++) {
		pause_ms(30);
		if (lab_is_real()) /* the controlled scheduler would make it one more step */
			note(&profiled_ns[i], now_ns());
		pthread_kill(loop, SIGUSR1);
	}
	return unused;
}

static void *stop(void *after_ms)
{
	lab_name("admin");
	pause_ms(*(const int *)after_ms);
	note(&stopped_ns, now_ns());
	pthread_kill(loop, SIGTERM);
	return NULL;
}

/* ---- the loop, and its checks ---- */

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

/*
 * All interruptions but, at most, one (its own) came before the latest wait began. The i-th
 * interruption is no earlier than the profiler's i-th signal, if no other thread sends one. So the
 * wait may last from that signal to the deadline, rounded up.
 */
static void check_last_wait(int64_t due_ns)
{
	struct lab_counts c = lab_counts();
	int before = c.interrupted <= SIGNALS ? c.interrupted - 1 : 0;
	int64_t left = due_ns - (before > 0 ? noted(&profiled_ns[before - 1]) : start_ns);

	if (left < 0)
		left = 0;
	lab_check("deadline", c.last_timeout_ns < left + MS,
		"waits %lld ms, and the timer is due in %lld.%d ms: each signal restarts the whole "
		"wait",
		(long long)(c.last_timeout_ns / MS), (long long)(left / MS),
		(int)(left % MS * 10 / MS));
}

static void check_timer(int64_t due_ns)
{
	long long after = due_ns == NO_TIMER ? 0 : now_ns() - due_ns;

	lab_check("early", due_ns != NO_TIMER, "a timer fires, but none is set");
	lab_check("early", after >= 0, "the timer fires %lld ms early: a signal is not a deadline",
		-after / MS);
	/* A busy machine may keep the loop from running: see check_last_wait(). */
	lab_check("deadline", lab_is_real() || after < MS + LOOKS * clock_ms * MS,
		"the timer fires %lld ms late: each signal restarts the whole wait", after / MS);
}

/* Each wait ends by a notify, an interruption, the timer, or SIGTERM. The notify of its handler is
 * made in the loop's thread and is not counted with the others. */
static void check_waits(struct lab_counts c, const struct plan *p)
{
	int reasons = c.notifies + c.interrupted + long_looks + 3;

	lab_check("poll", p->timer_ms != NEVER || c.waits == c.endless_waits,
		"%d of %d waits have a timeout, but there is no timer: this loop polls",
		c.waits - c.endless_waits, c.waits);
	lab_check("poll", c.waits <= reasons, "%d waits / %d: this loop polls", c.waits, reasons);
}

/* The process lives on after this code is unloaded: leave no signal pending, handled or blocked. */
static void forget_signals(void)
{
	static const int numbers[] = { SIGUSR1, SIGTERM };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, normal = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i;

	for (i = 0; i < 2; i++) {
		sigaction(numbers[i], &ignore, NULL); /* drops a pending one */
		sigaction(numbers[i], &normal, NULL);
	}
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
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
	due_ns = p->timer_ms == NEVER ? NO_TIMER : start_ns + p->timer_ms * ms_ns();
	if (is_between)
		due_ns += ms_ns() / 4;
	loop_open();
	others = start_others(p, thread);
	while (p->stop_ms != NEVER || due_ns != NO_TIMER || (p->result_ms != NEVER && !got)) {
		event = next_event(due_ns);
		lab_check("alive", event != FAILED,
			"next_event() returned FAILED, but nothing failed: EINTR means look again");
		if (event == STOPPED || event == FAILED)
			break;
		if (event == TIMER) {
			check_timer(due_ns);
			if (lab_is_real() && p->stop_ms == NEVER && due_ns != NO_TIMER)
				check_last_wait(due_ns);
			due_ns = NO_TIMER;
		} else {
			got++;
			lab_deliver(1);
		}
	}
	check_waits(lab_counts(), p);
	if (event == STOPPED && !lab_is_real()) /* real: if it sleeps on, it hangs in `stop` */
		lab_check("stop", now_ns() == noted(&stopped_ns),
			"the loop ends %lld ms after SIGTERM",
			(long long)((now_ns() - noted(&stopped_ns)) / MS));
	for (i = 0; i < others; i++)
		pthread_join(thread[i], NULL);
	if (event == FAILED && queue_pop() != 0)
		lab_deliver(1); /* what the loop left behind */
	if (lab_is_real())
		forget_signals();
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

static void part(void)
{
	is_between = true;
	serve(&(struct plan){ NEVER, 10, NEVER, false });
}

/* The timer is due at 93.25 ms. The signal at 90 ms ends the wait; the first look at the clock
 * after it gives 93, which is still too early, and the next one 96. */
static void busy(void)
{
	is_between = true;
	clock_ms = 3;
	serve(&(struct plan){ NEVER, 93, NEVER, true });
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
	{ .name = "part", .title = "a timer after 10.25 ms", .run = part },
	{ .name = "busy",
		.title = "a timer after 93.25 ms, a signal each 30 ms; a look at the clock takes 3 "
			 "ms",
		.run = busy },
	{ 0 },
};
