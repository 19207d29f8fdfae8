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

#include "traces/base/error.h"

struct wg__daemon {
	int lock_fd;	       /* -1: none; a forked copy is the same lock */
	char rundir[PATH_MAX]; /* where the daemon keeps its sockets */
};

/* Take the shared lock (D1). May wait until a daemon that is being stopped is gone. */
int wg__daemon_open(struct wg__daemon *d, struct wg_error *err);

/* Start a daemon unless one answers. -ENOSYS: none is installed; -EIO: it does not come up. */
int wg__daemon_start(struct wg__daemon *d, struct wg_error *err);

/* Give the lock up, and stop the daemon if D3 says so. Calling it again does nothing. */
void wg__daemon_leave(struct wg__daemon *d);

#endif
