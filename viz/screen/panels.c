/*
 * panels.c: the legend and the table of figures.
 */
#include <stdio.h>
#include <string.h>

#include "viz/screen/screen.h"

/* ---- legend ---- */

struct legend {
	uint32_t glyph;
	unsigned style;
	const char *words[3]; /* from long to short; "" leaves it out */
};

static int legend_width(const struct legend *legend, size_t count, int form)
{
	int width = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (legend[i].words[form][0])
			width += wg_canvas_width(legend[i].words[form]) + (form < 2 ? 4 : 3);
	}
	return width;
}

static void draw_legend_row(
	const struct wg_pen *pen, int y, const struct legend *legend, size_t count)
{
	int x = 1, form = 0;
	size_t i;

	while (form < 2 && legend_width(legend, count, form) > pen->app->cols)
		form++;
	for (i = 0; i < count; i++) {
		const char *word = legend[i].words[form];

		if (!word[0])
			continue;
		if (x + 2 + wg_canvas_width(word) > pen->app->cols)
			break;
		wg_canvas_put(pen->canvas, x++, y, legend[i].style, legend[i].glyph);
		x++;
		x += wg_canvas_text(pen->canvas, x, y, pen->app->cols, WG_STYLE_DIM, word);
		x += form < 2 ? 2 : 1;
	}
}

/* What is in the panes decides which words are needed. */
static bool has_lanes(const struct wg_app *app, enum wg_lane_kind kind)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		const struct wg_trace *trace = app->panes[i].trace;

		if (kind == WG_LANE_THREAD ? trace->thread_count
					   : trace->lane_count > trace->thread_count)
			return true;
	}
	return false;
}

static void draw_thread_states(const struct wg_pen *pen, int y, bool has_loops)
{
	const struct wg_glyphs *g = pen->app->glyphs;
	const struct legend states[] = {
		{ g->wasted[WG_WASTED_STEPS - 1], WG_STYLE_WASTED,
			{ "WASTED: asleep, notified", "WASTED", "WASTED" } },
		{ g->in_fds, WG_STYLE_ASLEEP, { "asleep: descriptors", "descriptors", "fds" } },
		{ g->in_cond, WG_STYLE_IN_COND, { "condition", "condition", "cond" } },
		{ g->in_lock, WG_STYLE_IN_LOCK, { "lock", "lock", "lock" } },
		{ g->in_sleep, WG_STYLE_IN_SLEEP, { "sleep", "sleep", "sleep" } },
		{ g->awake, WG_STYLE_AWAKE, { "awake", "awake", "awake" } },
		{ g->empty, WG_STYLE_EMPTY, { "empty wake", "empty", "empty" } },
		{ g->in_other, WG_STYLE_IN_OTHER, { "asleep: else", "else", "else" } },
		{ g->working, WG_STYLE_WORKING, { "worker busy", "busy", "busy" } },
		{ g->lost, WG_STYLE_LOST, { "events lost", "lost", "lost" } },
	};
	struct legend shown[sizeof(states) / sizeof(states[0])];
	size_t i, n = 0;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (has_loops || states[i].style != WG_STYLE_WORKING)
			shown[n++] = states[i];
	}
	draw_legend_row(pen, y, shown, n);
}

static void draw_loop_states(const struct wg_pen *pen, int y)
{
	const struct wg_glyphs *g = pen->app->glyphs;
	const struct legend states[] = {
		{ g->wasted[WG_WASTED_STEPS - 1], WG_STYLE_WASTED,
			{ "WASTED: asleep, result ready", "WASTED", "WASTED" } },
		{ g->asleep, WG_STYLE_ASLEEP, { "asleep, nothing ready", "asleep", "asleep" } },
		{ g->awake, WG_STYLE_AWAKE, { "awake", "awake", "awake" } },
		{ g->empty, WG_STYLE_EMPTY, { "empty wake", "empty wake", "" } },
		{ g->working, WG_STYLE_WORKING, { "worker busy", "busy", "busy" } },
		{ g->idle, WG_STYLE_IDLE, { "idle", "idle", "" } },
		{ g->lost, WG_STYLE_LOST, { "events lost", "lost", "" } },
	};

	draw_legend_row(pen, y, states, sizeof(states) / sizeof(states[0]));
}

void wg_draw_legend(const struct wg_pen *pen)
{
	const struct wg_glyphs *g = pen->app->glyphs;
	const struct legend marks[] = {
		{ 's', WG_STYLE_MARK, { "submit", "submit", "submit" } },
		{ 'b', WG_STYLE_MARK, { "worker begins", "begin", "" } },
		{ 'r', WG_STYLE_MARK, { "result ready", "ready", "" } },
		{ 'n', WG_STYLE_MARK, { "ready + notify", "notify", "notify" } },
		{ 'w', WG_STYLE_MARK, { "wake", "wake", "wake" } },
		{ 'd', WG_STYLE_MARK, { "deliver", "deliver", "" } },
		{ g->several, WG_STYLE_MARK, { "several", "several", "" } },
	};
	const struct legend pairs[] = {
		{ 'n', WG_STYLE_MARK, { "notifies a thread", "notify", "notify" } },
		{ g->down, WG_STYLE_KEY, { "which it woke", "woken", "woken" } },
		{ 'w', WG_STYLE_MARK, { "wake", "wake", "wake" } },
		{ g->several, WG_STYLE_MARK, { "several", "several", "" } },
	};
	struct wg_band band = pen->layout->legend;
	bool has_threads = has_lanes(pen->app, WG_LANE_THREAD);
	bool has_loops = has_lanes(pen->app, WG_LANE_LOOP);

	if (has_threads)
		draw_thread_states(pen, band.y, has_loops);
	else
		draw_loop_states(pen, band.y);
	if (band.h > 1 && has_threads && !has_loops)
		draw_legend_row(pen, band.y + 1, pairs, sizeof(pairs) / sizeof(pairs[0]));
	else if (band.h > 1)
		draw_legend_row(pen, band.y + 1, marks, sizeof(marks) / sizeof(marks[0]));
}

