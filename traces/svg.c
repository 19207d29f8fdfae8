/*
 * svg.c: see svg.h. Whole numbers only: every border lies on a pixel, so nothing is blurred and two
 * lanes can be compared by the pixel.
 */
#include "traces/svg.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/markup.h"
#include "traces/units.h"

#define LOOP_H	 22
#define WORKER_H 12
#define LOOP_GAP 7
#define WORK_GAP 5
#define HEAD_H	 30
#define AXIS_H	 34
#define PANE_GAP 14
#define CHAR_W	 7 /* of a name or a label at 11 px, the widest common font */
#define TITLED	 3 /* pixels: what is narrower cannot be pointed at */

struct wg_svg_run {
	int first, last; /* columns */
	enum wg_look look;
	int step; /* WASTED: height; AWAKE, WORKING: 1 if most of the time */
	int64_t wasted_ns;
};

int wg_svg_init(struct wg_svg *svg, FILE *out, const struct wg_picture *p)
{
	size_t i, k, name = 0;
	int cols;

	memset(svg, 0, sizeof(*svg));
	svg->out = out;
	svg->picture = p;
	svg->width = p->width ? p->width : WG_SVG_WIDTH;
	svg->width = svg->width < WG_SVG_WIDTH_MIN ? WG_SVG_WIDTH_MIN : svg->width;
	svg->width = svg->width > WG_SVG_WIDTH_MAX ? WG_SVG_WIDTH_MAX : svg->width;
	for (i = 0; i < p->count; i++) {
		for (k = 0; k < p->trace[i]->lane_count; k++) {
			size_t n = wg_markup_width(p->trace[i]->lanes[k].name);

			name = n > name ? n : name;
		}
	}
	svg->plot_x = WG_SVG_MARGIN + (int)(name > 24 ? 24 : name < 9 ? 9 : name) * CHAR_W + 12;
	if (svg->plot_x > svg->width / 3)
		svg->plot_x = svg->width / 3;
	cols = svg->width - WG_SVG_MARGIN - svg->plot_x;
	svg->scale = (struct wg_scale){ .from_ns = p->from_ns,
		.step_ns = wg_scale_fit_step(p->from_ns, p->to_ns - 1, cols),
		.cols = cols };
	svg->bins = malloc((size_t)cols * sizeof(*svg->bins));
	svg->run = malloc((size_t)cols * sizeof(*svg->run));
	if (!svg->bins || !svg->run) {
		wg_svg_fini(svg);
		return -ENOMEM;
	}
	return 0;
}

void wg_svg_fini(struct wg_svg *svg)
{
	free(svg->bins);
	free(svg->run);
	svg->bins = NULL;
	svg->run = NULL;
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
	case WG_LOOK_ASLEEP: return "s";
	default: return "i";
	}
}

/* Where a look stands in a lane of height h: its own height, from the bottom or in the middle. */
static void place(enum wg_look look, int step, int h, int *ret_y, int *ret_h)
{
	int height = h;

	if (look == WG_LOOK_WASTED)
		height = (h * (step + 1) + WG_WASTED_STEPS - 1) / WG_WASTED_STEPS;
	else if (look == WG_LOOK_AWAKE)
		height = step ? h / 2 : h / 4;
	else if (look == WG_LOOK_ASLEEP)
		height = 4;
	else if (look == WG_LOOK_IDLE)
		height = 1;
	*ret_h = height;
	*ret_y = look == WG_LOOK_AWAKE || look == WG_LOOK_IDLE || look == WG_LOOK_ASLEEP
			 ? (h - height) / 2
			 : h - height;
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

void wg_svg_defs(FILE *out)
{
	(void)fputs("<defs>\n"
		    "<pattern id=\"wg-k\" width=\"6\" height=\"6\" "
		    "patternUnits=\"userSpaceOnUse\"><rect class=\"kb\" width=\"6\" height=\"6\"/>"
		    "<path class=\"kl\" d=\"M-1 1l2 -2M0 6l6 -6M5 7l2 -2\"/></pattern>\n"
		    "<pattern id=\"wg-l\" width=\"6\" height=\"6\" "
		    "patternUnits=\"userSpaceOnUse\"><rect class=\"lb\" width=\"6\" height=\"6\"/>"
		    "<path class=\"ll\" d=\"M0 0l6 6M6 0l-6 6\"/></pattern>\n"
		    "<pattern id=\"wg-s\" width=\"6\" height=\"4\" "
		    "patternUnits=\"userSpaceOnUse\">"
		    "<rect class=\"sd\" y=\"1\" width=\"2\" height=\"2\"/></pattern>\n"
		    "</defs>\n",
		out);
}

/* ---- one lane ---- */

static size_t cut_runs(struct wg_svg *svg, size_t index, const struct wg_lane *lane)
{
	const struct wg_picture *p = svg->picture;
	int64_t step_ns = svg->scale.step_ns, origin = p->origin_ns[index];
	size_t count = 0;
	int col;

	wg_bins_fill(svg->bins, &svg->scale, lane, origin);
	wg_bins_add_holes(svg->bins, &svg->scale, p->trace[index], origin);
	if (lane->kind == WG_LANE_LOOP)
		wg_bins_add_empty_wakes(
			svg->bins, &svg->scale, p->trace[index], lane->loop_idx, origin);
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
		if (last && last->last == col - 1 && last->look == look && last->step == step) {
			last->last = col;
			last->wasted_ns += bin->ns[WG_SPAN_WASTED];
			continue;
		}
		svg->run[count++] = (struct wg_svg_run){ .first = col,
			.last = col,
			.look = look,
			.step = step,
			.wasted_ns = bin->ns[WG_SPAN_WASTED] };
	}
	return count;
}

