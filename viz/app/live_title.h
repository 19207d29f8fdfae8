/*
 * live_title.h: what the title of a live screen says.
 */
#ifndef VIZ_APP_LIVE_TITLE_H
#define VIZ_APP_LIVE_TITLE_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/model/window.h"
#include "viz/app/app.h"
#include "viz/app/findings.h"

struct wg_live_title {
	char name[64];
	bool is_following, has_ended;
	bool is_cut;   /* the session ended before the program, or it is not known how */
	int exit_code; /* of the command that ended */
	uint64_t events, discarded, per_second;
	uint64_t kept; /* events; of at most: */
	struct wg_window_limits limits;
	int64_t behind_ns; /* how long ago the newest happened; -1: unknown */
	unsigned reattached;
	/* of the moment when it was paused */
	bool is_held;
	struct wg_figures figures;
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t finding_count;
};

#endif
