/*
 * watch.h: a scan that goes on: a table for each window, on the viewer's terminal (viz/term).
 *
 * The looks are a feed (viz/app/feed.h) whose descriptor is a timer, so the terminal's loop sleeps
 * between them.
 */
#ifndef VIZ_SCAN_WATCH_H
#define VIZ_SCAN_WATCH_H

#include "viz/app/feed.h"
#include "viz/scan/pace.h"
#include "viz/scan/scan.h"

struct scan_watch {
	struct wg_scan *scan; /* borrowed */
	struct scan_options options;
	int64_t window_ns;
	/* private; 0 at first */
	struct scan_pace pace;
	int64_t end_ns;
	int timer;
	char *text; /* the last table; owned */
	int rc;	    /* why it ended, or 0 */
};

/* Begin; *ret_feed is for wg_term_run_fed(). 0 or a negative errno. */
int wg_scan_watch_start(struct scan_watch *watch, struct wg_feed *ret_feed);
void wg_scan_watch_stop(struct scan_watch *watch);

#endif
