/*
 * glyphs.h: which character stands for what, once for UTF-8 and once for ASCII.
 *
 * Every state has a shape of its own, so a screen without colours says as much as one with them.
 * Waste is drawn as height: the part of a column's time that was wasted, never less than the lowest
 * step, so a column cannot look clean that is not, nor look lost that is merely touched.
 */
#ifndef VIZ_GLYPHS_H
#define VIZ_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

#define WG_WASTED_STEPS 8

struct wg_glyphs {
	uint32_t wasted[WG_WASTED_STEPS]; /* from a trace of it to the whole column */
	uint32_t asleep;
	uint32_t awake, awake_part; /* most of the column, less than half of it */
	uint32_t working, working_part;
	uint32_t idle;
	uint32_t lost;
	uint32_t empty; /* an empty wake */
	uint32_t several;
	uint32_t queued, link, up_down; /* the chain of an operation */
	uint32_t ruler, tick, cursor;
	uint32_t left, right, chosen;
	uint32_t bar, bar_rest, rule;
	uint32_t window, bookmark;
	uint32_t both; /* histograms of two traces: where they overlap */
};

const struct wg_glyphs *wg_glyphs(bool ascii);

#endif
