/*
 * glyphs.c: see glyphs.h. Only block elements, box drawing and Latin-1: the Linux console and every
 * font that terminals use have them; braille is missing from many.
 */
#include "viz/canvas/glyphs.h"

static const struct wg_glyphs utf8 = {
	.wasted = { 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588 },
	.asleep = 0xb7,
	.in_fds = 0xb7,
	.in_cond = ':',
	.in_lock = 0xd7,
	.in_sleep = '~',
	.in_other = 0xb0,
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
	.up = 0x25b2,
	.down = 0x25bc,
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
	.in_fds = '.',
	.in_cond = ':',
	.in_lock = '&',
	.in_sleep = '~',
	.in_other = '\'',
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
	.up = '^',
	.down = 'v',
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

struct wg_cell wg_bin_cell(const struct wg_bin *bin, int64_t step_ns, enum wg_lane_kind kind,
	const struct wg_glyphs *g)
{
	bool most_working = bin->ns[WG_SPAN_WORKING] * 2 >= step_ns;
	bool most_awake = bin->ns[WG_SPAN_AWAKE] * 2 >= step_ns;
	int step;

	switch (wg_bin_look(bin, kind)) {
	case WG_LOOK_WASTED:
		step = wg_bin_wasted_step(bin, step_ns);
		return (struct wg_cell){ .ch = g->wasted[step], .style = WG_STYLE_WASTED };
	case WG_LOOK_WORKING:
		return (struct wg_cell){ .ch = most_working ? g->working : g->working_part,
			.style = WG_STYLE_WORKING };
	case WG_LOOK_LOST: return (struct wg_cell){ .ch = g->lost, .style = WG_STYLE_LOST };
	case WG_LOOK_EMPTY: return (struct wg_cell){ .ch = g->empty, .style = WG_STYLE_EMPTY };
	case WG_LOOK_AWAKE:
		return (struct wg_cell){ .ch = most_awake ? g->awake : g->awake_part,
			.style = WG_STYLE_AWAKE };
	case WG_LOOK_ASLEEP: return (struct wg_cell){ .ch = g->asleep, .style = WG_STYLE_ASLEEP };
	case WG_LOOK_IN_FDS: return (struct wg_cell){ .ch = g->in_fds, .style = WG_STYLE_ASLEEP };
	case WG_LOOK_IN_COND:
		return (struct wg_cell){ .ch = g->in_cond, .style = WG_STYLE_IN_COND };
	case WG_LOOK_IN_LOCK:
		return (struct wg_cell){ .ch = g->in_lock, .style = WG_STYLE_IN_LOCK };
	case WG_LOOK_IN_SLEEP:
		return (struct wg_cell){ .ch = g->in_sleep, .style = WG_STYLE_IN_SLEEP };
	case WG_LOOK_IN_OTHER:
		return (struct wg_cell){ .ch = g->in_other, .style = WG_STYLE_IN_OTHER };
	case WG_LOOK_IDLE: return (struct wg_cell){ .ch = g->idle, .style = WG_STYLE_IDLE };
	default: return (struct wg_cell){ .ch = ' ', .style = WG_STYLE_PLAIN };
	}
}
