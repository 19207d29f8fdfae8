/*
 * panels.c: the legend and the table of figures.
 */
#include <stdio.h>
#include <string.h>

#include "viz/screen/screen.h"
#include "traces/base/units.h"

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
		wg_canvas_put(pen->canvas, x++, y, legend[i].style, legend[i].glyph);
		x++;
		x += wg_canvas_text(pen->canvas, x, y, pen->app->cols, WG_STYLE_DIM, word);
		x += form < 2 ? 2 : 1;
	}
}

void wg_draw_legend(const struct wg_pen *pen)
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
	const struct legend marks[] = {
		{ 's', WG_STYLE_MARK, { "submit", "submit", "submit" } },
		{ 'b', WG_STYLE_MARK, { "worker begins", "begin", "" } },
		{ 'r', WG_STYLE_MARK, { "result ready", "ready", "" } },
		{ 'n', WG_STYLE_MARK, { "ready + notify", "notify", "notify" } },
		{ 'w', WG_STYLE_MARK, { "wake", "wake", "wake" } },
		{ 'd', WG_STYLE_MARK, { "deliver", "deliver", "" } },
		{ g->several, WG_STYLE_MARK, { "several", "several", "" } },
	};
	struct wg_band band = pen->layout->legend;

	draw_legend_row(pen, band.y, states, sizeof(states) / sizeof(states[0]));
	if (band.h > 1)
		draw_legend_row(pen, band.y + 1, marks, sizeof(marks) / sizeof(marks[0]));
}

/* ---- figures ---- */

enum figure {
	FIG_NAME,
	FIG_OPS,
	FIG_WAKES,
	FIG_NOTIFIED,
	FIG_TIMEOUT,
	FIG_READY,
	FIG_SPURIOUS,
	FIG_INTERRUPTED,
	FIG_EMPTY,
	FIG_LATE,
	FIG_STUCK,
	FIG_WASTED,
	FIG_SHARE,
	FIG_P50,
	FIG_P99,
	FIG_MAX,
	FIG_LOST,
	FIG_COUNT
};

/* rank: the order in which columns are kept where there is no room for all. */
static const struct {
	const char *head;
	int width, rank;
} columns[FIG_COUNT] = {
	[FIG_NAME] = { "", -11, 0 },
	[FIG_OPS] = { "ops", 5, 4 },
	[FIG_WAKES] = { "wakes:", 6, 6 },
	[FIG_NOTIFIED] = { "notified", 8, 9 },
	[FIG_TIMEOUT] = { "timeout", 7, 9 },
	[FIG_READY] = { "ready", 5, 10 },
	[FIG_SPURIOUS] = { "spurious", 8, 11 },
	[FIG_INTERRUPTED] = { "intr", 4, 12 },
	[FIG_EMPTY] = { "empty", 5, 5 },
	[FIG_LATE] = { "late", 4, 5 },
	[FIG_STUCK] = { "stuck", 5, 5 },
	[FIG_WASTED] = { "wasted", 7, 1 },
	[FIG_SHARE] = { "share", 7, 2 },
	[FIG_P50] = { "gap p50", 7, 3 },
	[FIG_P99] = { "p99", 7, 7 },
	[FIG_MAX] = { "max", 7, 8 },
	[FIG_LOST] = { "lost", 4, 1 },
};

static char *count(char *buf, size_t len, uint64_t n)
{
	/* Wide counts lose digits, never columns. */
	if (n < 100000)
		(void)snprintf(buf, len, "%llu", (unsigned long long)n);
	else if (n < 10000000)
		(void)snprintf(buf, len, "%lluk", (unsigned long long)(n / 1000));
	else
		(void)snprintf(buf, len, "%lluM", (unsigned long long)(n / 1000000));
	return buf;
}

static char *gap(char *buf, size_t len, const struct wg_figures *f, int64_t ns)
{
	if (f->gaps > 0)
		return wg_format_time(buf, len, ns);
	(void)snprintf(buf, len, "none");
	return buf;
}

static char *figure_text(
	char *buf, size_t len, const struct wg_figures *f, size_t index, enum figure figure)
{
	switch (figure) {
	case FIG_NAME: (void)snprintf(buf, len, "%c %s", 'A' + (int)index, f->strategy); return buf;
	case FIG_OPS: return count(buf, len, f->ops);
	case FIG_WAKES: return count(buf, len, f->wakes);
	case FIG_NOTIFIED: return count(buf, len, f->reasons[WG_REASON_NOTIFIED]);
	case FIG_TIMEOUT: return count(buf, len, f->reasons[WG_REASON_TIMEOUT]);
	case FIG_READY: return count(buf, len, f->reasons[WG_REASON_READY]);
	case FIG_SPURIOUS: return count(buf, len, f->reasons[WG_REASON_SPURIOUS]);
	case FIG_INTERRUPTED: return count(buf, len, f->reasons[WG_REASON_INTERRUPTED]);
	case FIG_EMPTY: return count(buf, len, f->empty_wakes);
	case FIG_LATE: return count(buf, len, f->late_wakes);
	case FIG_STUCK: return count(buf, len, f->stuck);
	case FIG_WASTED: return wg_format_time(buf, len, f->wasted_ns);
	case FIG_SHARE: return wg_figures_share_text(buf, len, f);
	case FIG_P50: return gap(buf, len, f, f->gap_p50_ns);
	case FIG_P99: return gap(buf, len, f, f->gap_p99_ns);
	case FIG_MAX: return gap(buf, len, f, f->gap_max_ns);
	case FIG_LOST: return count(buf, len, f->discarded);
	default: buf[0] = '\0'; return buf;
	}
}

static int width_of(size_t column)
{
	int width = columns[column].width;

	return width < 0 ? -width : width;
}

/* The highest rank up to which all columns fit. */
static int fitting_rank(int cols)
{
	int rank, width;
	size_t i;

	for (rank = 12; rank > 1; rank--) {
		for (i = 0, width = 1; i < FIG_COUNT; i++) {
			if (columns[i].rank <= rank)
				width += width_of(i) + 1;
		}
		if (width <= cols)
			break;
	}
	return rank;
}

/* Figures that are bad news when they are not 0. */
static bool is_alarm(const struct wg_figures *f, size_t column)
{
	return (column == FIG_LOST && f->discarded) || (column == FIG_STUCK && f->stuck) ||
	       (column == FIG_LATE && f->late_wakes) || (column == FIG_EMPTY && f->empty_wakes);
}

static void draw_figure_row(const struct wg_pen *pen, int y, int rank, size_t index, bool head)
{
	const struct wg_figures *f = &pen->app->panes[index].figures;
	int x = 1;
	size_t i;

	for (i = 0; i < FIG_COUNT; i++) {
		unsigned style = head ? WG_STYLE_DIM : WG_STYLE_PLAIN;
		char text[64];
		int width = width_of(i), pad;

		if (columns[i].rank > rank)
			continue;
		if (head)
			(void)snprintf(text, sizeof(text), "%s", columns[i].head);
		else
			(void)figure_text(text, sizeof(text), f, index, (enum figure)i);
		if (!head && (i == FIG_WASTED || i == FIG_SHARE) && f->wasted_ns > 0)
			style = WG_STYLE_WASTED;
		else if (!head && is_alarm(f, i))
			style = WG_STYLE_ALERT;
		pad = columns[i].width < 0 ? 0 : width - wg_canvas_width(text);
		(void)wg_canvas_text(pen->canvas, x + (pad > 0 ? pad : 0), y, width, style, text);
		x += width + 1;
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