/* The span that a run shows, if it shows one only. */
static const struct wg_span *only_span(const struct wg_svg *svg, const struct wg_lane *lane,
	int64_t origin, const struct wg_svg_run *run)
{
	int64_t left = wg_scale_time(&svg->scale, run->first) + origin;
	int64_t right = wg_scale_time(&svg->scale, run->last + 1) + origin;
	size_t i = wg_lane_first(lane, left);

	/* A sliver of the neighbour shares the border's pixel. */
	if (i < lane->span_count && lane->spans[i].end_ns < left + svg->scale.step_ns &&
		lane->spans[i].end_ns < right - svg->scale.step_ns)
		i++;
	if (i >= lane->span_count || lane->spans[i].end_ns < right - svg->scale.step_ns)
		return NULL;
	return &lane->spans[i];
}

static void title_run(const struct wg_svg *svg, const struct wg_lane *lane, int64_t origin,
	const struct wg_svg_run *run)
{
	const struct wg_span *span = only_span(svg, lane, origin, run);
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

/* All narrow runs of one look and, but for WASTED, one step: one path. */
static void draw_narrow(
	const struct wg_svg *svg, const struct wg_svg_run *like, size_t count, int y, int h)
{
	const struct wg_svg_run *run = svg->run;
	bool begun = false;
	int dy, height;
	size_t i;

	for (i = 0; i < count; i++) {
		int width = run[i].last - run[i].first + 1;

		if (run[i].look != like->look || width >= TITLED ||
			(like->look != WG_LOOK_WASTED && run[i].step != like->step))
			continue;
		if (!begun)
			(void)fprintf(svg->out, "<path class=\"%s\" d=\"",
				look_class(like->look, like->step));
		begun = true;
		place(run[i].look, run[i].step, h, &dy, &height);
		(void)fprintf(svg->out, "M%d %dh%dv%dh-%dz", svg->plot_x + run[i].first, y + dy,
			width, height, width);
	}
	if (begun)
		(void)fputs("\"/>\n", svg->out);
}

static void draw_empty_wakes(const struct wg_svg *svg, const struct wg_svg_run *run, int y, int h)
{
	int x = run->first;

	/* Many in a row: a ring every few pixels, for rings must not run into one another. */
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
		lane->kind == WG_LANE_LOOP ? "g" : "i", svg->plot_x + from,
		lane->kind == WG_LANE_LOOP ? y : y + h / 2, to - from + 1,
		lane->kind == WG_LANE_LOOP ? h : 1);
}

