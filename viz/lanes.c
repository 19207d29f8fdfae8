/*
 * lanes.c: the axis and the panes: one row a lane, all on one time scale.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/bins.h"
#include "viz/screen.h"
#include "traces/units.h"

/* ---- axis ---- */

static void draw_labels(const struct wg_pen *pen, int64_t tick)
{
	const struct wg_scale *scale = &pen->app->scale;
	const struct wg_glyphs *g = pen->app->glyphs;
	int y = pen->layout->axis.y, x0 = pen->app->name_cols, free_x = 0;
	bool one_row = pen->layout->axis.h == 1;
	int64_t t = scale->from_ns / tick * tick;

	for (; t < wg_scale_end(scale); t += tick) {
		int x = wg_scale_col(scale, t), width;
		char label[48];

		if (x < 0)
			continue;
		if (!one_row)
			wg_canvas_put(pen->canvas, x0 + x, y + 1, WG_STYLE_DIM, g->tick);
		(void)wg_scale_label(scale, label, sizeof(label), t, tick);
		width = (int)strlen(label) + one_row;
		if (x < free_x || x + width > scale->cols)
			continue; /* never over another label, never cut */
		if (one_row)
			wg_canvas_put(pen->canvas, x0 + x, y, WG_STYLE_DIM, g->up_down);
		(void)wg_canvas_text(
			pen->canvas, x0 + x + one_row, y, width, WG_STYLE_PLAIN, label);
		free_x = x + width + 1;
	}
}

void wg_draw_axis(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_band band = pen->layout->axis;
	int x0 = app->name_cols, col = wg_app_cursor_col(app);
	char text[32];

	if (band.h > 1)
		wg_canvas_fill(pen->canvas, x0, band.y + 1, app->scale.cols, WG_STYLE_DIM,
			app->glyphs->ruler);
	draw_labels(pen, wg_scale_tick(&app->scale));
	if (col >= 0 && col < app->scale.cols)
		wg_canvas_put(pen->canvas, x0 + col, band.y + band.h - 1, WG_STYLE_KEY,
			app->glyphs->cursor);
	(void)wg_canvas_text(pen->canvas, 1, band.y, x0 - 2, WG_STYLE_DIM, "time");
	if (band.h > 1 && x0 >= 12)
		(void)wg_canvas_textf(pen->canvas, 1, band.y + 1, x0 - 1, WG_STYLE_DIM, "%s/%s",
			wg_format_time(text, sizeof(text), app->scale.step_ns),
			x0 >= 16 ? "col" : "c");
}

/* ---- lanes ---- */

/* What comes after the last event of a trace: nothing, and it is said how long it all took. */
static void draw_end(const struct wg_pen *pen, const struct wg_pane *pane, int y)
{
	const struct wg_app *app = pen->app;
	int64_t end = pane->trace->end_ns - pane->origin_ns;
	int col = wg_scale_col(&app->scale, end) + 1;
	char time[32], text[64];

	if (end < app->scale.from_ns)
		col = 0;
	(void)snprintf(text, sizeof(text), "ends at %s", wg_format_time(time, sizeof(time), end));
	if (col + 1 + (int)strlen(text) < app->scale.cols)
		(void)wg_canvas_text(
			pen->canvas, app->name_cols + col + 1, y, app->cols, WG_STYLE_DIM, text);
}

/* A worker's row outside the trace is blank, not idle: nobody looked. */
static bool is_inside(const struct wg_pane *pane, const struct wg_scale *scale, int col)
{
	int64_t left = wg_scale_time(scale, col) + pane->origin_ns;

	return left <= pane->trace->end_ns && left + scale->step_ns > pane->trace->begin_ns;
}

static void draw_lane(const struct wg_pen *pen, const struct wg_pane *pane,
	const struct wg_lane *lane, int y, bool chosen)
{
	const struct wg_app *app = pen->app;
	unsigned style = chosen ? WG_STYLE_STRONG : WG_STYLE_PLAIN;
	int col;

	if (chosen)
		wg_canvas_put(pen->canvas, 0, y, WG_STYLE_KEY, app->glyphs->chosen);
	(void)wg_canvas_text(pen->canvas, lane->kind == WG_LANE_WORKER ? 2 : 1, y,
		app->name_cols - (lane->kind == WG_LANE_WORKER ? 3 : 2), style, lane->name);
	wg_bins_fill(pen->bins, &app->scale, lane, pane->origin_ns);
	wg_bins_add_holes(pen->bins, &app->scale, pane->trace, pane->origin_ns);
	if (lane->kind == WG_LANE_LOOP)
		wg_bins_add_empty_wakes(
			pen->bins, &app->scale, pane->trace, lane->loop_idx, pane->origin_ns);
	for (col = 0; col < app->scale.cols; col++) {
		struct wg_cell cell =
			wg_bin_cell(&pen->bins[col], app->scale.step_ns, lane->kind, app->glyphs);

		if (is_inside(pane, &app->scale, col))
			wg_canvas_put(pen->canvas, app->name_cols + col, y, cell.style, cell.ch);
	}
}

/* ---- the pane's header ---- */

