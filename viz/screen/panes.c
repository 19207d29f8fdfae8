/*
 * panes.c: the panes: their headers, and one row a lane, all on one time scale.
 */
#include <stdio.h>
#include <string.h>

#include "traces/model/bins.h"
#include "viz/app/live_title.h"
#include "viz/screen/screen.h"
#include "traces/base/units.h"

/* ---- lanes ---- */

/* Behind the last event of a trace: blank, with the trace's length. */
static void draw_end(const struct wg_pen *pen, const struct wg_pane *pane, int y)
{
	const struct wg_app *app = pen->app;
	int64_t end = pane->trace->end_ns - pane->origin_ns;
	int col = wg_scale_col(&app->scale, end) + 1;
	char time[32], text[64];

	if (end < app->scale.from_ns)
		col = 0;
	(void)snprintf(text, sizeof(text), "%s %s",
		app->live && !app->live->has_ended ? "so far" : "ends at",
		wg_format_time(time, sizeof(time), end));
	if (col + 1 + (int)strlen(text) < app->scale.cols)
		(void)wg_canvas_text(
			pen->canvas, app->name_cols + col + 1, y, app->cols, WG_STYLE_DIM, text);
}

/* A worker's row outside the trace is blank, not idle: nothing was observed. */
static bool is_inside(const struct wg_pane *pane, const struct wg_scale *scale, int col)
{
	int64_t left = wg_scale_time(scale, col) + pane->origin_ns;

	return left <= pane->trace->end_ns && left + scale->step_ns > pane->trace->begin_ns;
}

static uint16_t bit_of_style(unsigned style, enum wg_lane_kind kind)
{
	switch (style) {
	case WG_STYLE_WASTED: return 1u << WG_SPAN_WASTED;
	case WG_STYLE_WORKING: return 1u << WG_SPAN_WORKING;
	case WG_STYLE_AWAKE: return 1u << WG_SPAN_AWAKE;
	case WG_STYLE_ASLEEP:
		return kind == WG_LANE_THREAD ? 1u << WG_SPAN_IN_FDS : 1u << WG_SPAN_ASLEEP;
	case WG_STYLE_IN_COND: return 1u << WG_SPAN_IN_COND;
	case WG_STYLE_IN_LOCK: return 1u << WG_SPAN_IN_LOCK;
	case WG_STYLE_IN_SLEEP: return 1u << WG_SPAN_IN_SLEEP;
	case WG_STYLE_IN_OTHER: return 1u << WG_SPAN_IN_OTHER;
	default: return 0;
	}
}

static void draw_bins(const struct wg_pen *pen, const struct wg_pane *pane, int y,
	enum wg_lane_kind kind, size_t members)
{
	const struct wg_app *app = pen->app;
	int64_t step = app->scale.step_ns * (int64_t)members;
	int col;

	for (col = 0; col < app->scale.cols; col++) {
		const struct wg_bin *bin = &pen->bins[col];
		struct wg_cell cell = wg_bin_cell(bin, step, kind, app->glyphs);

		/* The shape stays: what does not match a filter is dim, not removed. */
		if (app->filter.count && !(bin->passed & bit_of_style(cell.style, kind)))
			cell.style = WG_STYLE_DIM;
		if (is_inside(pane, &app->scale, col))
			wg_canvas_put(pen->canvas, app->name_cols + col, y, cell.style, cell.ch);
	}
}