static void draw_lane(struct wg_svg *svg, size_t index, const struct wg_lane *lane, int y, int h)
{
	static const struct wg_svg_run likes[] = {
		{ .look = WG_LOOK_ASLEEP },
		{ .look = WG_LOOK_AWAKE, .step = 1 },
		{ .look = WG_LOOK_AWAKE },
		{ .look = WG_LOOK_WORKING, .step = 1 },
		{ .look = WG_LOOK_WORKING },
		{ .look = WG_LOOK_LOST },
		{ .look = WG_LOOK_WASTED },
	};
	size_t count = cut_runs(svg, index, lane), i, name_chars;

	name_chars = (size_t)((svg->plot_x - WG_SVG_MARGIN - 8) / CHAR_W);
	(void)fprintf(svg->out, "<g class=\"lane\">\n<text class=\"n%s\" x=\"%d\" y=\"%d\">",
		lane->kind == WG_LANE_WORKER ? " d" : "",
		WG_SVG_MARGIN + (lane->kind == WG_LANE_WORKER ? 10 : 0), y + h / 2 + 4);
	wg_markup_clipped(
		svg->out, lane->name, name_chars - (lane->kind == WG_LANE_WORKER ? 1 : 0));
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

/* ---- panes and axis ---- */

/* How high a pane is, and how many of its workers have no lane. */
static int pane_height(const struct wg_trace *t, size_t *ret_hidden)
{
	size_t i, workers = 0;
	int h = HEAD_H + PANE_GAP;

	for (i = 0; i < t->lane_count; i++) {
		if (t->lanes[i].kind == WG_LANE_LOOP)
			h += LOOP_H + LOOP_GAP;
		else if (workers++ < WG_SVG_WORKERS_MAX)
			h += WORKER_H + WORK_GAP;
	}
	*ret_hidden = workers > WG_SVG_WORKERS_MAX ? workers - WG_SVG_WORKERS_MAX : 0;
	return h + (*ret_hidden ? WORKER_H + WORK_GAP : 0);
}

int wg_svg_timeline_height(const struct wg_svg *svg)
{
	size_t i, hidden;
	int h = AXIS_H;

	for (i = 0; i < svg->picture->count; i++)
		h += pane_height(svg->picture->trace[i], &hidden);
	return h;
}

static void draw_end(const struct wg_svg *svg, size_t index, int y)
{
	const struct wg_picture *p = svg->picture;
	int64_t end = p->trace[index]->end_ns - p->origin_ns[index];
	int col = wg_scale_col(&svg->scale, end);
	char time[32], text[64];

	(void)snprintf(text, sizeof(text), "ends at %s", wg_format_time(time, sizeof(time), end));
	if (end >= p->from_ns && col + 8 + (int)strlen(text) * CHAR_W < svg->scale.cols)
		(void)fprintf(svg->out, "<text class=\"d\" x=\"%d\" y=\"%d\">%s</text>\n",
			svg->plot_x + col + 8, y, text);
}

static int draw_pane(struct wg_svg *svg, size_t index, int y)
{
	const struct wg_trace *t = svg->picture->trace[index];
	const struct wg_figures *f = &svg->picture->figures[index];
	size_t i, workers = 0, hidden;
	char line[160];
	int bottom = y + pane_height(t, &hidden);
	bool ended = false;

	(void)fprintf(svg->out, "<path class=\"r\" d=\"M%d %dH%d\"/>\n<text x=\"%d\" y=\"%d\">",
		WG_SVG_MARGIN, y + 2, svg->width - WG_SVG_MARGIN, WG_SVG_MARGIN, y + 20);
	(void)fprintf(svg->out, "<tspan class=\"b\">%c ", 'A' + (int)index);
	wg_markup_clipped(svg->out, f->strategy, 24);
	(void)fprintf(svg->out, "</tspan><tspan class=\"h\" dx=\"12\">%s</tspan></text>\n",
		wg_picture_headline(f, line, sizeof(line)));
	y += HEAD_H;
	for (i = 0; i < t->lane_count; i++) {
		bool loop = t->lanes[i].kind == WG_LANE_LOOP;

		if (!loop && workers++ >= WG_SVG_WORKERS_MAX)
			continue;
		draw_lane(svg, index, &t->lanes[i], y, loop ? LOOP_H : WORKER_H);
		if (loop && !ended)
			draw_end(svg, index, y + LOOP_H / 2 + 4);
		ended = ended || loop;
		y += loop ? LOOP_H + LOOP_GAP : WORKER_H + WORK_GAP;
	}
	if (hidden)
		(void)fprintf(svg->out,
			"<text class=\"d\" x=\"%d\" y=\"%d\">+%zu workers not drawn</text>\n",
			WG_SVG_MARGIN + 10, y + 10, hidden);
	return bottom;
}

/* Not through the headers of the panes. */
static void draw_grid_line(const struct wg_svg *svg, int x, int y)
{
	size_t i, hidden;

	(void)fprintf(svg->out, "<path class=\"x\" d=\"M%d.5 %dv5", x, y);
	y += AXIS_H - 22;
	for (i = 0; i < svg->picture->count; i++) {
		int h = pane_height(svg->picture->trace[i], &hidden);

		(void)fprintf(
			svg->out, "M%d.5 %dv%d", x, y + HEAD_H - 4, h - HEAD_H - PANE_GAP + 4);
		y += h;
	}
	(void)fputs("\"/>\n", svg->out);
}

static void draw_axis(const struct wg_svg *svg, int y)
{
	const struct wg_scale *scale = &svg->scale;
	/* In letters, wg_scale_tick() leaves room for a label between two ticks. */
	struct wg_scale letters = { scale->from_ns, scale->step_ns * CHAR_W, scale->cols / CHAR_W };
	int64_t tick = wg_scale_tick(&letters), t = scale->from_ns / tick * tick;
	int free_x = svg->plot_x - CHAR_W;

	for (; t < wg_scale_end(scale); t += tick) {
		int col = wg_scale_col(scale, t), x = svg->plot_x + col, half;
		char label[48];

		if (col < 0)
			continue;
		(void)wg_scale_label(&letters, label, sizeof(label), t, tick);
		half = (int)strlen(label) * CHAR_W / 2 + 1;
		draw_grid_line(svg, x, y + 22);
		if (x - half < free_x || x + half > svg->width - 2)
			continue; /* never over another label, never cut */
		(void)fprintf(svg->out, "<text class=\"m t\" x=\"%d\" y=\"%d\">%s</text>\n", x,
			y + 16, label);
		free_x = x + half + CHAR_W;
	}
	(void)fprintf(svg->out, "<text class=\"d\" x=\"%d\" y=\"%d\">time</text>\n", WG_SVG_MARGIN,
		y + 16);
}

int wg_svg_timeline(struct wg_svg *svg, int y)
{
	int bottom = y + wg_svg_timeline_height(svg);
	size_t i;

	draw_axis(svg, y);
	y += AXIS_H;
	for (i = 0; i < svg->picture->count; i++)
		y = draw_pane(svg, i, y);
	return bottom;
}
