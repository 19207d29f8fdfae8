/*
 * sgr.c: see sgr.h.
 */
#include "viz/term/sgr.h"

#define MOTION 32
#define WHEEL  64

void wg_sgr_begin(struct wg_sgr *sgr)
{
	*sgr = (struct wg_sgr){ .active = true };
}

bool wg_sgr_feed(struct wg_sgr *sgr, uint32_t ch, enum wg_mouse *ret_what, int *ret_x, int *ret_y)
{
	int button = sgr->fields[0] & ~0x1c; /* shift, meta and control do not matter */

	if (ch >= '0' && ch <= '9') {
		int *field = &sgr->fields[sgr->count];

		if (*field < 100000)
			*field = *field * 10 + (int)(ch - '0');
		return false;
	}
	if (ch == ';' && sgr->count < 2) {
		sgr->count++;
		return false;
	}
	sgr->active = false;
	if ((ch != 'M' && ch != 'm') || sgr->count != 2)
		return false;
	*ret_x = sgr->fields[1] - 1;
	*ret_y = sgr->fields[2] - 1;
	if (button == WHEEL || button == WHEEL + 1) {
		*ret_what = button == WHEEL ? WG_MOUSE_UP : WG_MOUSE_DOWN;
		return ch == 'M';
	}
	if ((button & ~MOTION) != 0)
		return false; /* the first button only */
	*ret_what = ch == 'm' ? WG_MOUSE_RELEASE : button & MOTION ? WG_MOUSE_MOVE : WG_MOUSE_PRESS;
	return true;
}
