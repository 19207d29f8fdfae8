/*
 * daemon.h: the session daemon, shared by all recordings of this user.
 *
 *   D1 every recording holds a shared flock(2) on RUNDIR/wakegap.lock from before it asks for a
 *      daemon until after its session is gone.
 *   D2 the file names the daemon that wakegap started (pid and start time), or is empty.
 *   D3 a recording that leaves tries to get the exclusive lock, without waiting. If it does, no
 *      other recording is under way, and it stops the daemon if D2 names it and it has no session
 *      left.
 */
#ifndef TRACES_RECORD_DAEMON_H
#define TRACES_RECORD_DAEMON_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"
#include "traces/record/processes.h"

struct wg__daemon {
	int lock_fd;	       /* -1: none; a forked copy is the same lock */
	bool is_hung;	       /* the daemon did not answer: it is not asked again */
	char rundir[PATH_MAX]; /* where the daemon keeps its sockets */
};

/* Where the session daemon of this user keeps its sockets: the same choice as liblttng-ctl makes.
 */
int wg__rundir(char *rundir, size_t len, struct wg_error *err);

/*
 * Take the shared lock (D1). May wait, not for long, until a daemon that is being stopped is gone;
 * -EINTR if stop_fd (or -1) becomes readable meanwhile.
 */
int wg__daemon_open(struct wg__daemon *d, int stop_fd, struct wg_error *err);

/*
 * Start a daemon unless one answers. -ENOSYS: none is installed; -EIO: it does not come up;
 * -ETIMEDOUT: one is there that does not answer; -EINTR as above.
 */
int wg__daemon_start(struct wg__daemon *d, int stop_fd, struct wg_error *err);

/* Did wakegap start it (D2)? */
bool wg__daemon_is_ours(const struct wg__daemon *d, const struct wg__process *who);

/* Continue our daemons if somebody stopped them. False if there are none of ours. */
bool wg__daemon_unblock(const struct wg__daemon *d);

/* Give the lock up, and stop the daemon if D3 says so. Calling it again does nothing. */
void wg__daemon_leave(struct wg__daemon *d);

#endif
