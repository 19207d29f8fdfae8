/*
 * parked.h: a process whose threads stand in known waits: what a scan has to find.
 *
 * It is a fork of the test, so both know all addresses. Each thread makes one call, through
 * park_call(), into the C library itself: a sanitizer's functions do not stand in between.
 */
#ifndef TESTS_TRACES_PARKED_H
#define TESTS_TRACES_PARKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/observe/scan.h"

/* A thread, and what is to be found of it. */
struct park {
	const char *name;
	long number; /* of the system call; with it the thread is known to be there */
	const char *call;
	enum wg_wait_in how;  /* with libdw; else a futex is a futex */
	const char *function; /* of the C library */
	long arg[6];	      /* of it */
	int64_t timeout_ns;   /* -3: a moment */
	int64_t deadline_ns;  /* that moment */
	const char *kind;     /* of its object */
	int fd;
	int64_t period_ns;
	pid_t tid; /* set by parked_start() */
};

struct parked;

#define PARKED_MOMENT (-3)

/* Fork, and return when every thread sleeps in its call; the parks are changed. */
struct parked *parked_start(struct park *parks, size_t count);
pid_t parked_pid(const struct parked *p);
/* Kill it, and wait for it. */
void parked_end(struct parked *p);

/* Wait until a thread sleeps in that call. */
void parked_await(pid_t pid, pid_t tid, long number);

/* How many threads it has: a sanitizer may have added some. */
size_t parked_threads(pid_t pid);

/* Where park_call() goes on; NULL: not known on this machine. */
const void *parked_site(void);

#endif
