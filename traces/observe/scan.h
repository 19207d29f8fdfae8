/*
 * scan.h: who wakes how often, in what, asked for how long, from where: from /proc, nothing traced.
 *
 * A window begins with wg_scan_open() and ends with wg_scan_end(). The kernel counts how often a
 * thread went to sleep (voluntary_ctxt_switches): the difference is exact. What it sleeps in is
 * seen only at looks, so a caller takes several, at moments that follow no rhythm:
 *
 *	struct wg_scan *scan;
 *	rc = wg_scan_open(names, count, 0, &scan, &err);
 *	while (...)
 *		wg_scan_look(scan);
 *	wg_scan_end(scan);
 *	for (i = 0; (row = wg_scan_row(scan, i)); i++)
 *		...
 *	wg_scan_close(scan);
 *
 * S1  Nothing is changed in what is observed: no signal, no stop, no descriptor.
 * S2  A thread is followed by its folder, so a number that is used again is not the same thread.
 * S3  What cannot be seen is absent, and a note says so once for each reason.
 * S4  A look costs some 10 us a thread, a window at most two descriptors a thread.
 *
 * Thread: one at a time. Functions read /proc and do not wait. Errors: a negative errno.
 */
#ifndef TRACES_OBSERVE_SCAN_H
#define TRACES_OBSERVE_SCAN_H

#include "traces/base/error.h"
#include "traces/observe/object.h"
#include "traces/observe/walk.h"

struct wg_scan;

/* A thread over a window. Strings belong to the scan, until it is restarted or closed. */
struct wg_scan_row {
	pid_t pid, tid;
	const char *process, *name; /* as comm has them: any bytes */
	const char *program;	    /* the last part of its file's path; "" if that is hidden */
	bool is_new, has_ended;	    /* it began in the window; it ended in it */
	uint64_t wakes, involuntary;
	int64_t cpu_ns, seen_ns; /* used, and the time between its first and its last count */
	double wakes_per_s;
	int64_t cpu_per_wake_ns; /* -1 without a wake */
	/* where it was at most looks: */
	long number;	   /* of the system call, -1: none */
	const char *call;  /* its name, or NULL */
	char function[64]; /* of the C library, as the program called it; "": not known */
	enum wg_wait_in how;
	int64_t timeout_ns, timeout_min_ns; /* the longest and the shortest seen; see call.h */
	int64_t deadline_ns; /* not 0: it asked for a moment. Then timeout_ns is what was left of it
				at a look: the thread asked for that much or more */
	struct wg_object object;
	unsigned looks, here, running; /* in all; in this wait; on a processor */
	const char *hidden;	       /* NULL, or why its wait is not known */
	size_t thread;		       /* private */
};

#define WG_SCAN_DEEP  1u /* copy whole stacks, for wg_scan_frames(); else the part near the call */
#define WG_SCAN_GUESS 2u /* do without libdw */

/* Is libdw built in? Without it, call sites are likely ones. */
bool wg_scan_has_dwarf(void);

/*
 * Begin. names: process ids, or names of processes (comm, or the file of the program); none: all
 * processes of this user, or for root all there are. wakegap itself and the kernel's threads are
 * left out. -ESRCH: a name that no process has, with a line in *err that says which.
 */
int wg_scan_open(const char *const *names, size_t count, unsigned flags, struct wg_scan **ret,
	struct wg_error *err);
void wg_scan_close(struct wg_scan *scan); /* NULL is fine */

/* Where is each thread now? Also notices, now and then, threads that began or ended. */
int wg_scan_look(struct wg_scan *scan);

/* Count what happened since wg_scan_open() or wg_scan_restart(). Rows are sorted: most wakes a
 * second first, then most processor time. */
int wg_scan_end(struct wg_scan *scan);

/* After wg_scan_end(): the next window begins where this one ended. */
void wg_scan_restart(struct wg_scan *scan);

/* NULL past the last one. */
struct wg_scan_row *wg_scan_row(struct wg_scan *scan, size_t i);

/*
 * Call sites of a row's wait, the innermost first, at most max: returns how many. *ret_site: the
 * one outside the C library, or the count. Fills row->function, and says in row->how what a futex
 * belongs to. Valid until the scan is restarted.
 */
size_t wg_scan_frames(struct wg_scan *scan, struct wg_scan_row *row, struct wg_frame *frames,
	size_t max, size_t *ret_site);

/* Of the module of a frame of that row; "" if it is not known. */
void wg_scan_build_id(struct wg_scan *scan, const struct wg_scan_row *row,
	const struct wg_frame *frame, char *ret, size_t len);

/* How long the window was, how many threads it saw, and what it could not see: lines for a person.
 */
int64_t wg_scan_begin_ns(const struct wg_scan *scan); /* on CLOCK_MONOTONIC */
int64_t wg_scan_seconds_ns(const struct wg_scan *scan);
size_t wg_scan_threads(const struct wg_scan *scan);
const char *wg_scan_note(const struct wg_scan *scan, size_t i); /* NULL past the last one */

#endif
