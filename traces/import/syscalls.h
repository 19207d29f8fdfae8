/*
 * syscalls.h: what each system call means to somebody who counts wakes: is it a wait, and did it
 * act?
 *
 * Names as strace prints them; a call that is not in the table only looks. Private to
 * traces/import.
 */
#ifndef TRACES_IMPORT_SYSCALLS_H
#define TRACES_IMPORT_SYSCALLS_H

#include "traces/import/span.h"
#include "traces/read/schema.h"

/* Where the timeout of a wait is, and how it is written. */
enum wg__timeout {
	WG__TIMEOUT_NONE, /* there is none: for ever */
	WG__TIMEOUT_MS,
	WG__TIMEOUT_TIMESPEC, /* NULL: for ever */
	WG__TIMEOUT_TIMEVAL,
	WG__TIMEOUT_HIDDEN, /* not among the arguments */
};

enum {
	WG__CALL_WAIT = 1 << 0,	    /* it may sleep */
	WG__CALL_ACTS = 1 << 1,	    /* it acts if it succeeds */
	WG__CALL_MOVES = 1 << 2,    /* it acts if it returns more than 0: bytes, threads woken */
	WG__CALL_READS = 1 << 3,    /* argument 0 is a descriptor, and bytes come from it */
	WG__CALL_NOTIFIES = 1 << 4, /* argument 0 is a descriptor, and bytes go to it */
	WG__CALL_MAKES = 1 << 5,    /* descriptors: see descriptors.c */
	WG__CALL_FUTEX = 1 << 6,
	WG__CALL_BIRTH = 1 << 7, /* a thread or a process */
	WG__CALL_SLOW = 1 << 8,	 /* a wait only if it took long: it returns at once as a rule */
	WG__CALL_NAMES = 1 << 9, /* the thread or its program */
};

struct wg__syscall {
	const char *name;
	unsigned is; /* WG__CALL_* */
	enum wg_wait_in how;
	enum wg__timeout timeout;
	uint8_t timeout_arg;
};

/* What the descriptor is that the call returns: an eventfd, a timerfd, an epoll or a socket. False:
 * another, or none. */
bool wg__syscall_makes(const struct wg__syscall *is, enum wg_object_kind *ret);

/* By name; never NULL. */
const struct wg__syscall *wg__syscall_find(struct wg__span name);

#endif
