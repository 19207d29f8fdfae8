/*
 * filter.h: which part of a trace is counted: a stage between a reader and a measure.
 *
 * Times are relative to the first event of the trace. A window is [since, until): what is counted
 * in it is what is completed in it, whole (see measure.h), so the figures of [0, T) and [T, end)
 * add up to those of the trace, but for
 *   - percentiles, min and max, which are of the samples in the window;
 *   - stuck, which only a window that reaches the end of the trace can tell;
 *   - discarded events, counted from the beginning of the trace to the end of the window.
 * A loop that is left out is as if it had not been in the trace. Kinds: see wg_measure_select().
 */
#ifndef TRACES_FILTER_H
#define TRACES_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/schema.h"

struct wg_measure;

#define WG_FILTER_LOOPS 32

/* All zero: everything. */
struct wg_filter {
	bool has_since, has_until;
	int64_t since_ns, until_ns; /* half-open */
	struct {
		uint32_t pid, loop; /* pid 0: of any process */
	} loops[WG_FILTER_LOOPS];
	size_t loop_count; /* 0: all */
	uint32_t kinds;	   /* 1u << WG_KIND_..., 0: all */
};

/* One trace on its way through a filter. All zero but for the filter. */
struct wg_filtering {
	const struct wg_filter *filter; /* may be NULL */
	bool has_origin, has_begun, is_over;
	int64_t origin_ns;
};

/* Does the filter keep this loop? */
bool wg_filter_has_loop(const struct wg_filter *filter, uint32_t pid, uint32_t loop);

/* A window, or loops or kinds chosen? */
bool wg_filter_is_set(const struct wg_filter *filter);

/* Instead of wg_measure_feed() and wg_measure_finish(). The measure has been told the kinds. */
int wg_filter_feed(
	struct wg_filtering *f, struct wg_measure *measure, const struct wg_event *event);
void wg_filter_finish(struct wg_filtering *f, struct wg_measure *measure);

#endif
