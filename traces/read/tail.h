/*
 * tail.h: what a recorder of ours writes down, as live events, in the order of time.
 *
 *   A1 An event waits for WG__TAIL_LAG_NS, since what happened before it may be read after it.
 *      Then it is passed on, and nothing that comes later is put in front of it: an event that is
 *      later than that is given the time of the last one that was passed on.
 *   A2 It ends when all the processes have ended, with all that they left.
 *   A3 If nobody takes the events, nothing more is read: what the recorder has no room for then is
 *      lost, and it says so (WG_EV_LOST).
 *
 * Private to traces/.
 */
#ifndef TRACES_READ_TAIL_H
#define TRACES_READ_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/read/live.h"

#define WG__TAIL_LAG_NS INT64_C(160000000)

struct wg__tail;

struct wg__tail_ops {
	/*
	 * Add what has come until now_ns; settled_ns is what will be passed on next, INT64_MAX at
	 * the end: events until then must have been added. 0 or a negative errno.
	 */
	int (*take)(void *recorder, struct wg__tail *tail, int64_t now_ns, int64_t settled_ns);
	void (*destroy)(void *recorder);
};

/*
 * Start reading, of these processes; takes the recorder, also if it fails. -ESRCH: one is not
 * there; each error with a line. Main thread.
 */
int wg__tail_open(const struct wg__tail_ops *ops, void *recorder, const pid_t *pid, size_t pids,
	struct wg_live **ret_live, struct wg_error *err);

/* In take(): an event; names are copied. 0 or -ENOMEM. */
int wg__tail_add(struct wg__tail *tail, const struct wg_event *event);

/* In take(): so many notifies that woke nobody are no events, since the beginning. */
void wg__tail_set_nobody(struct wg__tail *tail, uint64_t nobody);

/* CLOCK_MONOTONIC, as all times here. */
int64_t wg__tail_now_ns(void);

/*
 * Whose time is looked at: a test lets it go on as its program does, and then no stall of the
 * machine is longer than WG__TAIL_LAG_NS. NULL: the machine's. Only while no reader is open.
 */
void wg__tail_set_clock(int64_t (*now_ns)(void));

#endif