/* What is orange below: gaps, and the wait that never ended, which is not counted as one. */
static double orange_share(const struct wg_figures *f)
{
	double time = (double)f->duration_ns * (f->loops ? f->loops : 1);

	return wg_figures_share(f) + (f->stuck && time > 0 ? (double)f->stuck_ns / time : 0);
}

static int draw_bar(const struct wg_pen *pen, int x, int y, double share)
{
	int width = pen->app->cols >= 100 ? 24 : pen->app->cols >= 76 ? 12 : 0, i;
	int full = (int)(share * width + 0.5);

	if (share > 0 && full == 0 && width > 0)
		full = 1;
	for (i = 0; i < width; i++)
		wg_canvas_put(pen->canvas, x + i, y, i < full ? WG_STYLE_WASTED : WG_STYLE_DIM,
			i < full ? pen->app->glyphs->bar : pen->app->glyphs->bar_rest);
	return width ? width + 2 : 0;
}

static int clipped_text(char *buf, size_t len, size_t above, size_t below, bool narrow)
{
	const char *lanes = narrow ? "" : above + below == 1 ? " lane" : " lanes";

	buf[0] = '\0';
	if (above && below)
		(void)snprintf(buf, len, "+%zu above, +%zu below", above, below);
	else if (above || below)
		(void)snprintf(
			buf, len, "+%zu%s %s", above + below, lanes, above ? "above" : "below");
	return (int)strlen(buf);
}

static void draw_header(const struct wg_pen *pen, size_t index, size_t above, size_t below)
{
	const struct wg_app *app = pen->app;
	const struct wg_figures *f = &app->panes[index].figures;
	int y = pen->layout->pane[index].y, x = 1, right;
	unsigned style = index == app->active ? WG_STYLE_STRONG : WG_STYLE_PLAIN;
	char text[128], wasted[32], all[32];

	wg_canvas_fill(pen->canvas, 0, y, app->cols, WG_STYLE_DIM, app->glyphs->rule);
	right = app->cols - clipped_text(text, sizeof(text), above, below, app->cols < 76) - 1;
	if (text[0])
		wg_canvas_textf(pen->canvas, right - 1, y, app->cols, WG_STYLE_ALERT, " %s ", text);
	x += wg_canvas_textf(
		pen->canvas, x, y, right - x, style, " %c %s ", 'A' + (int)index, f->strategy);
	if (f->stuck)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " STUCK %s ",
			wg_format_time(wasted, sizeof(wasted), f->stuck_ns));
	if (f->discarded)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " %llu LOST ",
			(unsigned long long)f->discarded);
	x += draw_bar(pen, x + 1, y, orange_share(f));
	(void)wg_format_time(wasted, sizeof(wasted), f->wasted_ns);
	(void)wg_format_time(all, sizeof(all), f->duration_ns);
	if (app->cols >= 76)
		(void)snprintf(text, sizeof(text), " wasted %s of %s (%.3g %%), %llu ops ", wasted,
			all, 100 * wg_figures_share(f), (unsigned long long)f->ops);
	else
		(void)snprintf(text, sizeof(text), " wasted %s of %s ", wasted, all);
	if (wg_canvas_width(text) > right - x - 2)
		(void)snprintf(text, sizeof(text), " wasted %s (%.3g %%) ", wasted,
			100 * wg_figures_share(f));
	if (wg_canvas_width(text) > right - x - 2)
		(void)snprintf(text, sizeof(text), " wasted %s ", wasted);
	(void)wg_canvas_text(pen->canvas, x, y, right - x - 1, style, text);
}

void wg_draw_pane(const struct wg_pen *pen, size_t index)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	struct wg_band band = pen->layout->pane[index];
	size_t top = wg_layout_top(pane, pen->layout, index), i, above, shown = 0;
	int below = pen->layout->below[index], y = band.y + 1, col = wg_app_cursor_col(pen->app);
	int chain_y = WG_ROWS_MAX;
	struct wg_row row = { 0 };

	above = wg_layout_row(pane, below, top, &row) ? row.lane : 0;
	if (top > 0 && row.kind != WG_ROW_LANE)
		above++; /* its own row is above, only what belongs to it is in sight */
	for (i = top; y < band.y + band.h && wg_layout_row(pane, below, i, &row); i++, y++) {
		const struct wg_lane *lane = &pane->trace->lanes[row.lane];
		bool chosen = index == pen->app->active && row.lane == pane->lane;

		if (row.kind == WG_ROW_LANE) {
			draw_lane(pen, pane, lane, y, chosen);
			shown = row.lane + 1;
			if (row.lane == 0)
				draw_end(pen, pane, y);
		} else if (row.kind == WG_ROW_CHAIN || (below == 1 && pane->op)) {
			if (wg_draw_chain(pen, index, lane, y))
				chain_y = y;
		} else {
			wg_draw_marks(pen, index, lane, y);
		}
		if (col >= 0 && col < pen->app->scale.cols)
			wg_canvas_reverse(pen->canvas, pen->app->name_cols + col, y);
	}
	wg_draw_chain_down(pen, index, chain_y);
	draw_header(pen, index, above, shown ? pane->trace->lane_count - shown : 0);
}
