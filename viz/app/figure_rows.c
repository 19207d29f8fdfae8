/*
 * figure_rows.c: see figure_rows.h. One table; where a figure is a count, its expression finds what
 * was counted; where it is a time, the interval of that length.
 */
#include "viz/app/figure_rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "traces/base/units.h"

enum unit { COUNT, TIME, GAP, SHARE };

static const struct {
	const char *name;
	enum unit unit;
	size_t offset; /* of the figure in struct wg_figures */
	const char *find;
	bool alarm;
} rows[] = {
#define AT(field) offsetof(struct wg_figures, field)
#define REASON(r) (AT(reasons) + (r) * sizeof(uint64_t))
	{ "operations", COUNT, AT(ops), "event=submit", false },
	{ "delivered", COUNT, AT(delivered), "event=deliver", false },
	{ "duration", TIME, AT(duration_ns), "", false },
	{ "waits", COUNT, AT(waits), "event=wait", false },
	{ "wakes", COUNT, AT(wakes), "event=wake", false },
	{ "  notified", COUNT, REASON(WG_REASON_NOTIFIED), "reason=notified", false },
	{ "  by timeout", COUNT, REASON(WG_REASON_TIMEOUT), "reason=timeout", false },
	{ "  ready", COUNT, REASON(WG_REASON_READY), "reason=ready", false },
	{ "  spurious", COUNT, REASON(WG_REASON_SPURIOUS), "reason=spurious", false },
	{ "  interrupted", COUNT, REASON(WG_REASON_INTERRUPTED), "reason=interrupted", false },
	{ "empty wakes", COUNT, AT(empty_wakes), "empty", true },
	{ "late wakes", COUNT, AT(late_wakes), "late", true },
	{ "stuck loops", COUNT, AT(stuck), "stuck", true },
	{ "asleep", TIME, AT(asleep_ns), "", false },
	{ "wasted", TIME, AT(wasted_ns), "wasted", true },
	{ "  share", SHARE, 0, "wasted", true },
	{ "gaps", COUNT, AT(gaps), "wasted", false },
	{ "  min", GAP, AT(gap_min_ns), "", false },
	{ "  p50", GAP, AT(gap_p50_ns), "", false },
	{ "  p90", GAP, AT(gap_p90_ns), "", false },
	{ "  p99", GAP, AT(gap_p99_ns), "", false },
	{ "  p99.9", GAP, AT(gap_p999_ns), "", false },
	{ "  max", GAP, AT(gap_max_ns), "", false },
	{ "events lost", COUNT, AT(discarded), "event=lost", true },
#undef REASON
#undef AT
};

size_t wg_figure_row_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const char *wg_figure_row_name(size_t row)
{
	return rows[row].name;
}

static double value_of(const struct wg_figures *f, size_t row)
{
	const char *at = (const char *)f + rows[row].offset;

	switch (rows[row].unit) {
	case COUNT: return (double)*(const uint64_t *)(const void *)at;
	case SHARE: return 100 * wg_figures_share(f);
	default: return (double)*(const int64_t *)(const void *)at;
	}
}

char *wg_figure_row_value(char *buf, size_t len, const struct wg_figures *f, size_t row)
{
	double value = value_of(f, row);

	switch (rows[row].unit) {
	case COUNT: (void)snprintf(buf, len, "%.0f", value); break;
	case SHARE: return wg_figures_share_text(buf, len, f);
	case GAP:
		if (f->gaps == 0) {
			(void)snprintf(buf, len, "none");
			break;
		}
		/* fall through */
	default: (void)wg_format_time(buf, len, (int64_t)value);
	}
	return buf;
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
	if (rows[row].unit == GAP && f->gaps > 0 && f->gaps_in_cells)
		(void)snprintf(buf, len, "gap>=%.0fns gap<=%.0fns", value, value + value / 1024);
	else if (rows[row].unit == GAP && f->gaps > 0)
		(void)snprintf(buf, len, "gap=%.0fns", value);
	else if (rows[row].unit != GAP && value > 0)
		(void)snprintf(buf, len, "%s", rows[row].find);
	return buf;
}

bool wg_figure_row_alarms(const struct wg_figures *f, size_t row)
{
	return rows[row].alarm && value_of(f, row) > 0;
}
