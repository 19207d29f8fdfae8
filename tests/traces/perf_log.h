/*
 * perf_log.h: events as perf and ftrace print them, in each of their shapes, for the suites of
 * import.
 */
#ifndef TESTS_TRACES_PERF_LOG_H
#define TESTS_TRACES_PERF_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Numbers of x86-64. */
enum { READ = 0, WRITE = 1, POLL = 7, SENDTO = 44, FUTEX = 202, EPOLL_WAIT = 232, EVENTFD2 = 290 };
enum { CLONE = 56, TIMERFD_CREATE = 283, OPENAT = 257, NANOSLEEP = 35, EXIT = 60, GETPID = 39 };

#define MS INT64_C(1000000)

enum shape {
	PERF,
	PERF_PID,
	PERF_NO_CPU,
	PERF_NS,
	PERF_CHAIN,
	FTRACE,
	FTRACE_GROUP,
	TRACE_CMD,
	SHAPES
};

/* Who has the processor. */
struct who {
	const char *comm;
	uint32_t tid;
};
extern const struct who worker, main_thread; /* both of process 20 */
extern const struct who idle, other;

/* A line each; a call chain after it in that shape. */
void enters(FILE *out, enum shape shape, struct who who, int64_t ns, int number, uint64_t a,
	uint64_t b, uint64_t c, uint64_t d);
void leaves(FILE *out, enum shape shape, struct who who, int64_t ns, int number, int64_t ret);
void switches(
	FILE *out, enum shape shape, struct who prev, char state, struct who next, int64_t ns);
void wakes(FILE *out, enum shape shape, struct who by, struct who woken, int64_t ns,
	bool in_interrupt);

#endif
