/*
 * axis.c: where on the time scale we are: the overview strip, the axis, marks and bookmarks.
 */
#include <string.h>

#include "viz/app/overview.h"
#include "viz/screen/screen.h"
#include "traces/base/units.h"

/* ---- axis ---- */

/* A digit beside a label would be a digit of it. Other signs only must not stand within one. */
static bool has_sign(const struct wg_app *app, int x, int width)
{
	const struct wg_pane *pane = &app->panes[app->active];
	int col = wg_app_cursor_col(app);
	bool has = col > x && col < x + width;
	size_t i;

	for (i = 0; i < 2; i++) {
		col = wg_scale_col(&app->scale, app->mark_ns[i]);
		has |= app->mark_ns[i] != WG_NO_TIME && col >= x && col <= x + width;
	}
	for (i = 0; i < pane->bookmarks.count; i++) {
		col = wg_scale_col(&app->scale, pane->bookmarks.v[i].t - pane->origin_ns);
		has |= col > x && col < x + width;
	}
	return has;
}

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
		if (one_row && has_sign(pen->app, x, width))
			continue;
		if (one_row)
			wg_canvas_put(pen->canvas, x0 + x, y, WG_STYLE_DIM, g->up_down);
		(void)wg_canvas_text(
			pen->canvas, x0 + x + one_row, y, width, WG_STYLE_PLAIN, label);
		free_x = x + width + 1;
	}
}

/* A sign on the ruler, where its time is in sight. */
static void put_sign(const struct wg_pen *pen, int64_t t, unsigned style, uint32_t ch)
{
	struct wg_band band = pen->layout->axis;
	int col = wg_scale_col(&pen->app->scale, t);

	if (t != WG_NO_TIME && col >= 0 && col < pen->app->scale.cols)
		wg_canvas_put(
			pen->canvas, pen->app->name_cols + col, band.y + band.h - 1, style, ch);
}

static void draw_signs(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	const struct wg_pane *pane = &app->panes[app->active];
	size_t i;

	for (i = 0; i < pane->bookmarks.count; i++)
		put_sign(pen, pane->bookmarks.v[i].t - pane->origin_ns, WG_STYLE_MARK,
			app->glyphs->bookmark);
	put_sign(pen, app->cursor_ns, WG_STYLE_KEY, app->glyphs->cursor);
	put_sign(pen, app->mark_ns[0], WG_STYLE_KEY | WG_STYLE_REVERSED, '1');
	put_sign(pen, app->mark_ns[1], WG_STYLE_KEY | WG_STYLE_REVERSED, '2');
}

void wg_draw_axis(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_band band = pen->layout->axis;
	int x0 = app->name_cols;
	char text[32];

	if (band.h > 1)
		wg_canvas_fill(pen->canvas, x0, band.y + 1, app->scale.cols, WG_STYLE_DIM,
			app->glyphs->ruler);
	draw_labels(pen, wg_scale_tick(&app->scale));
	draw_signs(pen);
	(void)wg_canvas_text(pen->canvas, 1, band.y, x0 - 2, WG_STYLE_DIM, "time");
	if (band.h > 1 && x0 >= 12)
		(void)wg_canvas_textf(pen->canvas, 1, band.y + 1, x0 - 1, WG_STYLE_DIM, "%s/%s",
			wg_format_time(text, sizeof(text), app->scale.step_ns),
			x0 >= 16 ? "col" : "c");
}

/* ---- overview ---- */

/* The strips of the active pane, or of both; below them where the window lies. */
void wg_draw_overview(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_band band = pen->layout->overview;
	struct wg_scale scale = wg_overview_scale(app);
	int first = wg_scale_col(&scale, app->scale.from_ns), x0 = app->name_cols;
	int last = wg_scale_col(&scale, wg_scale_end(&app->scale) - 1), col, row;

	if (band.h < 2)
		return;
	for (row = 0; row + 1 < band.h; row++) {
		size_t pane = band.h > 2 ? (size_t)row : app->active;

		(void)wg_canvas_textf(pen->canvas, 1, band.y + row, x0 - 2, WG_STYLE_DIM,
			x0 >= 12 ? "overview %c" : "all %c", 'A' + (int)pane);
		for (col = 0; col < scale.cols; col++) {
			struct wg_cell cell = wg_overview_cell(app, pane, col);

			wg_canvas_put(pen->canvas, x0 + col, band.y + row, cell.style, cell.ch);
		}
	}
	if (first < 0)
		first = 0;
	if (last >= scale.cols)
		last = scale.cols - 1;
	wg_canvas_fill(pen->canvas, x0, band.y + row, scale.cols, WG_STYLE_DIM, app->glyphs->idle);
	wg_canvas_fill(pen->canvas, x0 + first, band.y + row, last - first + 1, WG_STYLE_KEY,
		app->glyphs->window);
	(void)wg_canvas_text(
		pen->canvas, 1, band.y + row, x0 - 2, WG_STYLE_DIM, x0 >= 12 ? "in sight" : "seen");
}

/* ---- marks ---- */

/* What the active trace's loops did between two times. */
static void say_between(const struct wg_pen *pen, int x, int y, int64_t from, int64_t to)
{
	const struct wg_pane *pane = &pen->app->panes[pen->app->active];
	const struct wg_trace *trace = pane->trace;
	int64_t wasted = 0;
	size_t i, wakes = 0, empty = 0, ops = 0;
	char text[32];

	from += pane->origin_ns;
	to += pane->origin_ns;
	for (i = 0; i < trace->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(trace, i);
		const struct wg_interval *in = &rec->interval;
		int64_t begin = in->gap_begin_ns > from ? in->gap_begin_ns : from;
		int64_t end = in->wake_ns < to ? in->wake_ns : to;

		bool woke = !in->open && in->wake_ns >= from && in->wake_ns < to;

		wakes += woke;
		empty += woke && rec->empty;
		if (in->gap_begin_ns >= 0 && end > begin)
			wasted += end - begin;
	}
	for (i = 0; i < trace->op_count; i++) {
		const struct wg_op_life *op = WG_OP(trace, i);

		ops += op->deliver_ns >= from && op->deliver_ns < to;
	}
	/* Threads deliver nothing. */
	(void)wg_canvas_textf(pen->canvas, x, y, pen->app->cols - x - 1, WG_STYLE_PLAIN,
		"; in %c %zu wakes, %zu %s, wasted %s", 'A' + (int)pen->app->active, wakes,
		trace->loop_count ? ops : empty, trace->loop_count ? "delivered" : "empty",
		wg_format_time(text, sizeof(text), wasted));
}

void wg_draw_mark_line(const struct wg_pen *pen)
{
	struct wg_band band = pen->layout->marks;
	const struct wg_app *app = pen->app;
	const int64_t *t = app->mark_ns;
	char text[48];
	int x = 1, i;

	if (band.h < 1)
		return;
	if (t[0] == WG_NO_TIME || t[1] == WG_NO_TIME) {
		i = t[0] == WG_NO_TIME;
		(void)wg_canvas_textf(pen->canvas, x, band.y, app->cols - 2, WG_STYLE_KEY,
			"mark %d at %s; %d sets the other at the cursor", i + 1,
			wg_scale_exact(text, sizeof(text), t[i]), 2 - i);
		return;
	}
	x += wg_canvas_textf(pen->canvas, x, band.y, app->cols - x - 1, WG_STYLE_STRONG,
		"marks: 1 to 2 is %s", wg_scale_exact(text, sizeof(text), t[1] - t[0]));
	say_between(pen, x, band.y, t[0] < t[1] ? t[0] : t[1], t[0] < t[1] ? t[1] : t[0]);
}
