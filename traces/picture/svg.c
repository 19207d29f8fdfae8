/*
 * svg.c: see svg.h. Whole numbers only: every border lies on a pixel, so nothing is blurred and
 * lanes can be compared.
 */
#include "traces/picture/svg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/picture/markup.h"
#include "traces/base/units.h"

#define LOOP_H	 22
#define WORKER_H 12
#define LOOP_GAP 7
#define WORK_GAP 5
#define HEAD_H	 30
#define AXIS_H	 34
#define PANE_GAP 14

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
	svg->plot_x = WG_SVG_MARGIN +
		      (int)(name > 24	 ? 24
			      : name < 9 ? 9
					 : name) *
			      WG__SVG_CHAR_W +
		      12;
	if (svg->plot_x > svg->width / 3)
		svg->plot_x = svg->width / 3;
	cols = svg->width - WG_SVG_MARGIN - svg->plot_x;
	svg->scale = (struct wg_scale){ .from_ns = p->from_ns,
		.step_ns = wg_scale_fit_step(p->from_ns, p->to_ns - 1, cols),
		.cols = cols };
	svg->bins = malloc((size_t)cols * sizeof(*svg->bins));
	svg->holes = malloc((size_t)cols * sizeof(*svg->holes));
	svg->holes_of = NULL;
	svg->run = wg__svg_runs(cols);
	if (!svg->bins || !svg->holes || !svg->run) {
		wg_svg_fini(svg);
		return -ENOMEM;
	}
	return 0;
}

void wg_svg_fini(struct wg_svg *svg)
{
	free(svg->bins);
	free(svg->holes);
	free(svg->run);
	svg->bins = svg->holes = NULL;
	svg->run = NULL;
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
		    "<pattern id=\"wg-s\" width=\"6\" height=\"6\" "
		    "patternUnits=\"userSpaceOnUse\">"
		    "<rect class=\"sd\" width=\"2\" height=\"6\"/></pattern>\n"
		    "</defs>\n",
		out);
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
	if (end >= p->from_ns && col + 8 + (int)strlen(text) * WG__SVG_CHAR_W < svg->scale.cols)
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
		wg__svg_lane(svg, index, &t->lanes[i], y, loop ? LOOP_H : WORKER_H);
		if (t->lanes[i].kind != WG_LANE_WORKER && !ended)
			draw_end(svg, index, y + (loop ? LOOP_H : WORKER_H) / 2 + 4);
		ended = ended || t->lanes[i].kind != WG_LANE_WORKER;
		y += loop ? LOOP_H + LOOP_GAP : WORKER_H + WORK_GAP;
	}
	if (hidden)
		(void)fprintf(svg->out,
			"<text class=\"d\" x=\"%d\" y=\"%d\">+%zu %s not drawn</text>\n",
			WG_SVG_MARGIN + 10, y + 10, hidden,
			t->thread_count ? "threads" : "workers");
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

/* The axis while it is drawn, from left to right. */
struct axis {
	const struct wg_svg *svg;
	struct wg_scale letters; /* the same time, with a column for each letter */
	int y;			 /* of its upper edge */
	int free_x;		 /* from here on there is no label yet */
	int labels;		 /* so many are drawn */
};

/* The label of a moment: in its place or, if it is nudged, as near to it as the edges let it be.
 * Never over another label, never cut. */
static void draw_label(struct axis *axis, int64_t t, int64_t tick, bool is_nudged)
{
	const struct wg_svg *svg = axis->svg;
	int x = svg->plot_x + wg_scale_col(&svg->scale, t), half, most;
	char label[48];

	(void)wg_scale_label(&axis->letters, label, sizeof(label), t, tick);
	half = (int)strlen(label) * WG__SVG_CHAR_W / 2 + 1;
	most = svg->width - 2 - half;
	if (is_nudged && x > most)
		x = most;
	if (is_nudged && x < axis->free_x + half)
		x = axis->free_x + half;
	if (x < axis->free_x + half || x > most)
		return;
	(void)fprintf(svg->out, "<text class=\"m t\" x=\"%d\" y=\"%d\">%s</text>\n", x,
		axis->y + 16, label);
	axis->free_x = x + half + WG__SVG_CHAR_W;
	axis->labels++;
}

/* A narrow picture of long numbers may have a line at each edge only: one moment is named. */
static void draw_only_label(struct axis *axis)
{
	const struct wg_scale *scale = &axis->svg->scale;
	int64_t length = wg_scale_end(scale) - scale->from_ns, tick = 1, t;

	while (tick * 10 <= length)
		tick *= 10;
	t = (scale->from_ns + tick - 1) / tick * tick;
	draw_grid_line(axis->svg, axis->svg->plot_x + wg_scale_col(scale, t), axis->y + 22);
	draw_label(axis, t, tick, true);
}

static void draw_axis(const struct wg_svg *svg, int y)
{
	const struct wg_scale *scale = &svg->scale;
	/* In letters, wg_scale_tick() leaves room for a label between two ticks. */
	struct axis axis = { svg,
		{ scale->from_ns, scale->step_ns * WG__SVG_CHAR_W, scale->cols / WG__SVG_CHAR_W },
		y, svg->plot_x - WG__SVG_CHAR_W, 0 };
	int64_t tick = wg_scale_tick(&axis.letters), t = scale->from_ns / tick * tick;

	for (; t < wg_scale_end(scale); t += tick) {
		int col = wg_scale_col(scale, t);

		if (col < 0)
			continue;
		draw_grid_line(svg, svg->plot_x + col, y + 22);
		draw_label(&axis, t, tick, false);
	}
	if (axis.labels == 0)
		draw_only_label(&axis);
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
