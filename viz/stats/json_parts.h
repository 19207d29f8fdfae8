/*
 * json_parts.h: the part of `stats --json` that is about threads.
 */
#ifndef VIZ_STATS_JSON_PARTS_H
#define VIZ_STATS_JSON_PARTS_H

#include "traces/measure/threads.h"
#include "viz/base/json.h"
#include "viz/stats/json_stream.h"

/* The array `threads` of a trace. */
void wg_threads_json(
	struct wg__json_stream *out, const char *key, const struct wg_threads *threads);

/* The array `findings` of it, those of the most wakes first. */
void wg_thread_findings_json(
	struct wg__json_stream *out, const char *key, const struct wg_threads *threads);

#endif
