/*
 * styles.c: see styles.h.
 */
#include "viz/term/styles.h"

#include <stdlib.h>

#include "viz/canvas/palette.h"

static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return !(no && *no) && has_colors() && start_color() == OK && COLORS >= 8;
}

static attr_t attrs_of(unsigned look)
{
	return (look & WG_LOOK_BOLD ? A_BOLD : 0) | (look & WG_LOOK_DIM ? A_DIM : 0) |
	       (look & WG_LOOK_UNDERLINE ? A_UNDERLINE : 0) |
	       (look & WG_LOOK_REVERSE ? A_REVERSE : 0);
}

void wg_styles_set(struct wg_styles *ret, bool light)
{
	bool coloured = wants_colours();
	short own = -1;
	int i;

	/* Terminals that cannot say "my own" mean white on black. */
	if (coloured && use_default_colors() != OK)
		own = COLOR_WHITE;
	for (i = 0; i < WG_STYLE_COUNT; i++) {
		struct wg_ink look =
			wg_look((enum wg_style)i, coloured ? COLORS : 0, own < 0 && light);

		ret->attrs[i] = attrs_of(look.attrs);
		ret->pairs[i] = 0;
		if (look.colour < 0 || i + 1 >= COLOR_PAIRS)
			continue;
		if (init_pair((short)(i + 1), (short)look.colour, own < 0 ? -1 : COLOR_BLACK) == OK)
			ret->pairs[i] = (short)(i + 1);
	}
}