/* One lane, or several folded into one row. */
static void draw_lane(const struct wg_pen *pen, const struct wg_pane *pane,
	const struct wg_row *row, int y, bool chosen)
{
	const struct wg_app *app = pen->app;
	const struct wg_scale *scale = &app->scale;
	const struct wg_lane *lane = &pane->trace->lanes[row->lane];
	unsigned style = chosen ? WG_STYLE_STRONG : WG_STYLE_PLAIN;
	int indent = lane->kind == WG_LANE_WORKER ? 2 : 1;
	char name[64];
	size_t i;

	if (chosen)
		wg_canvas_put(pen->canvas, 0, y, WG_STYLE_KEY, app->glyphs->chosen);
	(void)wg_canvas_text(pen->canvas, indent, y, app->name_cols - indent - 1, style,
		wg_entry_name(name, sizeof(name), pane->trace, &pane->list.entries[row->entry]));
	wg_bins_clear(pen->bins, scale);
	for (i = 0; i < row->members; i++) {
		wg_bins_fill(pen->bins, scale, lane + i, pane->origin_ns);
		if (app->filter.count)
			wg_bins_filter(pen->bins, scale, lane + i, pane->origin_ns, pane->trace,
				&app->filter);
	}
	wg_bins_add_holes(pen->bins, scale, pane->trace, pane->origin_ns);
	wg_bins_add_empty_wakes(pen->bins, scale, pane->trace, lane, pane->origin_ns);
	draw_bins(pen, pane, y, lane->kind, row->members);
}

static void draw_process(
	const struct wg_pen *pen, const struct wg_pane *pane, const struct wg_row *row, int y)
{
	char name[96];

	wg_canvas_fill(pen->canvas, 1, y, pen->app->cols - 1, WG_STYLE_DIM, pen->app->glyphs->idle);
	(void)wg_canvas_textf(pen->canvas, 1, y, pen->app->cols - 2, WG_STYLE_STRONG, "%s ",
		wg_entry_name(name, sizeof(name), pane->trace, &pane->list.entries[row->entry]));
}

/* ---- the pane's header ---- */

/* What is orange below: the gaps, and a wait that never ended, which is not counted as a gap. */
static double orange_share(const struct wg_figures *f)
{
	bool adds = f->stuck && f->life_ns > 0;

	return wg_figures_share(f) + (adds ? (double)f->stuck_ns / (double)f->life_ns : 0);
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

/* What threads did, for whom there are no operations. */
static void thread_header(char *text, size_t len, const struct wg_figures *f, int room)
{
	char wakes[32], wasted[32], empty[32] = "";

	(void)wg_format_time(wasted, sizeof(wasted), f->wasted_ns);
	if (wg_figures_sees(f, WG_SEES_EMPTY_WAKES))
		(void)snprintf(
			empty, sizeof(empty), ", %llu empty", (unsigned long long)f->empty_wakes);
	(void)snprintf(
		wakes, sizeof(wakes), "%llu wake%s", (unsigned long long)f->wakes, wg_s(f->wakes));
	(void)snprintf(text, len, " %s of %u thread%s%s, wasted %s ", wakes, f->threads,
		wg_s(f->threads), empty, wasted);
	if (wg_canvas_width(text) > room)
		(void)snprintf(text, len, " %s%s, wasted %s ", wakes, empty, wasted);
	if (wg_canvas_width(text) > room)
		(void)snprintf(text, len, " %s%s ", wakes, empty);
	if (wg_canvas_width(text) > room)
		(void)snprintf(text, len, " %s ", wakes);
}

static void draw_header(const struct wg_pen *pen, size_t index, size_t above, size_t below)
{
	const struct wg_app *app = pen->app;
	const struct wg_figures *f = &app->panes[index].figures;
	int y = pen->layout->pane[index].y, x = 1, right;
	unsigned style = index == app->active ? WG_STYLE_STRONG : WG_STYLE_PLAIN;
	char text[128], wasted[32], all[32], share[32];

	wg_canvas_fill(pen->canvas, 0, y, app->cols, WG_STYLE_DIM, app->glyphs->rule);
	right = app->cols - clipped_text(text, sizeof(text), above, below, app->cols < 76) - 1;
	if (text[0])
		wg_canvas_textf(pen->canvas, right - 1, y, app->cols, WG_STYLE_ALERT, " %s ", text);
	x += wg_canvas_textf(
		pen->canvas, x, y, right - x, style, " %c %s ", 'A' + (int)index, f->strategy);
	if (f->stuck_for_ever)
		x += wg_canvas_text(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " STUCK ");
	else if (f->stuck)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " STUCK %s ",
			wg_format_time(wasted, sizeof(wasted), f->stuck_ns));
	if (f->discarded)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " %llu LOST ",
			(unsigned long long)f->discarded);
	if (app->panes[index].list.hidden_lanes)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, WG_STYLE_ALERT, " %zu hidden ",
			app->panes[index].list.hidden_lanes);
	if (app->is_free)
		x += wg_canvas_textf(pen->canvas, x, y, right - x, style, " cursor at %s ",
			wg_scale_exact(wasted, sizeof(wasted), app->cursor_ns));
	x += draw_bar(pen, x + 1, y, orange_share(f));
	(void)wg_format_time(wasted, sizeof(wasted), f->wasted_ns);
	(void)wg_format_time(all, sizeof(all), f->life_ns);
	(void)wg_figures_share_text(share, sizeof(share), f);
	if (app->cols >= 76)
		(void)snprintf(text, sizeof(text), " wasted %s of %s (%s), %llu ops ", wasted, all,
			share, (unsigned long long)f->ops);
	else
		(void)snprintf(text, sizeof(text), " wasted %s of %s ", wasted, all);
	if (f->loops == 0 && f->threads)
		thread_header(text, sizeof(text), f, right - x - 2);
	else if (!wg_figures_sees(f, WG_SEES_GAPS))
		(void)snprintf(text, sizeof(text), " wasted: not observable ");
	else if (wg_canvas_width(text) > right - x - 2)
		(void)snprintf(text, sizeof(text), " wasted %s (%s) ", wasted, share);
	if (wg_canvas_width(text) > right - x - 2)
		(void)snprintf(text, sizeof(text), " wasted %s ", wasted);
	(void)wg_canvas_text(pen->canvas, x, y, right - x - 1, style, text);
}

