/*
 * stats.h: what the two faces of `wakegap stats` share.
 */
#ifndef VIZ_STATS_H
#define VIZ_STATS_H

#include <stddef.h>

#include "traces/summary.h"

struct stats_trace {
	const char *path;
	struct wg_summary *summary;
};

/* One trace: a block a loop. Several: a column each, with ratios to the first. 0 or -ENOMEM. */
int wg_stats_print(const struct stats_trace *traces, size_t count);

/* The JSON of `stats --json`, with a newline. 0 or -ENOMEM. */
int wg_stats_print_json(const struct stats_trace *traces, size_t count);

#endif
