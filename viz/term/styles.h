/*
 * styles.h: the canvas' styles in the words of curses. What a style looks like is palette.h's to
 * say; what the terminal can show of it, and NO_COLOR, are looked up here.
 */
#ifndef VIZ_TERM_STYLES_H
#define VIZ_TERM_STYLES_H

#include <curses.h>
#include <stdbool.h>

#include "viz/canvas/canvas.h"

struct wg_styles {
	attr_t attrs[WG_STYLE_COUNT];
	short pairs[WG_STYLE_COUNT];
};

/* Fill in all styles. `light`: a light background. The screen must be open. Does not block. */
void wg_styles_set(struct wg_styles *ret, bool light);

#endif
