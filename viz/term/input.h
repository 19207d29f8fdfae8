/*
 * input.h: characters from a terminal that are no keys: escape sequences that nobody asked for, and
 * pasted text.
 *
 * curses decodes the keys that it knows and hands out all else character by character. So
 * Shift-Enter of a modern keyboard, a letter with Alt, a late answer to a question of the shell or
 * the news that the window has the focus would be a handful of keys. Here a sequence is taken
 * whole, however long it is and in however many reads it comes.
 */
#ifndef VIZ_TERM_INPUT_H
#define VIZ_TERM_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "viz/app/keys.h"

/* Ask the terminal to say what is pasted, and what is typed. */
#define WG_PASTE_ON  "\033[?2004h"
#define WG_PASTE_OFF "\033[?2004l"

/* The sequence of a mouse report has begun: the next characters are for sgr.h. */
#define WG_INPUT_SGR (WG_KEY_OTHER + 1)

/* All zero at first. */
struct wg_input {
	enum wg_input_state {
		WG_INPUT_PLAIN,
		WG_INPUT_ESC,	 /* after ESC: a key, or what begins a sequence */
		WG_INPUT_CSI,	 /* ESC [, up to a letter or the like */
		WG_INPUT_SS3,	 /* ESC O, likewise */
		WG_INPUT_STRING, /* ESC ] and others, up to BEL or ESC \ */
	} state;
	unsigned number; /* of a CSI */
	bool has_more;	 /* it has more than a number */
	bool in_string;	 /* ESC came within a string */
	bool is_pasting; /* what wg_input_feed() returns was pasted */
};

/* One more character or key. The key to press, 0: none. Of pasted text each line's end is a blank.
 */
uint32_t wg_input_feed(struct wg_input *input, uint32_t key);

/* Nothing follows for a while. The key to press: Esc if it came alone. 0: none. */
uint32_t wg_input_pause(struct wg_input *input);

#endif
