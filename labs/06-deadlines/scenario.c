/*
 * scenario.c: timers, a thread that arms them, and a wall clock that is set back.
 *
 * Each look of the loop at its timers is noted with its time, so the correct length of each wait is
 * known to the millisecond. A loop that looks again and again without a wait would stop the clock,
 * so after SEEN_ENOUGH such looks it is held until the next timer is due.
 *
 * On real threads the clock moves between the look and the wait, so milliseconds prove nothing.
 * What counts there: for ever or not, the number of waits, and that no timer fires early.
 */
#include "lab06.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define MS	    INT64_C(1000000)
#define TIMERS	    4
#define SEEN_ENOUGH 20

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the next lines */
static int64_t due[TIMERS + 1];				 /* 0: not armed */
static int expected, fired, handler_ms;

/* ---- what the loop knew when it began to wait ---- */

static pthread_t loop;
static int64_t looked_ns, earliest_ns; /* at the loop's last look */
static int waits_seen, zeros, too_short;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t earliest(void)
{
	int64_t first = NO_TIMER;
	int i;

	for (i = 1; i <= TIMERS; i++) {
		if (due[i] != 0 && due[i] < first)
			first = due[i];
	}
	return first;
}

static void remember(void)
{
	looked_ns = now_ns();
	earliest_ns = earliest();
}

/* For "%lld.%d ms": 2.5 ms. */
#define WORDS(ns) (ns) / MS, (int)((ns) % MS * 10 / MS)

/* Did the latest wait have the right length? */
static void check_wait(struct lab_counts c)
{
	int64_t wait = c.last_timeout_ns, left = earliest_ns - looked_ns;

	if (earliest_ns == NO_TIMER) {
		lab_check("deadline", wait < 0, "no timer is armed, but it waits %lld ms: it polls",
			(long long)(wait / MS));
		return;
	}
	if (left < 0)
		left = 0;
	lab_check("deadline", wait >= 0, "a timer is due in %lld.%d ms, but it waits for ever",
		WORDS((long long)left));
	if (wait >= 0 && wait < left && left - wait < MS) {
		zeros += wait == 0;
		too_short++; /* reported later, when its effect is known */
		return;
	}
	lab_check_time("deadline", wait < left + MS || wait < 0,
		"waits %lld ms, but a timer is due in %lld.%d ms: it fires late",
		(long long)(wait / MS), WORDS((long long)left));
	lab_check_time("deadline", wait >= left || wait < 0,
		"waits %lld ms, but no timer is due for %lld.%d ms: it polls",
		(long long)(wait / MS), WORDS((long long)left));
}

/* Time only moves when no thread can go on: wait for it here. */
static void hold(int64_t left)
{
	struct timespec t = { left / (1000 * MS), left % (1000 * MS) };

	lab_check("deadline", zeros == 0,
		"%d waits of 0 ms, but the timer is due in %lld.%d ms: it spins", zeros,
		WORDS((long long)left));
	nanosleep(&t, NULL);
}

static void check_look(void)
{
	static int looks;
	struct lab_counts c = lab_counts();

	if (c.waits > waits_seen)
		check_wait(c);
	lab_check("deadline", c.waits <= waits_seen + 1, "%d waits between two looks at the timers",
		c.waits - waits_seen);
	looks = c.waits == waits_seen ? looks + 1 : 0;
	lab_check("deadline", looks < SEEN_ENOUGH, "%d looks without a wait: it spins", looks);
	if (!lab_is_real() && (zeros >= SEEN_ENOUGH || looks >= SEEN_ENOUGH) &&
		earliest_ns > looked_ns)
		hold((earliest_ns == NO_TIMER ? looked_ns + 100000 * MS : earliest_ns) - looked_ns);
	waits_seen = lab_counts().waits;
}

/* ---- the table ---- */

void timers_add(int timer, int64_t due_ns)
{
	pthread_mutex_lock(&lock);
	due[timer] = due_ns;
	lab_submit((uint64_t)timer);
	pthread_mutex_unlock(&lock);
}

int64_t timers_next(void)
{
	int64_t first;

	pthread_mutex_lock(&lock);
	first = earliest();
	if (pthread_equal(pthread_self(), loop))
		remember();
	pthread_mutex_unlock(&lock);
	return first;
}

static void fire(int timer)
{
	int64_t early = due[timer] - now_ns();

	lab_check("early", early <= 0, "timer %d fires %lld.%d ms early", timer,
		WORDS((long long)early));
	/* On real threads a busy machine is late itself; a loop that sleeps too long hangs. */
	lab_check("deadline", lab_is_real() || early > -MS - 2 * handler_ms * MS,
		"timer %d fires %lld.%d ms late: the loop did not wake up when it was armed", timer,
		WORDS((long long)-early));
	due[timer] = 0;
	fired++;
	lab_start((uint64_t)timer);
	lab_done((uint64_t)timer, 0);
	lab_ready((uint64_t)timer);
	lab_deliver((uint64_t)timer);
	if (handler_ms > 0) {
		nanosleep(&(struct timespec){ 0, handler_ms * MS }, NULL);
		waits_seen++; /* of the handler, not of the loop */
	}
}

