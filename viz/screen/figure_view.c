/*
 * figure_view.c: the screen of figures: every figure of both traces with their ratio, and the gaps
 * of both as histograms laid over each other.
 */
#include <stdio.h>
#include <string.h>

#include "viz/app/figure_rows.h"
#include "viz/screen/screen.h"
#include "traces/base/units.h"

/* ---- histogram ---- */

struct plot {
	int x, y, w, h;
	int first, count; /* buckets */
	uint32_t most;
};

static bool plot_range(const struct wg_app *app, struct plot *plot)
{
	int first = WG_BUCKETS, last = -1, i;
	size_t p;

	for (p = 0; p < app->pane_count; p++) {
		for (i = 0; i < WG_BUCKETS; i++) {
			uint32_t n = app->panes[p].figures.histogram[i];

			if (n == 0)
				continue;
			first = i < first ? i : first;
			last = i > last ? i : last;
			plot->most = n > plot->most ? n : plot->most;
		}
	}
	plot->first = first;
	plot->count = last - first + 1;
	return last >= 0;
}

/* The height of a bucket's bar in rows; at least one if it has a gap. */
static int height(const struct plot *plot, uint32_t n)
{
	int h = (int)((double)n / plot->most * plot->h + 0.5);

	return n > 0 && h == 0 ? 1 : h;
}

static void draw_bars(const struct wg_pen *pen, const struct plot *plot)
{
	const struct wg_app *app = pen->app;
	const struct wg_glyphs *g = app->glyphs;
	int x, y;

	for (x = 0; x < plot->w; x++) {
		int bucket = plot->first + x * plot->count / plot->w;
		int a = height(plot, app->panes[0].figures.histogram[bucket]);
		int b = app->pane_count > 1 ? height(plot, app->panes[1].figures.histogram[bucket])
					    : 0;

		for (y = 0; y < plot->h; y++) {
			bool in_a = y < a, in_b = y < b;
			uint32_t ch = in_a && in_b ? g->both
				      : in_a	   ? g->wasted[WG_WASTED_STEPS - 1]
						   : g->working_part;

			if (in_a || in_b)
				wg_canvas_put(pen->canvas, plot->x + x, plot->y + plot->h - 1 - y,
					in_a ? WG_STYLE_WASTED : WG_STYLE_WORKING, ch);
		}
	}
}

static void draw_plot(const struct wg_pen *pen, int x, int y, int w, int h)
{
	const struct wg_glyphs *g = pen->app->glyphs;
	struct plot plot = { .x = x, .y = y + 1, .w = w, .h = h - 3 };
	char from[32], to[32];
	int used;

	if (w < 30 || plot.h < 2)
		return;
	used = wg_canvas_text(pen->canvas, x, y, w, WG_STYLE_STRONG, "gaps by length  ");
	if (!plot_range(pen->app, &plot)) {
		(void)wg_canvas_text(
			pen->canvas, x + used, y, w - used, WG_STYLE_PLAIN, "none in sight");
		return;
	}
	wg_canvas_put(pen->canvas, x + used, y, WG_STYLE_WASTED, g->wasted[WG_WASTED_STEPS - 1]);
	used += 1 + wg_canvas_text(pen->canvas, x + used + 1, y, 5, WG_STYLE_PLAIN, " A  ");
	if (pen->app->pane_count > 1) {
		wg_canvas_put(pen->canvas, x + used, y, WG_STYLE_WORKING, g->working_part);
		used += 1 + wg_canvas_text(pen->canvas, x + used + 1, y, 5, WG_STYLE_PLAIN, " B  ");
		wg_canvas_put(pen->canvas, x + used, y, WG_STYLE_WASTED, g->both);
		used += 1 +
			wg_canvas_text(pen->canvas, x + used + 1, y, 8, WG_STYLE_PLAIN, " both  ");
	}
	(void)wg_canvas_textf(
		pen->canvas, x + used, y, w - used, WG_STYLE_DIM, "top is %u", plot.most);
	/* All bars have the same width, the largest that fits. */
	if (plot.count < plot.w)
		plot.w = plot.w / plot.count * plot.count;
	draw_bars(pen, &plot);
	wg_canvas_fill(pen->canvas, x, y + h - 2, plot.w, WG_STYLE_DIM, g->ruler);
	(void)wg_format_time(from, sizeof(from), wg_bucket_begin_ns(plot.first));
	(void)wg_format_time(to, sizeof(to), wg_bucket_begin_ns(plot.first + plot.count));
	(void)wg_canvas_text(pen->canvas, x, y + h - 1, w, WG_STYLE_PLAIN, from);
	(void)wg_canvas_text(
		pen->canvas, x + plot.w - (int)strlen(to), y + h - 1, w, WG_STYLE_PLAIN, to);
}

