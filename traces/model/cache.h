/*
 * cache.h: the model of a long trace, kept in a file in the folder of the trace, so that it is
 * there at once when the trace is opened again:
 *
 *     TRACE/.wakegap-cache
 *
 * It is safe to delete: the trace is read then, and the file is written again.
 *
 *   H1 It stands for the trace only as long as no file of it has changed, and for this build of
 *      wakegap only (cache_key.h).
 *   H2 It is written after a whole read without damage, never for a trace that is being recorded,
 *      and appears when it is whole (base/out.h).
 *   H3 It is used only if it belongs to who reads it, and nobody else may write to it.
 *   H4 Nothing in it is trusted: its sum is checked, and every number that leads somewhere. What is
 *      wrong with it is told (wg_reader_tell()), and the trace is read.
 */
#ifndef TRACES_MODEL_CACHE_H
#define TRACES_MODEL_CACHE_H

#include "traces/model/load.h"

#define WG_CACHE_FILE ".wakegap-cache"

struct wg_cache_limits {
	size_t least_events; /* a shorter one is read as fast */
	/* The trace must be unchanged for so long, since times of files are coarse. */
	int64_t settled_ns;
};
extern const struct wg_cache_limits wg_cache_usual;

/*
 * As wg_load_open() and wg_trace_load(). If there is a cache that stands for the trace, all is
 * there at once, and the trace uses the file as long as it lives. limits is NULL: without.
 */
int wg_load_open_cached(const char *path, const struct wg_cache_limits *limits,
	struct wg_load **ret_load, struct wg_error *err);
int wg_trace_load_cached(const char *path, const struct wg_cache_limits *limits,
	struct wg_trace **ret_trace, struct wg_error *err);

/*
 * Keep a trace that one of these two read, if H2 holds and its folder is ours. Blocks for the disk.
 * 0: written; 1: nothing to write; or a negative errno: nobody needs to know, and nothing is left
 * behind.
 */
int wg_cache_write(const struct wg_trace *trace);

#endif
