/*
 * palette.h: what a style looks like: a colour for each kind of terminal, and attributes that rank
 * things without any colour. Knows no curses; term.c translates.
 *
 * The hues are of the Okabe-Ito set, which people with any colour blindness tell apart: orange for
 * waste, bluish green for awake, blue for work, reddish purple for loss; darker ones on a light
 * background. A thread's sleep is blue in a condition, yellow in a lock, sky blue in a sleep. Where
 * there are 8 or 16 colours, the nearest that keep apart. The background is the terminal's own,
 * always.
 */
#ifndef VIZ_CANVAS_PALETTE_H
#define VIZ_CANVAS_PALETTE_H

#include <stdbool.h>

#include "viz/canvas/canvas.h"

enum {
	WG_LOOK_BOLD = 1u << 0,
	WG_LOOK_DIM = 1u << 1,
	WG_LOOK_UNDERLINE = 1u << 2,
	WG_LOOK_REVERSE = 1u << 3,
};

struct wg_ink {
	unsigned attrs; /* WG_LOOK_* */
	int colour;	/* of the terminal's palette; -1 for its own */
};

/* colours: as many as the terminal has; below 8 it is as if there were none. */
struct wg_ink wg_look(enum wg_style style, int colours, bool light);

/* Is the background light? From COLORFGBG ("15;0"), which many terminals set; dark if not said. */
bool wg_background_is_light(const char *colorfgbg);

#endif
