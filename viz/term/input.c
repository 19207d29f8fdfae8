/*
 * input.c: see input.h. The shapes are those of ECMA-48: ESC [ parameters final, ESC O final,
 * ESC ] text ESC \.
 */
#include "viz/term/input.h"

#include <stddef.h>
#include <string.h>

#define ESC   0x1b
#define BEL   0x07
#define CAN   0x18
#define ST_C1 0x9c

static uint32_t done(struct wg_input *input, uint32_t key)
{
	input->state = WG_INPUT_PLAIN;
	input->in_string = false;
	return key;
}

static uint32_t begin(struct wg_input *input, enum wg_input_state state)
{
	input->state = state;
	input->number = 0;
	input->has_more = input->in_string = false;
	return 0;
}

/* Keys that curses would have known, had they not come right behind something unknown. */
static uint32_t key_of_final(struct wg_input *input, uint32_t ch)
{
	static const char finals[] = "ABCDHFZ";
	static const uint32_t keys[] = { WG_KEY_UP, WG_KEY_DOWN, WG_KEY_RIGHT, WG_KEY_LEFT,
		WG_KEY_HOME, WG_KEY_END, WG_KEY_BACK_TAB };
	const char *found = ch < 0x80 ? strchr(finals, (int)ch) : NULL;

	if (input->has_more)
		return 0;
	if (found && *found && input->number == 0)
		return keys[found - finals];
	if (ch != '~')
		return 0;
	switch (input->number) {
	case 1:
	case 7: return WG_KEY_HOME;
	case 3: return WG_KEY_DELETE;
	case 4:
	case 8: return WG_KEY_END;
	case 5: return WG_KEY_PAGE_UP;
	case 6: return WG_KEY_PAGE_DOWN;
	case 200: input->is_pasting = true; return 0;
	case 201: input->is_pasting = false; return 0;
	default: return 0;
	}
}

static uint32_t feed_csi(struct wg_input *input, uint32_t ch)
{
	if (ch == '<' && input->state == WG_INPUT_CSI && !input->number && !input->has_more)
		return done(input, WG_INPUT_SGR);
	if (ch >= '0' && ch <= '9') {
		if (input->number < 100000)
			input->number = input->number * 10 + (ch - '0');
		return 0;
	}
	if (ch >= 0x20 && ch < 0x40) {
		input->has_more = true;
		return 0;
	}
	if (ch == ESC)
		return begin(input, WG_INPUT_ESC);
	if (ch < 0x20 && ch != CAN)
		return 0; /* a terminal would act on it within the sequence */
	return done(input, ch < 0x7f ? key_of_final(input, ch) : 0);
}

static uint32_t feed_esc(struct wg_input *input, uint32_t ch)
{
	switch (ch) {
	case '[': return begin(input, WG_INPUT_CSI);
	case 'O': return begin(input, WG_INPUT_SS3);
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_': return begin(input, WG_INPUT_STRING);
	case ESC: return 0;
	default: return done(input, 0); /* with Alt */
	}
}

static uint32_t feed_string(struct wg_input *input, uint32_t ch)
{
	if (ch == BEL || ch == CAN || ch == ST_C1 || (input->in_string && ch == '\\'))
		return done(input, 0);
	if (input->in_string && ch != ESC) { /* another sequence ends it, too */
		input->state = WG_INPUT_ESC;
		input->in_string = false;
		return feed_esc(input, ch);
	}
	input->in_string = ch == ESC;
	return 0;
}

uint32_t wg_input_feed(struct wg_input *input, uint32_t key)
{
	switch (input->state) {
	case WG_INPUT_ESC: return feed_esc(input, key);
	case WG_INPUT_CSI:
	case WG_INPUT_SS3: return feed_csi(input, key);
	case WG_INPUT_STRING: return feed_string(input, key);
	case WG_INPUT_PLAIN: break;
	}
	if (key == ESC)
		return begin(input, WG_INPUT_ESC);
	if (key == 0x9b) /* CSI in one character */
		return begin(input, WG_INPUT_CSI);
	if ((key >= 0x80 && key < 0xa0) || (input->is_pasting && key > 0x10ffff))
		return 0;
	return input->is_pasting && (key < ' ' || key == 0x7f) ? ' ' : key;
}

uint32_t wg_input_pause(struct wg_input *input)
{
	return input->state == WG_INPUT_ESC && !input->is_pasting ? done(input, ESC) : 0;
}
