/*
 * launch.h: start a session daemon.
 */
#ifndef TRACES_RECORD_LAUNCH_H
#define TRACES_RECORD_LAUNCH_H

#include <stddef.h>

#include "traces/base/error.h"

/*
 * Start one and wait until it answers. Returns 1 if it is ours, 0 if somebody else's came up first;
 * -ENOSYS: none is installed; -EIO: none comes up; -EINTR: stop_fd (or -1) became readable.
 */
int wg__launch(int stop_fd, struct wg_error *err);

/* Find a daemon of LTTng, or -ENOSYS with a line. given: the variable that may name it. */
int wg__launch_find(
	const char *name, const char *given, char *path, size_t len, struct wg_error *err);

/* In a forked child, before it becomes a daemon's program: default signals, no terminal's files. */
void wg__launch_prepare(void);

#endif
