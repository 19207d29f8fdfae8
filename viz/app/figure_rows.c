/*
 * figure_rows.c: see figure_rows.h. One table; where a figure is a count, its expression finds what
 * was counted; where it is a time, the interval of that length.
 */
#include "viz/app/figure_rows.h"

#include <stdio.h>

static const struct wg_figure_row rows[] = {
	{ "operations", WG_FIGURE(COUNT, ops), "event=submit", false },
	{ "delivered", WG_FIGURE(COUNT, delivered), "event=deliver", false },
	{ "duration", WG_FIGURE(TIME, duration_ns), "", false },
	{ "waits", WG_FIGURE(COUNT, waits), "event=wait", false },
	{ "wakes", WG_FIGURE(COUNT, wakes), "event=wake", false },
	{ "  notified", WG_FIGURE(COUNT, reasons[WG_REASON_NOTIFIED]), "reason=notified", false },
	{ "  by timeout", WG_FIGURE(COUNT, reasons[WG_REASON_TIMEOUT]), "reason=timeout", false },
	{ "  ready", WG_FIGURE(COUNT, reasons[WG_REASON_READY]), "reason=ready", false },
	{ "  spurious", WG_FIGURE(COUNT, reasons[WG_REASON_SPURIOUS]), "reason=spurious", false },
	{ "  interrupted", WG_FIGURE(COUNT, reasons[WG_REASON_INTERRUPTED]), "reason=interrupted",
		false },
	{ "empty wakes", WG_FIGURE(COUNT, empty_wakes), "empty", true },
	{ "late wakes", WG_FIGURE(COUNT, late_wakes), "late", true },
	{ "stuck loops", WG_FIGURE(COUNT, stuck), "stuck", true },
	{ "asleep", WG_FIGURE(TIME, asleep_ns), "", false },
	{ "wasted", WG_FIGURE(TIME, wasted_ns), "wasted", true },
	{ "  share", { WG_FIGURE_SHARE, 0 }, "wasted", true },
	{ "gaps", WG_FIGURE(COUNT, gaps), "wasted", false },
	{ "  min", WG_FIGURE(GAP, gap_min_ns), "", false },
	{ "  p50", WG_FIGURE(GAP, gap_p50_ns), "", false },
	{ "  p90", WG_FIGURE(GAP, gap_p90_ns), "", false },
	{ "  p99", WG_FIGURE(GAP, gap_p99_ns), "", false },
	{ "  p99.9", WG_FIGURE(GAP, gap_p999_ns), "", false },
	{ "  max", WG_FIGURE(GAP, gap_max_ns), "", false },
	{ "events lost", WG_FIGURE(COUNT, discarded), "event=lost", true },
};

size_t wg_figure_row_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const struct wg_figure_row *wg_figure_row(size_t i)
{
	return i < wg_figure_row_count() ? &rows[i] : NULL;
}

static double value_of(const struct wg_figures *f, size_t row)
{
	return wg_figure_value(f, &rows[row].is);
}

char *wg_figure_row_ratio(
	char *buf, size_t len, const struct wg_figures *a, const struct wg_figures *b, size_t row)
{
	double va = value_of(a, row), vb = value_of(b, row), ratio;

	buf[0] = '\0';
	if (va == vb) {
		if (va != 0)
			(void)snprintf(buf, len, "same");
		return buf;
	}
	if (va <= 0 || vb <= 0)
		return buf; /* no ratio to nothing */
	ratio = va > vb ? va / vb : vb / va;
	(void)snprintf(buf, len, ratio < 20 ? "%s%.1fx" : "%s%.0fx", va > vb ? "" : "1/", ratio);
	if (buf[0] == '1' && buf[1] == '/')
		(void)snprintf(buf, len, ratio < 20 ? "1/%.1f" : "1/%.0f", ratio);
	return buf;
}

char *wg_figure_row_find(char *buf, size_t len, const struct wg_figures *f, size_t row)
{
	double value = value_of(f, row);

	buf[0] = '\0';
	/* A cell of the histogram keeps only its lower border, and is at most 1/1024 of it wide. */
	if (rows[row].is.unit == WG_FIGURE_GAP && f->gaps > 0 && f->gaps_in_cells)
		(void)snprintf(buf, len, "gap>=%.0fns gap<=%.0fns", value, value + value / 1024);
	else if (rows[row].is.unit == WG_FIGURE_GAP && f->gaps > 0)
		(void)snprintf(buf, len, "gap=%.0fns", value);
	else if (rows[row].is.unit != WG_FIGURE_GAP && value > 0)
		(void)snprintf(buf, len, "%s", rows[row].find);
	return buf;
}
