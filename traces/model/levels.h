/*
 * levels.h: sums over the spans of a lane, and lists of what a person jumps to, so that a picture
 * and a key take a time that depends on the screen, not on the trace.
 *
 *   V1 What is taken from sums is what a walk over all spans finds, to the nanosecond.
 *   V2 A model that grows (window.h) has none: it is bounded, and is walked over.
 *
 * Sums stand at every 16th span, in 8 bytes for each state that the lane knows.
 */
#ifndef TRACES_MODEL_LEVELS_H
#define TRACES_MODEL_LEVELS_H

#include "traces/model/model.h"

struct wg__levels;

/* Build those of a finished trace. 0 or -ENOMEM. */
int wg__levels_create(const struct wg_trace *trace, struct wg__levels **ret_levels);
void wg__levels_destroy(struct wg__levels *levels); /* NULL is fine */

/* All time in each state of spans [0, i) of lane; O(1). Only if the lane has levels. */
void wg__levels_ns(const struct wg_lane *lane, size_t i, int64_t ns[WG_SPAN_STATE_COUNT]);

/* What wg_lane_first() says, in fewer steps. Only if the lane has levels. */
size_t wg__levels_first(const struct wg_lane *lane, int64_t t);

/* The first span in that state of [from, to), or to. O(log n), without levels O(n). */
size_t wg_lane_first_in(
	const struct wg_lane *lane, enum wg_span_state state, size_t from, size_t to);

/* All time of the lane in that state. */
int64_t wg_lane_ns(const struct wg_lane *lane, enum wg_span_state state);

/* How many empty wakes of the lane there are before t; SIZE_MAX: nobody counted. */
size_t wg_lane_empty_before(const struct wg_lane *lane, int64_t t);

/*
 * The waits with a gap, by when it begins: how many begin before t; the index of the n-th in
 * trace->waits. False: nobody listed them.
 */
bool wg_trace_gaps(const struct wg_trace *trace, size_t *ret_count);
size_t wg_trace_gaps_before(const struct wg_trace *trace, int64_t t);
size_t wg_trace_gap(const struct wg_trace *trace, size_t n);

/* The wait whose gap is the longest but `rank`, or SIZE_MAX if so many are not listed. */
size_t wg_trace_longest_gap(const struct wg_trace *trace, size_t rank);

#endif
