/*
 * launch.h: start a session daemon.
 */
#ifndef TRACES_RECORD_LAUNCH_H
#define TRACES_RECORD_LAUNCH_H

#include "traces/base/error.h"

/*
 * Start one and wait until it answers. Returns 1 if it is ours, 0 if somebody else's came up first;
 * -ENOSYS: none is installed; -EIO: none comes up.
 */
int wg__launch(struct wg_error *err);

/* In a forked child, before it becomes a daemon's program: default signals, no terminal's files. */
void wg__launch_prepare(void);

#endif
