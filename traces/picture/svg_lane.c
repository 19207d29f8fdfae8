/*
 * svg_lane.c: one lane of a picture (see svg.h): columns with the same look become one shape.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "traces/picture/markup.h"
#include "traces/picture/svg.h"
#include "traces/base/units.h"

#define TITLED 3 /* pixels: what is narrower cannot be pointed at */

struct wg_svg_run {
	int first, last; /* columns */
	enum wg_look look;
	int step;	     /* WASTED: height; AWAKE, WORKING: 1 if most of the time */
	enum wg_look behind; /* WASTED, low enough to see it: what the rest of the time was */
	int64_t wasted_ns;
};

#define BEHIND_STEP 2 /* up to this height the middle of a lane is free */

struct wg_svg_run *wg__svg_runs(int cols)
{
	return malloc((size_t)cols * sizeof(struct wg_svg_run));
}

/* ---- shapes ---- */

static const char *look_class(enum wg_look look, int step)
{
	switch (look) {
	case WG_LOOK_WASTED: return "w";
	case WG_LOOK_WORKING: return step ? "k" : "k k2";
	case WG_LOOK_LOST: return "l";
	case WG_LOOK_EMPTY: return "e";
	case WG_LOOK_AWAKE: return "a";
	case WG_LOOK_IN_FDS:
	case WG_LOOK_ASLEEP: return "s";
	case WG_LOOK_IN_COND: return "ic";
	case WG_LOOK_IN_LOCK: return "il";
	case WG_LOOK_IN_SLEEP: return "is";
	case WG_LOOK_IN_OTHER: return "io";
	default: return "i";
	}
}

/* Where a look stands in a lane of height h: its own height, from the bottom or in the middle. */
static void place(enum wg_look look, int step, int h, int *ret_y, int *ret_h)
{
	static const int in_the_middle[WG_LOOK_COUNT] = {
		[WG_LOOK_ASLEEP] = 2,
		[WG_LOOK_IDLE] = 1,
		[WG_LOOK_IN_FDS] = 2,
		[WG_LOOK_IN_COND] = 4,
		[WG_LOOK_IN_LOCK] = 6,
		[WG_LOOK_IN_SLEEP] = 3,
		[WG_LOOK_IN_OTHER] = 1,
	};
	int height = h;

	if (look == WG_LOOK_WASTED)
		height = (h * (step + 1) + WG_WASTED_STEPS - 1) / WG_WASTED_STEPS;
	else if (look == WG_LOOK_AWAKE)
		height = step ? h / 2 : h / 4;
	else if (in_the_middle[look])
		height = in_the_middle[look];
	*ret_h = height;
	*ret_y = look == WG_LOOK_AWAKE || in_the_middle[look] ? (h - height) / 2 : h - height;
}

void wg_svg_sample(FILE *out, enum wg_look look, int x, int y)
{
	int dy, height;

	place(look, look == WG_LOOK_WASTED ? WG_WASTED_STEPS - 1 : 1, 18, &dy, &height);
	if (look == WG_LOOK_EMPTY)
		(void)fprintf(
			out, "<circle class=\"e\" cx=\"%d\" cy=\"%d\" r=\"4\"/>\n", x + 14, y + 9);
	else
		(void)fprintf(out,
			"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"28\" height=\"%d\"/>\n",
			look_class(look, 1), x, y + dy, height);
}

/* ---- one lane ---- */

static enum wg_look behind(const struct wg_bin *bin, int step, int64_t step_ns)
{
	int state;

	if (step > BEHIND_STEP || bin->ns[WG_SPAN_WASTED] == 0)
		return WG_LOOK_BLANK;
	if (bin->ns[WG_SPAN_AWAKE] * 2 >= step_ns)
		return WG_LOOK_AWAKE;
	for (state = WG_SPAN_IN_FDS; state <= WG_SPAN_IN_OTHER; state++) {
		if (bin->ns[state] > 0)
			return WG_LOOK_IN_FDS + (enum wg_look)(state - WG_SPAN_IN_FDS);
	}
	return bin->ns[WG_SPAN_ASLEEP] > 0 ? WG_LOOK_ASLEEP : WG_LOOK_BLANK;
}

