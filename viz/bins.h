/*
 * bins.h: a lane cut into columns. However far one zooms out, nothing important is lost: each
 * column knows every state that touches it and for how long, and the worst one is drawn.
 */
#ifndef VIZ_BINS_H
#define VIZ_BINS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/model.h"
#include "viz/canvas.h"
#include "viz/filter.h"
#include "viz/glyphs.h"
#include "viz/scale.h"

struct wg_bin {
	int64_t ns[WG_SPAN_STATE_COUNT]; /* time in each state; 1 at least where it was touched */
	uint32_t spans;			 /* merged into this column */
	uint32_t empty_wakes;
	uint8_t passed; /* states of which some span passes the filter, one bit each */
};

void wg_bins_clear(struct wg_bin *bins, const struct wg_scale *scale);

/* Add a lane to scale->cols bins; origin_ns is the pane's t=0. O(spans on screen). */
void wg_bins_fill(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns);

/* Mark what passes the filter, after filling. What does not is drawn dim, never left out. */
void wg_bins_filter(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns, const struct wg_trace *trace, const struct wg_filter *filter);

/* Count a loop's empty wakes into bins. */
void wg_bins_add_empty_wakes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, size_t loop_idx, int64_t origin_ns);

/* Add the trace's holes as time lost: nobody knows what a lane did there. */
void wg_bins_add_holes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, int64_t origin_ns);

/* What is drawn for a bin: wasted beats an operation at work, lost events,
 * an empty wake, awake, asleep. Lanes merged into one share the step between them: pass step_ns
 * times their number. */
struct wg_cell wg_bin_cell(const struct wg_bin *bin, int64_t step_ns, enum wg_lane_kind kind,
	const struct wg_glyphs *glyphs);

#endif
