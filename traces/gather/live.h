/*
 * live.h: a command watched while it runs, by libwakegap-preload.so: G1 to G5 of gather.h, and A1
 * to A3 of read/tail.h.
 *
 *	struct wg_gather_live *live;
 *	wg_gather_live_prepare(library, argv[0], &live, &err);
 *	(start the command with wg_gather_live_env(live), held back)
 *	wg_gather_live_open(live, pid, false, &reader, &err);
 *	(let it run)
 */
#ifndef TRACES_GATHER_LIVE_H
#define TRACES_GATHER_LIVE_H

#include <stdbool.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct wg_gather_live;
struct wg_live;

/* Make room in memory. 0, or a negative errno with a line. */
int wg_gather_live_prepare(const char *library, const char *command, struct wg_gather_live **ret,
	struct wg_error *err);

/* What the command needs in its environment: NAME, value, ..., NULL. */
const char *const *wg_gather_live_env(const struct wg_gather_live *live);

/*
 * Read what that process, and all it starts unless only, writes down, until it ends. Takes `live`,
 * also if it fails. 0, or a negative errno with a line. Main thread.
 */
int wg_gather_live_open(struct wg_gather_live *live, pid_t pid, bool only,
	struct wg_live **ret_live, struct wg_error *err);

/* Of one that was not opened; NULL is fine. */
void wg_gather_live_drop(struct wg_gather_live *live);

#endif