static size_t cut_runs(struct wg_svg *svg, size_t index, const struct wg_lane *lane)
{
	const struct wg_picture *p = svg->picture;
	int64_t step_ns = svg->scale.step_ns, origin = p->origin_ns[index];
	size_t count = 0;
	int col;

	wg_bins_clear(svg->bins, &svg->scale);
	wg_bins_fill(svg->bins, &svg->scale, lane, origin);
	if (svg->holes_of != p->trace[index]) {
		svg->holes_of = p->trace[index];
		wg_bins_clear(svg->holes, &svg->scale);
		wg_bins_add_holes(svg->holes, &svg->scale, p->trace[index], origin);
	}
	wg_bins_add(svg->bins, &svg->scale, svg->holes);
	wg_bins_add_empty_wakes(svg->bins, &svg->scale, p->trace[index], lane, origin);
	for (col = 0; col < svg->scale.cols; col++) {
		const struct wg_bin *bin = &svg->bins[col];
		enum wg_look look = wg_bin_look(bin, lane->kind);
		struct wg_svg_run *last = count ? &svg->run[count - 1] : NULL;
		int step = 0;

		if (look == WG_LOOK_IDLE || look == WG_LOOK_BLANK)
			continue; /* the ground shows */
		if (look == WG_LOOK_WASTED)
			step = wg_bin_wasted_step(bin, step_ns);
		else if (look == WG_LOOK_AWAKE)
			step = bin->ns[WG_SPAN_AWAKE] * 2 >= step_ns;
		else if (look == WG_LOOK_WORKING)
			step = bin->ns[WG_SPAN_WORKING] * 2 >= step_ns;
		if (last && last->last == col - 1 && last->look == look && last->step == step &&
			last->behind == behind(bin, step, step_ns)) {
			last->last = col;
			last->wasted_ns += bin->ns[WG_SPAN_WASTED];
			continue;
		}
		svg->run[count++] = (struct wg_svg_run){ .first = col,
			.last = col,
			.look = look,
			.step = step,
			.behind = behind(bin, step, step_ns),
			.wasted_ns = bin->ns[WG_SPAN_WASTED] };
	}
	return count;
}

/* The span that a run shows, if it shows one only. */
static const struct wg_span *only_span(const struct wg_svg *svg, const struct wg_lane *lane,
	int64_t origin, const struct wg_svg_run *run, struct wg_span *room)
{
	int64_t left = wg_scale_time(&svg->scale, run->first) + origin;
	int64_t right = wg_scale_time(&svg->scale, run->last + 1) + origin;
	size_t i = wg_lane_first(lane, left);

	/* A sliver of the neighbour shares the border's pixel. */
	if (i < lane->span_count &&
		wg_lane_span(lane, i, room)->end_ns < left + svg->scale.step_ns &&
		room->end_ns < right - svg->scale.step_ns)
		i++;
	if (i >= lane->span_count ||
		wg_lane_span(lane, i, room)->end_ns < right - svg->scale.step_ns)
		return NULL;
	return room;
}

static void title_run(const struct wg_svg *svg, const struct wg_lane *lane, int64_t origin,
	const struct wg_svg_run *run)
{
	struct wg_span room;
	const struct wg_span *span = only_span(svg, lane, origin, run, &room);
	int64_t width = (run->last - run->first + 1) * svg->scale.step_ns;
	int64_t at = wg_scale_time(&svg->scale, run->first);
	char from[32], time[32], all[32];

	(void)fputs("<title>", svg->out);
	wg_markup_text(svg->out, lane->name);
	if (span) {
		(void)fprintf(svg->out, ": %s for %s, from %s", wg_look_name((int)run->look),
			wg_format_time(time, sizeof(time), span->end_ns - span->begin_ns),
			wg_format_time(from, sizeof(from), span->begin_ns - origin));
		if (span->op)
			(void)fprintf(svg->out, ", operation %" PRIu64, span->op);
		if (span->open)
			(void)fputs(", to the end of the trace", svg->out);
	} else if (run->look == WG_LOOK_WASTED) {
		(void)fprintf(svg->out, ": %s of %s wasted, from %s",
			wg_format_time(time, sizeof(time), run->wasted_ns),
			wg_format_time(all, sizeof(all), width),
			wg_format_time(from, sizeof(from), at));
	} else {
		(void)fprintf(svg->out, ": %s, from %s to %s", wg_look_name((int)run->look),
			wg_format_time(from, sizeof(from), at),
			wg_format_time(all, sizeof(all), at + width));
	}
	(void)fputs("</title>", svg->out);
}

static void draw_wide(const struct wg_svg *svg, const struct wg_lane *lane, int64_t origin,
	const struct wg_svg_run *run, int y, int h)
{
	int dy, height;

	place(run->look, run->step, h, &dy, &height);
	(void)fprintf(svg->out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">",
		look_class(run->look, run->step), svg->plot_x + run->first, y + dy,
		run->last - run->first + 1, height);
	title_run(svg, lane, origin, run);
	(void)fputs("</rect>\n", svg->out);
}

