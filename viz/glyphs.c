/*
 * glyphs.c: see glyphs.h. Only block elements, box drawing and Latin-1: the Linux console and every
 * font that terminals use have them; braille is missing from many.
 */
#include "viz/glyphs.h"

static const struct wg_glyphs utf8 = {
	.wasted = { 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588 },
	.asleep = 0xb7,
	.awake = 0x2501,
	.awake_part = 0x254c,
	.working = 0x2592,
	.working_part = 0x2591,
	.idle = 0x2508,
	.lost = '?',
	.empty = 0x25cb,
	.several = '*',
	.queued = 0x254c,
	.link = 0x2500,
	.up_down = 0x2502,
	.ruler = 0x2500,
	.tick = 0x2534,
	.cursor = 0x25bc,
	.left = 0x25c2,
	.right = 0x25b8,
	.chosen = 0x25b8,
	.bar = 0x2588,
	.bar_rest = 0xb7,
	.rule = 0x2500,
	.window = 0x2501,
	.bookmark = 0xb6,
	.both = 0x2593,
};

static const struct wg_glyphs ascii = {
	.wasted = { '!', '!', '%', '%', '%', '#', '#', '#' },
	.asleep = '.',
	.awake = '=',
	.awake_part = '-',
	.working = 'X',
	.working_part = 'x',
	.idle = '_',
	.lost = '?',
	.empty = 'o',
	.several = '*',
	.queued = '.',
	.link = '-',
	.up_down = '|',
	.ruler = '-',
	.tick = '+',
	.cursor = 'V',
	.left = '<',
	.right = '>',
	.chosen = '>',
	.bar = '#',
	.bar_rest = '.',
	.rule = '-',
	.window = '=',
	.bookmark = '@',
	.both = '8',
};

const struct wg_glyphs *wg_glyphs(bool is_ascii)
{
	return is_ascii ? &ascii : &utf8;
}
