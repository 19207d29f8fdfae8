/*
 * strace_line.h: one line of strace, taken apart: what stands before a call, and the call.
 *
 *	[pid  4711] 12:00:00.250000 (+     0.000012) [00007f00deadbeef] epoll_wait(4, [], 8, 100) =
 *0 <0.100123> thread      time of day     since the last    where            name       args ret
 *time in it
 *
 * Each part before the name may be missing. Private to traces/import.
 */
#ifndef TRACES_IMPORT_STRACE_LINE_H
#define TRACES_IMPORT_STRACE_LINE_H

#include "traces/import/span.h"

enum wg__strace_clock {
	WG__CLOCK_NONE,
	WG__CLOCK_DAY,	 /* -t, -tt: ns since midnight */
	WG__CLOCK_EPOCH, /* -ttt */
	WG__CLOCK_DELTA, /* -r: since the line before */
};

struct wg__strace_line {
	uint32_t tid;	      /* 0: the line does not say */
	struct wg__span comm; /* -Y, or empty */
	enum wg__strace_clock clock;
	int64_t time_ns;
	bool is_coarse;	      /* -t: the time has no fraction of a second */
	struct wg__span rest; /* what follows, trimmed */
};

/* False: a number in front is none of strace's. */
bool wg__strace_prefix(struct wg__span line, struct wg__strace_line *ret);

struct wg__strace_call {
	struct wg__span name, args;
	struct wg__span result; /* what follows the return value: "ETIMEDOUT (...)", "(Timeout)" */
	int64_t ret;		/* WG_RET_UNKNOWN: "?" */
	int64_t spent_ns;	/* -T, or -1 */
};

/* The name in front of a parenthesis; the rest begins behind it. False: not a call. */
bool wg__strace_name(struct wg__span *rest, struct wg__span *ret_name);

/* Find the end of the arguments, the result and the time of a call whose name is taken off. */
bool wg__strace_result(struct wg__span rest, struct wg__strace_call *ret);

/* The arguments, split at their commas: at most max, the last with all that follows. How many. */
size_t wg__strace_args(struct wg__span args, struct wg__span *ret, size_t max);

/* The first number in "5</path>" (0x5 with -e raw), and "/path", empty without -y. False: not a
 * descriptor. */
bool wg__strace_fd(struct wg__span arg, int *ret_fd, struct wg__span *ret_path);

/* "{tv_sec=1, tv_nsec=5}" and the old "{1, 5}", unit_ns each of the second number. */
bool wg__strace_timespec(struct wg__span arg, int64_t unit_ns, int64_t *ret_ns);

#endif