/* ---- figures ---- */

/* rank: the order in which columns are kept where there is no room for all. alarm: how a figure is
 * drawn that is bad news when it is not 0. */
static const struct column {
	struct wg_figure is;
	const char *head;
	int width, rank;
	unsigned alarm;
} columns[] = {
	{ WG_FIGURE(COUNT, ops), "ops", 5, 4, 0 },
	{ WG_FIGURE(COUNT, wakes), "wakes:", 6, 6, 0 },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_NOTIFIED]), "notified", 8, 9, 0 },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_TIMEOUT]), "timeout", 7, 9, 0 },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_READY]), "ready", 5, 10, 0 },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_SPURIOUS]), "spurious", 8, 11, 0 },
	{ WG_FIGURE(COUNT, reasons[WG_REASON_INTERRUPTED]), "intr", 4, 12, 0 },
	{ WG_FIGURE(COUNT, empty_wakes), "empty", 5, 5, WG_STYLE_ALERT },
	{ WG_FIGURE(COUNT, late_wakes), "late", 4, 5, WG_STYLE_ALERT },
	{ WG_FIGURE(COUNT, stuck), "stuck", 5, 5, WG_STYLE_ALERT },
	{ WG_FIGURE(TIME, wasted_ns), "wasted", 7, 1, WG_STYLE_WASTED },
	{ { WG_FIGURE_SHARE, 0 }, "share", 7, 2, WG_STYLE_WASTED },
	{ WG_FIGURE(GAP, gap_p50_ns), "gap p50", 7, 3, 0 },
	{ WG_FIGURE(GAP, gap_p99_ns), "p99", 7, 7, 0 },
	{ WG_FIGURE(GAP, gap_max_ns), "max", 7, 8, 0 },
	{ WG_FIGURE(COUNT, discarded), "lost", 4, 1, WG_STYLE_ALERT },
};
#define COLUMNS	   (sizeof(columns) / sizeof(columns[0]))
#define NAME_WIDTH 11

/* Wide counts lose digits, never columns. */
static char *figure_text(
	char *buf, size_t len, const struct wg_figures *f, const struct wg_figure *figure)
{
	uint64_t n = (uint64_t)wg_figure_value(f, figure);

	if (figure->unit != WG_FIGURE_COUNT || n < 100000)
		return wg_figure_text(buf, len, f, figure);
	if (n < 10000000)
		(void)snprintf(buf, len, "%lluk", (unsigned long long)(n / 1000));
	else
		(void)snprintf(buf, len, "%lluM", (unsigned long long)(n / 1000000));
	return buf;
}

/* The highest rank up to which all columns fit. */
static int fitting_rank(int cols)
{
	int rank, width;
	size_t i;

	for (rank = 12; rank > 1; rank--) {
		for (i = 0, width = NAME_WIDTH + 2; i < COLUMNS; i++) {
			if (columns[i].rank <= rank)
				width += columns[i].width + 1;
		}
		if (width <= cols)
			break;
	}
	return rank;
}

static void draw_figure_row(const struct wg_pen *pen, int y, int rank, size_t index, bool head)
{
	const struct wg_figures *f = &pen->app->panes[index].figures;
	int x = 1;
	size_t i;
	char text[64];

	if (!head)
		(void)wg_canvas_textf(pen->canvas, x, y, NAME_WIDTH, WG_STYLE_PLAIN, "%c %s",
			'A' + (int)index, f->strategy);
	x += NAME_WIDTH + 1;
	for (i = 0; i < COLUMNS; i++) {
		const struct column *c = &columns[i];
		const char *shown = head ? c->head : figure_text(text, sizeof(text), f, &c->is);
		int pad = c->width - wg_canvas_width(shown);
		unsigned style = head ? WG_STYLE_DIM : WG_STYLE_PLAIN;

		if (c->rank > rank)
			continue;
		if (!head && c->alarm && wg_figure_value(f, &c->is) > 0)
			style = c->alarm;
		(void)wg_canvas_text(
			pen->canvas, x + (pad > 0 ? pad : 0), y, c->width, style, shown);
		x += c->width + 1;
	}
}

void wg_draw_figures(const struct wg_pen *pen)
{
	struct wg_band band = pen->layout->figures;
	int rank = fitting_rank(pen->app->cols);
	size_t i;

	if (band.h < 1)
		return;
	draw_figure_row(pen, band.y, rank, 0, true);
	for (i = 0; i < pen->app->pane_count && (int)i + 1 < band.h; i++)
		draw_figure_row(pen, band.y + 1 + (int)i, rank, i, false);
}
