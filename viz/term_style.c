/*
 * term_style.c: see term_style.h.
 *
 * The hues are of the Okabe-Ito set, which people with any colour blindness tell apart: orange for
 * waste, bluish green for awake, blue for work, reddish purple for loss. The background is the
 * terminal's own. Attributes alone (bold, dim, underline, reverse) still rank what matters.
 */
#include "viz/term_style.h"

#include <stdlib.h>

#include "viz/canvas.h"
#include "viz/keys.h"

#define OWN (-1) /* the terminal's own colour */

static const struct {
	attr_t attrs;
	short rich;  /* of 256 */
	short plain; /* of 8 */
} styles[WG_STYLE_COUNT] = {
	[WG_STYLE_PLAIN] = { A_NORMAL, OWN, OWN },
	[WG_STYLE_DIM] = { A_DIM, OWN, OWN },
	[WG_STYLE_STRONG] = { A_BOLD, OWN, OWN },
	[WG_STYLE_TITLE] = { A_REVERSE, OWN, OWN },
	[WG_STYLE_WASTED] = { A_BOLD, 208, COLOR_YELLOW },
	[WG_STYLE_ASLEEP] = { A_DIM, OWN, OWN },
	[WG_STYLE_AWAKE] = { A_NORMAL, 36, COLOR_CYAN },
	[WG_STYLE_WORKING] = { A_NORMAL, 33, COLOR_BLUE },
	[WG_STYLE_IDLE] = { A_DIM, OWN, OWN },
	[WG_STYLE_LOST] = { A_BOLD | A_UNDERLINE, 175, COLOR_MAGENTA },
	[WG_STYLE_EMPTY] = { A_BOLD, 175, COLOR_MAGENTA },
	[WG_STYLE_MARK] = { A_NORMAL, OWN, OWN },
	[WG_STYLE_KEY] = { A_BOLD, OWN, OWN },
	[WG_STYLE_ALERT] = { A_BOLD | A_UNDERLINE, OWN, OWN },
};

static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return !(no && *no) && has_colors() && start_color() == OK && COLORS >= 8;
}

void wg_term_styles(attr_t *attrs, short *pairs)
{
	bool coloured = wants_colours();
	short own = OWN;
	int i;

	/* Terminals that cannot say "my own" mean white on black. */
	if (coloured && use_default_colors() != OK)
		own = COLOR_WHITE;
	for (i = 0; i < WG_STYLE_COUNT; i++) {
		short colour = COLORS >= 256 ? styles[i].rich : styles[i].plain;

		attrs[i] = styles[i].attrs;
		pairs[i] = 0;
		if (!coloured || colour == OWN || i + 1 >= COLOR_PAIRS)
			continue;
		if (init_pair((short)(i + 1), colour, own == OWN ? OWN : COLOR_BLACK) == OK)
			pairs[i] = (short)(i + 1);
	}
}

uint32_t wg_term_key(bool is_code, wint_t ch)
{
	static const struct {
		wint_t code;
		uint32_t key;
	} keys[] = {
		{ KEY_LEFT, WG_KEY_LEFT },
		{ KEY_RIGHT, WG_KEY_RIGHT },
		{ KEY_UP, WG_KEY_UP },
		{ KEY_DOWN, WG_KEY_DOWN },
		{ KEY_HOME, WG_KEY_HOME },
		{ KEY_END, WG_KEY_END },
		{ KEY_PPAGE, WG_KEY_PAGE_UP },
		{ KEY_NPAGE, WG_KEY_PAGE_DOWN },
		{ KEY_BTAB, WG_KEY_BACK_TAB },
		{ KEY_ENTER, '\n' },
		{ KEY_BACKSPACE, 0x7f },
	};
	size_t i;

	if (!is_code)
		return ch == '\r' ? '\n' : ch;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].code == ch)
			return keys[i].key;
	}
	return WG_KEY_OTHER;
}