/* All narrow runs of one look and, but for WASTED, one step, and what shows behind low ones: one
 * path. */
static void draw_narrow(
	const struct wg_svg *svg, const struct wg_svg_run *like, size_t count, int y, int h)
{
	const struct wg_svg_run *run = svg->run;
	bool begun = false;
	int dy, height;
	size_t i;

	for (i = 0; i < count; i++) {
		int width = run[i].last - run[i].first + 1;
		bool is_behind = run[i].behind == like->look && !like->step;

		if (!is_behind &&
			(run[i].look != like->look || width >= TITLED ||
				(like->look != WG_LOOK_WASTED && run[i].step != like->step)))
			continue;
		if (!begun)
			(void)fprintf(svg->out, "<path class=\"%s\" d=\"",
				look_class(like->look, like->step));
		begun = true;
		place(like->look, is_behind ? 0 : run[i].step, h, &dy, &height);
		(void)fprintf(svg->out, "M%d %dh%dv%dh-%dz", svg->plot_x + run[i].first, y + dy,
			width, height, width);
	}
	if (begun)
		(void)fputs("\"/>\n", svg->out);
}

static void draw_empty_wakes(const struct wg_svg *svg, const struct wg_svg_run *run, int y, int h)
{
	int x = run->first;

	/* Many in a row: a circle every few pixels, so that circles do not overlap. */
	for (; x <= run->last; x += 8)
		(void)fprintf(svg->out, "<circle class=\"e\" cx=\"%d\" cy=\"%d\" r=\"3\"/>\n",
			svg->plot_x + x, y + h / 2);
}

static void draw_ground(
	const struct wg_svg *svg, size_t index, const struct wg_lane *lane, int y, int h)
{
	const struct wg_trace *t = svg->picture->trace[index];
	int from = wg_scale_col(&svg->scale, t->begin_ns - svg->picture->origin_ns[index]);
	int to = wg_scale_col(&svg->scale, t->end_ns - svg->picture->origin_ns[index]);

	from = from < 0 ? 0 : from;
	to = to >= svg->scale.cols ? svg->scale.cols - 1 : to;
	if (to < from)
		return;
	(void)fprintf(svg->out,
		"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		lane->kind == WG_LANE_WORKER ? "i" : "g", svg->plot_x + from,
		lane->kind == WG_LANE_WORKER ? y + h / 2 : y, to - from + 1,
		lane->kind == WG_LANE_WORKER ? 1 : h);
}

void wg__svg_lane(struct wg_svg *svg, size_t index, const struct wg_lane *lane, int y, int h)
{
	static const struct wg_svg_run likes[] = {
		{ .look = WG_LOOK_ASLEEP },
		{ .look = WG_LOOK_IN_FDS },
		{ .look = WG_LOOK_IN_COND },
		{ .look = WG_LOOK_IN_LOCK },
		{ .look = WG_LOOK_IN_SLEEP },
		{ .look = WG_LOOK_IN_OTHER },
		{ .look = WG_LOOK_AWAKE, .step = 1 },
		{ .look = WG_LOOK_AWAKE },
		{ .look = WG_LOOK_WORKING, .step = 1 },
		{ .look = WG_LOOK_WORKING },
		{ .look = WG_LOOK_LOST },
		{ .look = WG_LOOK_WASTED },
	};
	size_t count = cut_runs(svg, index, lane), i, name_cols;

	name_cols = (size_t)((svg->plot_x - WG_SVG_MARGIN - 8) / WG__SVG_CHAR_W);
	(void)fprintf(svg->out, "<g class=\"lane\">\n<text class=\"n%s\" x=\"%d\" y=\"%d\">",
		lane->kind == WG_LANE_WORKER ? " d" : "",
		WG_SVG_MARGIN + (lane->kind == WG_LANE_WORKER ? 10 : 0), y + h / 2 + 4);
	wg_markup_clipped(svg->out, lane->name, name_cols - (lane->kind == WG_LANE_WORKER ? 1 : 0));
	(void)fputs("</text>\n", svg->out);
	draw_ground(svg, index, lane, y, h);
	for (i = 0; i < sizeof(likes) / sizeof(likes[0]); i++)
		draw_narrow(svg, &likes[i], count, y, h);
	for (i = 0; i < count; i++) {
		if (svg->run[i].look == WG_LOOK_EMPTY)
			draw_empty_wakes(svg, &svg->run[i], y, h);
		else if (svg->run[i].last - svg->run[i].first + 1 >= TITLED)
			draw_wide(svg, lane, svg->picture->origin_ns[index], &svg->run[i], y, h);
	}
	(void)fputs("</g>\n", svg->out);
}
