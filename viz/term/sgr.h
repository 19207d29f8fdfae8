/*
 * sgr.h: what the mouse did, as a terminal reports it in xterm's mode 1006: after "ESC [ <",
 *
 *     button ; column ; row M     pressed, moved while pressed, wheel
 *     button ; column ; row m     released
 *
 * Parsed here and not by curses, which drops a press that arrives together with its release.
 */
#ifndef VIZ_TERM_SGR_H
#define VIZ_TERM_SGR_H

#include <stdbool.h>
#include <stdint.h>

#include "viz/app/app.h"

struct wg_sgr {
	bool active; /* between the "<" and the letter */
	int fields[3];
	int count;
};

void wg_sgr_begin(struct wg_sgr *sgr);

/* One more character. True if an event that we know is complete; x and y count from 0. */
bool wg_sgr_feed(struct wg_sgr *sgr, uint32_t ch, enum wg_mouse *ret_what, int *ret_x, int *ret_y);

#endif
