/*
 * screen.c: see screen.h. Here: title, sentence, notes, and the parts in their order.
 */
#include "viz/screen/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/columns.h"
#include "traces/model/bins.h"
#include "traces/read/read.h"

static void draw_too_small(const struct wg_app *app, struct wg_canvas *canvas)
{
	char size[40], least[40];
	int y = canvas->rows / 2;

	(void)snprintf(size, sizeof(size), "%dx%d is too small", app->cols, app->rows);
	(void)snprintf(least, sizeof(least), "at least %dx%d", WG_COLS_MIN, WG_ROWS_MIN);
	if (canvas->rows < 2) {
		(void)wg_canvas_textf(
			canvas, 0, 0, canvas->cols, WG_STYLE_STRONG, "%s: %s", size, least);
		return;
	}
	(void)wg_canvas_textf(canvas, 0, y - 1, canvas->cols, WG_STYLE_STRONG, "%s:", size);
	(void)wg_canvas_text(canvas, 0, y, canvas->cols, WG_STYLE_STRONG, least);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* "reading 37 %: 3.7M events, 178 of 480 MB, Esc stops", as much of it as there is room for. */
static void name_reading(const struct wg_app *app, char *buf, size_t len)
{
	const struct wg_app_reading *r = &app->reading;
	char percent[16] = "", bytes[64] = "";

	if (r->all_bytes) {
		(void)snprintf(percent, sizeof(percent), " %d %%",
			wg_reader_percent(r->bytes, r->all_bytes));
		(void)snprintf(bytes, sizeof(bytes), ", %.0f of %.0f MB", (double)r->bytes / 1e6,
			(double)r->all_bytes / 1e6);
	}
	if (app->cols < 60)
		(void)snprintf(buf, len, "reading%s", percent);
	else if (app->cols < 100)
		(void)snprintf(buf, len, "reading%s, Esc stops", percent);
	else
		(void)snprintf(buf, len, "reading%s: %.1fM events%s, Esc stops", percent,
			(double)r->events / 1e6, bytes);
}

/* Unusual states, and whether it plays or is being read. */
static void name_state(const struct wg_app *app, char *buf, size_t len)
{
	static const char *const aligned[WG_ALIGN_COUNT] = { "", "aligned at begin  ",
		"aligned at op  " };
	char filter[48] = "", reading[160] = "paused";

	if (app->reading.is_on)
		name_reading(app, reading, sizeof(reading));
	if (app->filter.count)
		(void)snprintf(filter, sizeof(filter), "FILTER %.30s  ", app->filter.text);
	(void)snprintf(buf, len, "%s%s%s%s%s ", filter,
		app->pane_count > 1 ? aligned[app->align] : "",
		app->is_free ? "free cursors  " : "", app->playing ? "playing at " : reading,
		app->playing ? wg_app_speed(app) : "");
}

static void draw_title(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	int y = pen->layout->title.y, cols = app->cols, room, x;
	char state[240];
	size_t i;

	wg_canvas_fill(pen->canvas, 0, y, cols, WG_STYLE_TITLE, ' ');
	name_state(app, state, sizeof(state));
	room = cols - wg_canvas_width(state);
	(void)wg_canvas_text(pen->canvas, room, y, cols, WG_STYLE_TITLE, state);
	x = wg_canvas_text(pen->canvas, 1, y, room, WG_STYLE_TITLE, "wakegap view") + 1;
	for (i = 0; i < app->pane_count; i++) {
		const char *path = app->panes[i].trace->path;
		int each = (room - 14) / (int)app->pane_count - 6;

		if (!path)
			path = "";
		if (wg_canvas_width(path) > each)
			path = base_name(path);
		x += wg_canvas_textf(pen->canvas, x, y, room - x - 1, WG_STYLE_TITLE, "  %c %s",
			'A' + (int)i, path);
	}
}

int wg_wrap(const char *text, int width, bool is_last)
{
	return (int)(is_last ? strlen(text) : wg_columns_break(text, (size_t)width));
}

/* Text in a band, broken at blanks; the last row is cut if need be. Returns the rows used. */
static int draw_wrapped(
	const struct wg_pen *pen, struct wg_band band, unsigned style, const char *text)
{
	int width = pen->app->cols - 2, row;

	for (row = 0; row < band.h && *text; row++) {
		char line[1024];
		int cut = wg_wrap(text, width, row + 1 == band.h);

		(void)snprintf(line, sizeof(line), "%.*s", cut, text);
		(void)wg_canvas_text(pen->canvas, 1, band.y + row, width, style, line);
		text += cut;
		text += strspn(text, " ");
	}
	return row;
}

static void draw_sentence(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_band band = pen->layout->sentence;
	bool fits = (int)strlen(app->verdict) <= (app->cols - 2) * band.h - 8 * (band.h - 1);

	(void)draw_wrapped(pen, band, WG_STYLE_STRONG, fits ? app->verdict : app->verdict_short);
}

static void draw_notes(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_band band = pen->layout->notes;
	size_t i, k, n = 0, all = 0;

	for (i = 0; i < app->pane_count; i++)
		all += app->panes[i].trace->note_count;
	for (i = 0; i < app->pane_count; i++) {
		const struct wg_trace *trace = app->panes[i].trace;

		for (k = 0; k < trace->note_count && n < (size_t)band.h; k++, n++) {
			char more[40] = "";

			if (n + 1 == (size_t)band.h && all > n + 1)
				(void)snprintf(
					more, sizeof(more), " (+%zu more notes)", all - n - 1);
			(void)wg_canvas_textf(pen->canvas, 1, band.y + (int)n, app->cols - 2,
				WG_STYLE_ALERT, "note %c%s: %s", 'A' + (int)i, more,
				trace->notes[k]);
		}
	}
}

/* The pane that is not active, its own cursor and window in the place of the common ones. */
static int draw_free_pane(const struct wg_pen *pen, size_t index)
{
	struct wg_app *app = malloc(sizeof(*app));
	struct wg_pen other = *pen;

	if (!app)
		return -ENOMEM;
	*app = *pen->app;
	app->scale.from_ns = app->panes[index].own_from_ns;
	app->cursor_ns = app->panes[index].own_cursor_ns;
	other.app = app;
	wg_draw_pane(&other, index);
	free(app);
	return 0;
}

/* Behind text that is cut: the key that shows it whole. */
static void say_cut(const struct wg_pen *pen, struct wg_band band)
{
	uint32_t cut = pen->app->ascii ? '~' : 0x2026;
	int x = pen->app->cols - 2, y;

	for (y = band.y; y < band.y + band.h; y++) {
		if (wg_canvas_at(pen->canvas, x, y).ch == cut)
			wg_canvas_put(pen->canvas, x + 1, y, WG_STYLE_KEY, 'x');
	}
}

static int draw_lanes(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	int rc = 0;
	size_t i;

	draw_sentence(pen);
	draw_notes(pen);
	wg_draw_legend(pen);
	wg_draw_overview(pen);
	wg_draw_axis(pen);
	for (i = 0; i < app->pane_count; i++) {
		if (app->is_free && i != app->active)
			rc = draw_free_pane(pen, i);
		else
			wg_draw_pane(pen, i);
	}
	wg_draw_mark_line(pen);
	wg_draw_figures(pen);
	wg_draw_details(pen);
	say_cut(pen, pen->layout->sentence);
	say_cut(pen, pen->layout->notes);
	say_cut(pen, pen->layout->details);
	return rc;
}

int wg_screen_draw(const struct wg_app *app, struct wg_canvas *canvas)
{
	struct wg_layout layout;
	struct wg_pen pen = { .app = app, .canvas = canvas, .layout = &layout };
	int rc = 0;

	wg_canvas_clear(canvas);
	if (wg_app_too_small(app)) {
		draw_too_small(app, canvas);
		return 0;
	}
	pen.bins = malloc((size_t)app->scale.cols * sizeof(*pen.bins));
	if (!pen.bins)
		return -ENOMEM;
	wg_layout_init(&layout, app);
	if (app->live)
		wg_draw_live_title(&pen);
	else
		draw_title(&pen);
	switch (app->view) {
	case WG_VIEW_HELP: wg_draw_help(&pen); break;
	case WG_VIEW_FIGURES: wg_draw_figure_view(&pen); break;
	case WG_VIEW_FINDINGS: wg_draw_findings(&pen); break;
	case WG_VIEW_WORDS: rc = wg_draw_words(&pen); break;
	default: rc = draw_lanes(&pen);
	}
	wg_draw_footer(&pen);
	free(pen.bins);
	return rc;
}
