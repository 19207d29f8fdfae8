/*
 * glyphs.h: which character stands for what, once for UTF-8 and once for ASCII.
 *
 * Every state has a shape of its own, so a screen without colours says as much as one with them.
 * Waste is drawn as height (see traces/model/bins.h).
 */
#ifndef VIZ_CANVAS_GLYPHS_H
#define VIZ_CANVAS_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/model/bins.h"
#include "viz/canvas/canvas.h"

struct wg_glyphs {
	uint32_t wasted[WG_WASTED_STEPS]; /* from a trace of it to the whole column */
	uint32_t asleep;
	uint32_t in_fds, in_cond, in_lock, in_sleep, in_other; /* in what a thread sleeps */
	uint32_t awake, awake_part; /* most of the column, less than half of it */
	uint32_t working, working_part;
	uint32_t idle;
	uint32_t lost;
	uint32_t empty; /* an empty wake */
	uint32_t several;
	uint32_t queued, link, up_down; /* the chain of an operation */
	uint32_t ruler, tick, cursor;
	uint32_t left, right, up, down, chosen;
	uint32_t bar, bar_rest, rule;
	uint32_t window, bookmark;
	uint32_t both; /* histograms of two traces: where they overlap */
};

const struct wg_glyphs *wg_glyphs(bool ascii);

/* What is drawn for a bin. */
struct wg_cell wg_bin_cell(const struct wg_bin *bin, int64_t step_ns, enum wg_lane_kind kind,
	const struct wg_glyphs *glyphs);

#endif