static void draw_rows(const struct wg_pen *pen, size_t index, size_t top, size_t *ret_shown)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	struct wg_band band = pen->layout->pane[index];
	int below = pen->layout->below[index], y = band.y + 1, col = wg_app_cursor_col(pen->app);
	size_t chosen = wg_lane_list_find(&pane->list, pane->lane), i;
	int chain_y = WG_ROWS_MAX;
	struct wg_row row;

	for (i = top; y < band.y + band.h && wg_layout_row(pane, below, i, &row); i++, y++) {
		const struct wg_lane *lane = &pane->trace->lanes[row.lane];

		*ret_shown = row.entry + 1;
		if (row.kind == WG_ROW_PROCESS) {
			draw_process(pen, pane, &row, y);
			continue;
		}
		if (row.kind == WG_ROW_LANE) {
			draw_lane(pen, pane, &row, y,
				index == pen->app->active && row.entry == chosen);
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
	wg_draw_pairs(pen, index);
}

/* Lanes among entries [from, to); headings are none. */
static size_t lanes_in(const struct wg_lane_list *list, size_t from, size_t to)
{
	size_t n = 0;

	for (; from < to; from++)
		n += list->entries[from].kind == WG_ENTRY_PROCESS ? 0 : list->entries[from].members;
	return n;
}

void wg_draw_pane(const struct wg_pen *pen, size_t index)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	size_t top = wg_layout_top(pane, pen->layout, index), above = 0, shown = 0;
	struct wg_row row = { 0 };

	if (wg_layout_row(pane, pen->layout->below[index], top, &row))
		above = lanes_in(&pane->list, 0, row.entry);
	if (top > 0 && (row.kind == WG_ROW_MARKS || row.kind == WG_ROW_CHAIN))
		above++; /* its own row is above, only what belongs to it is in sight */
	draw_rows(pen, index, top, &shown);
	draw_header(pen, index, above,
		lanes_in(&pane->list, shown, pane->list.count) + pane->list.beyond);
}
