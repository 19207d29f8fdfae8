/*
 * bins.h: a lane cut into columns. At any zoom nothing important is lost: each column knows every
 * state that touches it and for how long, and the worst one is drawn.
 */
#ifndef TRACES_MODEL_BINS_H
#define TRACES_MODEL_BINS_H

#include <stdint.h>

#include "traces/model/model.h"
#include "traces/model/filter.h"
#include "traces/model/scale.h"

struct wg_bin {
	int64_t ns[WG_SPAN_STATE_COUNT]; /* time in each state; 1 at least where it was touched */
	uint32_t spans;			 /* merged into this column */
	uint32_t empty_wakes;
	uint16_t passed; /* does a span of the state that is drawn pass the filter? one bit a state
			  */
};

void wg_bins_clear(struct wg_bin *bins, const struct wg_scale *scale);

/* Add a lane to scale->cols bins; origin_ns is the pane's t=0. O(spans on screen). */
void wg_bins_fill(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns);

/* Mark what passes the filter, after filling. What does not is drawn dim, never left out. */
void wg_bins_filter(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns, const struct wg_trace *trace, const struct wg_filter *filter);

/* Count the empty wakes of a loop or a thread into bins; a worker has none. */
void wg_bins_add_empty_wakes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, const struct wg_lane *lane, int64_t origin_ns);

/* Add the same columns of another: what all lanes have in common, such as holes. */
void wg_bins_add(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_bin *more);

/* Add the trace's holes as time lost: nobody knows what a lane did there. */
void wg_bins_add_holes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, int64_t origin_ns);

/* What a bin looks like: wasted beats an operation at work, lost events, an empty wake, awake,
 * asleep. A worker with nothing to do is idle. A thread sleeps in one of five ways, and is awake in
 * a column only if it is so for longer than it sleeps in any of them. */
enum wg_look {
	WG_LOOK_WASTED,
	WG_LOOK_WORKING,
	WG_LOOK_LOST,
	WG_LOOK_EMPTY,
	WG_LOOK_AWAKE,
	WG_LOOK_ASLEEP,
	WG_LOOK_IN_FDS, /* in the order of the states */
	WG_LOOK_IN_COND,
	WG_LOOK_IN_LOCK,
	WG_LOOK_IN_SLEEP,
	WG_LOOK_IN_OTHER,
	WG_LOOK_IDLE,
	WG_LOOK_BLANK,
	WG_LOOK_COUNT
};
enum wg_look wg_bin_look(const struct wg_bin *bin, enum wg_lane_kind kind);

/*
 * Waste is drawn as height: the part of a column's time that was wasted, from step 0. Any waste
 * takes at least the lowest step, so a column with waste never looks clean.
 */
#define WG_WASTED_STEPS 8
int wg_bin_wasted_step(const struct wg_bin *bin, int64_t step_ns);

#endif