bool timers_fire(int64_t now)
{
	int i, before;
	bool goes_on;

	check_look();
	pthread_mutex_lock(&lock);
	before = fired;
	for (i = 1; i <= TIMERS; i++) {
		if (due[i] != 0 && due[i] <= now)
			fire(i);
	}
	lab_poll(fired - before);
	remember();
	goes_on = fired < expected;
	pthread_mutex_unlock(&lock);
	return goes_on;
}

/* ---- the threads that arm timers ---- */

static int64_t start_ns;

/* Arm the timer while the loop waits: on real threads, wait until it does. */
static void let_loop_wait(void)
{
	int looks;

	for (looks = 0; lab_is_real() && lab_counts().waits == 0 && looks < 5000; looks++)
		nanosleep(&(struct timespec){ 0, MS }, NULL);
}

static void *arm_one(void *unused)
{
	lab_name("worker");
	let_loop_wait();
	timer_arm(2, now_ns() + 5 * MS);
	return unused;
}

static void *arm_later(void *unused)
{
	lab_name("worker");
	if (lab_is_real())
		let_loop_wait();
	else
		nanosleep(&(struct timespec){ 1, 0 }, NULL);
	timer_arm(1, now_ns() + 5 * MS / 2);
	return unused;
}

static void *set_back(void *unused)
{
	lab_name("admin");
	nanosleep(&(struct timespec){ 0, 20 * MS }, NULL);
	lab_clock_jump(-3600 * 1000 * MS);
	return unused;
}

/* A wait ends by a notify, and each timer is armed once; or by its timeout, which is never early,
 * so a timer is due and fires. However busy the machine is, there is no third case. */
static void check_waits(int timers)
{
	int waits = lab_counts().waits - (handler_ms > 0 ? timers : 0);

	if (lab_is_real())
		lab_check("deadline", waits <= 2 * timers,
			"%d waits for %d timers, %d allowed: it polls", waits, timers, 2 * timers);
	else
		lab_check("deadline", too_short == 0,
			"%d waits end before the timer is due, %d of them after 0 ms", too_short,
			zeros);
}

/* When timer 1 is due. On real threads soon; or never, when there is an earlier timer. */
static int64_t far_ms(bool is_beside_earlier)
{
	if (!lab_is_real())
		return 100;
	return is_beside_earlier ? 1000000 : 20;
}

static void serve(int timers, void *(*other)(void *))
{
	bool is_beside_earlier = other == arm_one;
	pthread_t thread;

	lab_name("loop");
	lab_loop("epoll");
	loop = pthread_self();
	expected = lab_is_real() && is_beside_earlier ? 1 : timers;
	start_ns = now_ns();
	loop_open();
	if (other)
		pthread_create(&thread, NULL, other, NULL);
	if (other != arm_later)
		timer_arm(1, start_ns + far_ms(is_beside_earlier) * MS);
	if (!other) {
		timer_arm(2, start_ns + 5 * MS / 2);
		timer_arm(3, start_ns + 4 * MS);
		timer_arm(4, start_ns + 4 * MS);
	}
	pthread_mutex_lock(&lock); /* the other thread may arm a timer now */
	remember();
	pthread_mutex_unlock(&lock);
	loop_run();
	if (other)
		pthread_join(thread, NULL);
	loop_close();
	lab_check("fired", fired == expected, "%d of %d timers fire", fired, expected);
	check_waits(timers);
	lab_check("closed", lab_counts().open_fds == 0, "descriptors left open: %d",
		lab_counts().open_fds);
}

static void four(void)
{
	serve(4, NULL);
}

static void busy(void)
{
	handler_ms = 3;
	serve(4, NULL);
}

static void earlier(void)
{
	serve(2, arm_one);
}

static void idle(void)
{
	serve(1, arm_later);
}

static void jump(void)
{
	if (!lab_is_real()) /* the machine's clock stays as it is */
		serve(1, set_back);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "four", .title = "timers after 2.5, 4, 4 and 100 ms", .run = four },
	{ .name = "busy", .title = "the same, and each handler takes 3 ms", .run = busy },
	{ .name = "earlier", .title = "an earlier timer is armed during the wait", .run = earlier },
	{ .name = "idle", .title = "no timer for a second, then one", .run = idle },
	{ .name = "jump", .title = "the wall clock is set back by an hour", .run = jump },
	{ 0 },
};
