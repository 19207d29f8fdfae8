/*
 * live_title.c: the title of a live screen: what is watched, whether the screen follows, how much
 * has come and was lost, and how much is kept. Parts that do not fit are left out, least important
 * first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viz/app/live_title.h"
#include "viz/screen/screen.h"
#include "viz/screen/text.h"
#include "traces/base/units.h"

struct part {
	unsigned style;
	char text[80];
};

static void format_count(char *buf, size_t len, uint64_t n)
{
	if (n < 100000)
		(void)snprintf(buf, len, "%" PRIu64, n);
	else if (n < 10000000)
		(void)snprintf(buf, len, "%" PRIu64 "k", n / 1000);
	else
		(void)snprintf(buf, len, "%.1fM", (double)n / 1e6);
}

static void format_limits(char *buf, size_t len, const struct wg_live_title *t)
{
	char time[32], kept[24], most[24];

	format_count(kept, sizeof(kept), t->kept);
	format_count(most, sizeof(most), t->limits.events);
	(void)snprintf(buf, len, "kept %s of %s, %s", kept, most,
		wg_format_time(time, sizeof(time), t->limits.span_ns));
}

static void format_state(char *buf, size_t len, const struct wg_live_title *t)
{
	if (t->has_ended && t->is_cut)
		(void)snprintf(buf, len, "cut off");
	else if (t->has_ended && t->exit_code)
		(void)snprintf(buf, len, "ended with %d", t->exit_code);
	else
		(void)snprintf(buf, len, "%s",
			t->has_ended	  ? "ended"
			: t->is_following ? "following"
					  : "paused");
}

/* In the order on the screen, which is also the order in which parts are kept. */
static size_t make_parts(const struct wg_live_title *t, struct part *parts)
{
	char text[32];
	size_t n = 0;

	format_count(text, sizeof(text), t->events);
	(void)snprintf(parts[n].text, sizeof(parts[n].text), "%s events", text);
	parts[n++].style = WG_STYLE_TITLE;
	format_count(text, sizeof(text), t->discarded);
	(void)snprintf(parts[n].text, sizeof(parts[n].text), "%s discarded", text);
	parts[n++].style = t->discarded ? WG_STYLE_ALERT : WG_STYLE_TITLE;
	if (t->reattached) {
		(void)snprintf(
			parts[n].text, sizeof(parts[n].text), "reattached %u x", t->reattached);
		parts[n++].style = WG_STYLE_ALERT;
	}
	format_limits(parts[n].text, sizeof(parts[n].text), t);
	parts[n++].style = WG_STYLE_TITLE;
	if (!t->has_ended && t->behind_ns >= 0) {
		(void)snprintf(parts[n].text, sizeof(parts[n].text), "%.2f s behind",
			(double)t->behind_ns / 1e9);
		parts[n++].style = WG_STYLE_TITLE;
	}
	if (!t->has_ended) {
		format_count(text, sizeof(text), t->per_second);
		(void)snprintf(parts[n].text, sizeof(parts[n].text), "%s/s", text);
		parts[n++].style = WG_STYLE_TITLE;
	}
	return n;
}

void wg_live_title_text(char *buf, size_t len, const struct wg_live_title *t)
{
	struct part parts[8];
	size_t i, count = make_parts(t, parts), used;
	char state[32];

	format_state(state, sizeof(state), t);
	(void)snprintf(buf, len, "%s, %s", t->name, state);
	for (i = 0; i < count; i++) {
		used = strlen(buf);
		(void)snprintf(buf + used, len - used, ", %s", parts[i].text);
	}
}

void wg_draw_live_title(const struct wg_pen *pen)
{
	const struct wg_live_title *t = pen->app->live;
	int y = pen->layout->title.y, cols = pen->app->cols, x = 1, room;
	struct part parts[8];
	char state[32];
	size_t i, count = make_parts(t, parts), needed = t->reattached ? 4 : 3, name;

	wg_canvas_fill(pen->canvas, 0, y, cols, WG_STYLE_TITLE, ' ');
	format_state(state, sizeof(state), t);
	room = cols - (int)strlen(state) - 2;
	(void)wg_canvas_text(pen->canvas, room + 1, y, cols, WG_STYLE_TITLE, state);
	x += wg_canvas_text(pen->canvas, x, y, room - x, WG_STYLE_TITLE,
		cols >= 100 ? "wakegap live " : "live ");
	/* Counts of events, losses and kept events matter more than a long name. */
	for (i = name = 0; i < needed; i++)
		name += strlen(parts[i].text) + 2;
	x += wg_canvas_text(pen->canvas, x, y, room - x - (int)name > 8 ? room - x - (int)name : 8,
		WG_STYLE_TITLE, t->name);
	for (i = 0; i < count; i++) {
		int width = (int)strlen(parts[i].text);

		if (x + 2 + width > room)
			continue;
		x += 2;
		x += wg_canvas_text(pen->canvas, x, y, width, parts[i].style, parts[i].text);
	}
}
