/*
 * palette.c: see palette.h.
 */
#include "viz/canvas/palette.h"

#include <string.h>

#include "traces/base/units.h"

#define OWN (-1)

enum { DARK_256, LIGHT_256, DARK_16, LIGHT_16, DARK_8, LIGHT_8, KINDS };

static const struct {
	unsigned attrs;
	signed short colour[KINDS]; /* 0 stands for OWN: nothing here is black */
} looks[WG_STYLE_COUNT] = {
	[WG_STYLE_DIM] = { WG_LOOK_DIM, { 0 } },
	[WG_STYLE_STRONG] = { WG_LOOK_BOLD, { 0 } },
	[WG_STYLE_TITLE] = { WG_LOOK_REVERSE, { 0 } },
	[WG_STYLE_WASTED] = { WG_LOOK_BOLD, { 208, 166, 11, 1, 3, 1 } },
	[WG_STYLE_ASLEEP] = { WG_LOOK_DIM, { 0 } },
	[WG_STYLE_AWAKE] = { 0, { 36, 29, 14, 6, 6, 6 } },
	[WG_STYLE_WORKING] = { 0, { 33, 25, 12, 4, 4, 4 } },
	[WG_STYLE_IDLE] = { WG_LOOK_DIM, { 0 } },
	[WG_STYLE_LOST] = { WG_LOOK_BOLD | WG_LOOK_UNDERLINE, { 175, 132, 13, 5, 5, 5 } },
	[WG_STYLE_EMPTY] = { WG_LOOK_BOLD, { 175, 132, 13, 5, 5, 5 } },
	[WG_STYLE_IN_COND] = { 0, { 33, 25, 12, 4, 4, 4 } },
	[WG_STYLE_IN_LOCK] = { WG_LOOK_BOLD, { 220, 94, 9, 3, 1, 3 } },
	[WG_STYLE_IN_SLEEP] = { 0, { 117, 31, 10, 2, 2, 2 } },
	[WG_STYLE_IN_OTHER] = { WG_LOOK_DIM, { 0 } },
	[WG_STYLE_KEY] = { WG_LOOK_BOLD, { 0 } },
	[WG_STYLE_ALERT] = { WG_LOOK_BOLD | WG_LOOK_UNDERLINE, { 0 } },
};

struct wg_ink wg_look(enum wg_style style, int colours, bool light)
{
	int kind = (colours >= 256 ? DARK_256 : colours >= 16 ? DARK_16 : DARK_8) + light;
	int colour = looks[style].colour[kind];

	return (struct wg_ink){ .attrs = looks[style].attrs,
		.colour = colours >= 8 && colour > 0 ? colour : OWN };
}

bool wg_background_is_light(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	uint64_t colour;

	/* 7 is light grey; 8 is dark grey; the bright ones above are light. */
	return last && wg_parse_number(last + 1, 7, 15, &colour) == 0 && colour != 8;
}
