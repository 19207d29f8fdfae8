/*
 * clock.h: the only place where the core reads a clock.
 *
 * One clock, CLOCK_MONOTONIC, in nanoseconds. LTTng stamps events with the same clock, so a
 * deadline in the program and a time in the trace are the same number. A wall clock may jump, and a
 * wait measured against it jumps too. Deadlines are absolute: a wait that is interrupted and begun
 * again keeps its end.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define WG_FOREVER    INT64_MAX /* a deadline that never comes */
#define WG_NS_PER_MS  INT64_C(1000000)
#define WG_NS_PER_SEC INT64_C(1000000000)

static inline int64_t wg_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail for this clock */
	return (int64_t)ts.tv_sec * WG_NS_PER_SEC + ts.tv_nsec;
}

static inline struct timespec wg_timespec(int64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / WG_NS_PER_SEC),
		.tv_nsec = (long)(ns % WG_NS_PER_SEC) };

	return ts;
}

/* a + b for times; stays at WG_FOREVER instead of wrapping. b >= 0. */
static inline int64_t wg_time_add(int64_t a, int64_t b)
{
	return a > WG_FOREVER - b ? WG_FOREVER : a + b;
}

#endif
