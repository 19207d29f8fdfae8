/*
 * call.h: what a thread sleeps in, from the registers that the kernel shows of it.
 *
 * /proc/PID/task/TID/syscall has the number of the system call, its six arguments, the stack
 * pointer and the program counter. Which argument is the timeout, and what it means, depends on the
 * call: milliseconds, or a structure in the memory of the process; relative, or a moment of a
 * clock.
 */
#ifndef TRACES_OBSERVE_CALL_H
#define TRACES_OBSERVE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/waiting.h"

/* What the kernel shows of a thread at one moment. */
struct wg__at {
	enum wg__at_state {
		WG__AT_RUNNING, /* on a processor, or waiting for one */
		WG__AT_CALL,	/* asleep in a system call */
		WG__AT_OTHER,	/* asleep elsewhere, as for a page of memory */
	} state;
	long number;
	uint64_t arg[6];
	uint64_t sp, pc;
};

/* One line of that file. 0 or -EINVAL. */
int wg__at_parse(const char *line, struct wg__at *ret);

/* Does the thread of that folder still show this line? Else memory that was read belongs to another
 * call. */
bool wg__at_is_still(int dir, const char *line);

/* Which argument is what a call waits for. */
enum wg__on { WG__ON_NOTHING, WG__ON_FD, WG__ON_POLLFDS, WG__ON_FDSETS, WG__ON_FUTEX };

struct wg__call {
	const char *name; /* NULL: not known here */
	enum wg_wait_in how;
	enum wg__on on;
	int64_t timeout_ns;  /* asked for; of a moment: what was left of it; or WG_FOR_EVER, ... */
	int64_t deadline_ns; /* the moment, on its own clock; 0 for a length of time */
};

/* A timeout that was read when the thread went to sleep; it may not be there any more. */
struct wg__kept_time {
	uint64_t at;	  /* where it stood; 0: it was not in memory */
	int64_t value[2]; /* as it stood there; negative: it could not be read */
	int64_t mono_ns;  /* when that was, on CLOCK_MONOTONIC */
};

/*
 * Reads memory of thread tid, where the timeout is there. A call that is not known has no name.
 * kept: NULL, or a timeout from another moment than this one.
 */
void wg__call_decode(
	const struct wg__at *at, pid_t tid, const struct wg__kept_time *kept, struct wg__call *ret);

/* The name of a system call in which threads wait or notify; NULL: not known. */
const char *wg__call_name(long number);

/* What a futex is part of, by the function of the C library that the program called. */
enum wg_wait_in wg__call_futex_how(const char *function);

#endif
