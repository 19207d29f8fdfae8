/*
 * curses_key.c: see curses_key.h.
 */
#include "viz/term/curses_key.h"

#include <curses.h>

#include "viz/app/keys.h"

uint32_t wg_curses_key(bool is_code, wint_t ch)
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
		{ KEY_DC, WG_KEY_DELETE },
		{ KEY_ENTER, '\n' },
		{ KEY_BACKSPACE, 0x7f },
		{ KEY_F(1), '?' },
	};
	size_t i;

	if (!is_code)
		return ch == '\r' ? '\n' : ch;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].code == ch)
			return keys[i].key;
	}
	/* What terminfo knows beyond curses: keys with Ctrl, the focus of the window. */
	return ch > KEY_MAX ? 0 : WG_KEY_OTHER;
}
