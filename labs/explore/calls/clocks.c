/*
 * clocks.c: clock_gettime() and the calls that sleep; see clocks.h.
 */
#include "labs/explore/calls/clocks.h"

#include <errno.h>
#include <sched.h>
#include <sys/time.h>
#include <unistd.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/lab.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define NS 1000000000

/* The machine was suspended for an hour before all began: the clocks that count that are ahead. */
#define SUSPENDED_NS (3600 * INT64_C(1000000000))

static int64_t clock_ns(clockid_t clock)
{
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		return lx.now_ns + lx.wall_ns;
	if (clock == CLOCK_BOOTTIME || clock == CLOCK_BOOTTIME_ALARM)
		return lx.now_ns + SUSPENDED_NS;
	return lx.now_ns;
}

static int64_t ns_of(const struct timespec *ts)
{
	if (ts->tv_sec > INT64_MAX / NS / 2)
		return LX_NEVER / 2;
	return ts->tv_sec * NS + ts->tv_nsec;
}

int64_t lx_deadline(clockid_t clock, const struct timespec *until)
{
	return lx_after(ns_of(until) > clock_ns(clock) ? ns_of(until) - clock_ns(clock) : 0);
}

int64_t lx_after(int64_t ns)
{
	if (ns < 0 || ns >= LX_NEVER - lx.now_ns)
		return LX_NEVER;
	return lx.now_ns + ns;
}

static bool has_slept(const struct lx_thread *t)
{
	return t->wake != LX_ASLEEP;
}

/* 0, or EINTR. */
static int sleep_until(const char *call, int64_t deadline_ns, const void *caller)
{
	struct lx_thread *self = lx.self;
	struct lx_op op = { .call = call, .caller = caller };

	lx_point(&op);
	if (deadline_ns <= lx.now_ns)
		return 0;
	lx_wait_begin(deadline_ns - lx.now_ns);
	self->wake = LX_ASLEEP;
	self->deadline_ns = deadline_ns;
	op = (struct lx_op){ .call = call,
		.returns = "wakes up",
		.caller = caller,
		.is_ready = has_slept,
		.is_blocking = true };
	lx_point(&op);
	self->deadline_ns = LX_NEVER;
	lx_wait_end(self->wake, false);
	return self->wake == LX_INTERRUPTED ? EINTR : 0;
}

static struct timespec timespec_of(int64_t ns)
{
	return (struct timespec){ ns / NS, ns % NS };
}

static int sleep_for(const char *call, int64_t ns, struct timespec *left, const void *caller)
{
	int64_t deadline_ns = lx_after(ns);
	int rc = sleep_until(call, deadline_ns, caller);

	if (rc && left)
		*left = timespec_of(deadline_ns - lx.now_ns);
	return rc;
}

/* To read the clock is no step, unless each reading moves it on. */
static void read_clock(const void *caller)
{
	int64_t step_ns = lx.self ? lx.scenario->clock_step_ns : 0;

	if (step_ns == 0)
		return;
	lx_point(&(struct lx_op){ .call = "clock_gettime",
		.caller = caller,
		.touch = { { &lx.now_ns, true } },
		.is_access = true });
	lx_pass_time(lx.now_ns + step_ns);
}

LX_WRAP(int, clock_gettime, clockid_t clock, struct timespec *ret)
{
	read_clock(LX_CALLER());
	*ret = timespec_of(clock_ns(clock));
	return 0;
}

LX_WRAP(int, gettimeofday, struct timeval *ret, void *zone)
{
	struct timespec ts = timespec_of(clock_ns(CLOCK_REALTIME));

	(void)zone;
	*ret = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

LX_WRAP(time_t, time, time_t *ret)
{
	time_t now = (time_t)(clock_ns(CLOCK_REALTIME) / NS);

	if (ret)
		*ret = now;
	return now;
}

LX_WRAP(int, nanosleep, const struct timespec *span, struct timespec *left)
{
	int error = sleep_for("nanosleep", ns_of(span), left, LX_CALLER());

	return error ? lx_failed(error) : 0;
}

LX_WRAP(int, clock_nanosleep, clockid_t clock, int flags, const struct timespec *span,
	struct timespec *left)
{
	if (flags & TIMER_ABSTIME)
		return sleep_until("clock_nanosleep", lx_deadline(clock, span), LX_CALLER());
	return sleep_for("clock_nanosleep", ns_of(span), left, LX_CALLER());
}

LX_WRAP(int, usleep, useconds_t us)
{
	int error = sleep_for("usleep", (int64_t)us * 1000, NULL, LX_CALLER());

	return error ? lx_failed(error) : 0;
}

LX_WRAP(unsigned, sleep, unsigned seconds)
{
	struct timespec left = { 0 };

	if (sleep_for("sleep", (int64_t)seconds * NS, &left, LX_CALLER()) == 0)
		return 0;
	return (unsigned)left.tv_sec + (left.tv_nsec > 0);
}

LX_WRAP(int, sched_yield, void)
{
	lx_point(&(struct lx_op){ .call = "sched_yield", .caller = LX_CALLER() });
	lx.self->has_yielded = true;
	return 0;
}

void lab_clock_jump(int64_t ns)
{
	lx.wall_ns += ns;
	lx_note("the wall clock jumps by %lld ns", (long long)ns);
}