/* ---- rows ---- */

#define NAME_COLS  14
#define VALUE_COLS 11

static void draw_row(const struct wg_pen *pen, int y, size_t row)
{
	const struct wg_figure_row *r = wg_figure_row(row);
	const struct wg_app *app = pen->app;
	bool chosen = (int)row == app->row;
	int x = 2, i;
	char text[32];

	if (chosen)
		wg_canvas_put(pen->canvas, 0, y, WG_STYLE_KEY, app->glyphs->chosen);
	(void)wg_canvas_text(
		pen->canvas, x, y, NAME_COLS, chosen ? WG_STYLE_STRONG : WG_STYLE_PLAIN, r->name);
	x += NAME_COLS;
	for (i = 0; i < (int)app->pane_count; i++) {
		const struct wg_figures *f = &app->panes[i].figures;
		bool is_bad = r->alarm && wg_figure_value(f, &r->is) > 0;
		unsigned style = is_bad ? WG_STYLE_WASTED : WG_STYLE_PLAIN;

		(void)wg_figure_text(text, sizeof(text), f, &r->is);
		if (chosen && i == (int)app->active)
			style |= WG_STYLE_REVERSED;
		(void)wg_canvas_textf(
			pen->canvas, x, y, VALUE_COLS - 1, style, "%*s", VALUE_COLS - 1, text);
		x += VALUE_COLS;
	}
	if (app->pane_count > 1)
		(void)wg_canvas_textf(pen->canvas, x, y, 8, WG_STYLE_DIM, "%8s",
			wg_figure_row_ratio(text, sizeof(text), &app->panes[0].figures,
				&app->panes[1].figures, row));
}

static void draw_head(const struct wg_pen *pen, int y)
{
	const struct wg_app *app = pen->app;
	int x = 2 + NAME_COLS;
	char text[48];
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		(void)snprintf(text, sizeof(text), "%c %.32s", 'A' + (int)i,
			app->panes[i].figures.strategy);
		(void)wg_canvas_textf(pen->canvas, x, y, VALUE_COLS - 1,
			i == app->active ? WG_STYLE_STRONG : WG_STYLE_DIM, "%*s", VALUE_COLS - 1,
			text);
		x += VALUE_COLS;
	}
	if (app->pane_count > 1)
		(void)wg_canvas_text(pen->canvas, x, y, 9, WG_STYLE_DIM, "   A to B");
}

void wg_draw_figure_view(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	int y = 2, bottom = pen->layout->footer.y, rows = (int)wg_figure_row_count(), i;
	int width = 2 + NAME_COLS + VALUE_COLS * (int)app->pane_count + 12;
	int room = bottom - y - 2, top, below;

	draw_head(pen, 1);
	/* Beside the table if that leaves a plot, else below it. */
	below = app->cols - width < 34 && room > rows + 6 ? room - rows - 1 : 0;
	room -= below;
	top = app->row >= room ? app->row - room + 1 : 0;
	for (i = top; i < rows && i - top < room; i++)
		draw_row(pen, y + i - top, (size_t)i);
	if (below)
		draw_plot(pen, 2, y + rows + 1, app->cols - 4, below < 12 ? below : 12);
	else
		draw_plot(pen, width, 2, app->cols - width - 2, room < 16 ? room : 16);
	if (rows > room)
		(void)wg_canvas_textf(pen->canvas, 1, bottom - 1, app->cols - 2, WG_STYLE_ALERT,
			"rows %d to %d of %d; Enter goes there", top + 1,
			top + room < rows ? top + room : rows, rows);
	else
		(void)wg_canvas_text(pen->canvas, 1, bottom - 1, app->cols - 2, WG_STYLE_DIM,
			"j k choose  Enter goes to the event, n to the next  Tab the other trace  "
			"Esc goes back");
}
