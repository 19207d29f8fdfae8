/*
 * rows.c: the figures of one group, or of several side by side, by one table of rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viz/stats/stats.h"
#include "traces/base/units.h"

#define NAME_WIDTH  15
#define VALUE_WIDTH 10
#define RATIO_WIDTH 13

enum { TIME = 1, ALWAYS = 2, OF_LOOP = 4 };

/* A row is left out if all columns are 0, unless the zero is of interest. Rows of the loop itself
 * are left out where operations of one kind are shown. */
static const struct row {
	const char *name;
	size_t offset;
	int flags;
	enum wg_sees sees;
} rows[] = {
#define ROW(name, field, flags, sees)                                                              \
	{                                                                                          \
		name, offsetof(struct stats_group, field), flags, WG_SEES_##sees                   \
	}
	ROW("duration", duration_ns, TIME | ALWAYS | OF_LOOP, COUNT),
	ROW("submitted", sum.submitted, ALWAYS, SUBMITTED),
	ROW("done", sum.done, ALWAYS, DONE),
	ROW("delivered", sum.delivered, ALWAYS, DELIVERED),
	ROW("worked", sum.working_ns, TIME, WORKED),
	ROW("waits", sum.waits, ALWAYS | OF_LOOP, WAITS),
	ROW("  without wake", sum.unclosed_waits, OF_LOOP, WAITS),
	ROW("asleep", sum.asleep_ns, TIME | ALWAYS | OF_LOOP, ASLEEP),
	ROW("woke notified", sum.wakes[WG_REASON_NOTIFIED], OF_LOOP, WAKES),
	ROW("woke timeout", sum.wakes[WG_REASON_TIMEOUT], OF_LOOP, WAKES),
	ROW("woke ready", sum.wakes[WG_REASON_READY], OF_LOOP, WAKES),
	ROW("woke spurious", sum.wakes[WG_REASON_SPURIOUS], OF_LOOP, WAKES),
	ROW("woke by signal", sum.wakes[WG_REASON_INTERRUPTED], OF_LOOP, WAKES),
	ROW("woke unknown", sum.wakes[WG_REASON_UNKNOWN], OF_LOOP, WAKES),
	ROW("empty wakes", sum.empty_wakes, ALWAYS | OF_LOOP, EMPTY_WAKES),
	ROW("late wakes", sum.late_wakes, ALWAYS, LATE_WAKES),
	ROW("stuck", sum.stuck, ALWAYS, STUCK),
	ROW("polls", sum.polls, ALWAYS | OF_LOOP, POLLS),
	ROW("  empty", sum.empty_polls, OF_LOOP, POLLS),
	ROW("notifies sent", sum.notifies_sent, ALWAYS | OF_LOOP, NOTIFIES),
	ROW("  coalesced", sum.notifies_coalesced, OF_LOOP, NOTIFIES),
	ROW("loop's CPU time", sum.cpu_ns, TIME | OF_LOOP, COUNT),
	ROW("wasted", sum.wasted_ns, TIME | ALWAYS, GAPS),
	ROW("gaps", sum.gap.count, ALWAYS, GAPS),
	ROW("  min", sum.gap.min, TIME, GAPS),
	ROW("  p50", sum.gap.p50, TIME, GAPS),
	ROW("  p90", sum.gap.p90, TIME, GAPS),
	ROW("  p99", sum.gap.p99, TIME, GAPS),
	ROW("  p99.9", sum.gap.p999, TIME, GAPS),
	ROW("  max", sum.gap.max, TIME, GAPS),
#undef ROW
};

/* Where the time went, as sums: only beside each other, for one group has a table of its own. */
static const struct row stage_rows[] = {
#define ROW(name, field, sees)                                                                     \
	{                                                                                          \
		name, offsetof(struct stats_group, field), TIME, WG_SEES_##sees                    \
	}
	ROW("time queued", sum.queued.sum, QUEUED),
	ROW("in service", sum.service.sum, WORKED),
	ROW("ready, asleep", sum.asleep.sum, READY_ASLEEP),
	ROW("delivery", sum.delivery.sum, DELIVERY),
	ROW("whole", sum.whole.sum, WHOLE),
#undef ROW
};

_Static_assert(sizeof(size_t) == sizeof(int64_t), "value_of() reads a count as a number");

static int64_t value_of(const struct stats_group *g, const struct row *row)
{
	int64_t value = 0;

	if (g) /* gap.count is a size_t, as wide and never that large */
		memcpy(&value, (const char *)g + row->offset, sizeof(value));
	return value;
}

static bool is_cpu(const struct row *row)
{
	return row->offset == offsetof(struct stats_group, sum.cpu_ns);
}

static bool is_unseen(const struct row *row, const struct stats_group *g)
{
	return row->sees != WG_SEES_COUNT && g && !wg_stats_sees(&g->sum, row->sees);
}

static void format_value(char *buf, size_t len, const struct stats_group *g, const struct row *row)
{
	if (!g || (is_cpu(row) && g->sum.cpu_samples == 0) || is_unseen(row, g))
		(void)snprintf(buf, len, "-");
	else if (row->flags & TIME)
		(void)wg_format_time(buf, len, value_of(g, row));
	else
		(void)snprintf(buf, len, "%" PRId64, value_of(g, row));
}

void wg_stats_ratio(char *buf, size_t len, double first, double value)
{
	double r;

	buf[0] = '\0';
	if (!(first > 0) || !(value > 0))
		return;
	r = first > value ? first / value : value / first;
	if (r >= 1.05)
		(void)snprintf(
			buf, len, "%.*fx %s", r < 9.95 ? 1 : 0, r, first > value ? "less" : "more");
}

void wg_stats_column(const char *value, const char *ratio, bool is_last)
{
	printf("%*s", VALUE_WIDTH, value);
	if (ratio && !is_last)
		printf("  %-*s", RATIO_WIDTH, ratio);
	else if (ratio && ratio[0])
		printf("  %s", ratio);
}

static void print_row(const struct row *row, const struct stats_group *const *groups, size_t count)
{
	bool is_needed = row->flags & ALWAYS;
	char text[32], ratio[32];
	size_t i;

	for (i = 0; i < count; i++)
		is_needed =
			is_needed || (value_of(groups[i], row) != 0 && !is_unseen(row, groups[i]));
	if (!is_needed)
		return;
	printf("  %-*s", NAME_WIDTH, row->name);
	for (i = 0; i < count; i++) {
		format_value(text, sizeof(text), groups[i], row);
		wg_stats_ratio(ratio, sizeof(ratio),
			is_unseen(row, groups[0]) ? 0 : (double)value_of(groups[0], row),
			is_unseen(row, groups[i]) ? 0 : (double)value_of(groups[i], row));
		wg_stats_column(text, i > 0 ? ratio : NULL, i + 1 == count);
	}
	putchar('\n');
}

/* What each column is, if there are several. */
static void print_heads(const struct stats_group *const *groups, size_t count)
{
	size_t i;

	printf("  %-*s", NAME_WIDTH, "");
	for (i = 0; i < count; i++)
		wg_stats_column(groups[i] ? groups[i]->sum.wait : "none", i > 0 ? "" : NULL,
			i + 1 == count);
	putchar('\n');
}

/* Does the figure lack this event, in any of the groups? */
static bool lacks(
	const struct stats_group *const *groups, size_t count, enum wg_sees figure, int event)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (groups[i] && wg_stats_lacks(&groups[i]->sum, figure) == event)
			return true;
	}
	return false;
}

/* A line for each event that is missing: "late wakes, stuck, gaps: not observable: no deliver
 * events" */
static void print_unseen(const struct stats_group *const *groups, size_t count, enum stats_by by)
{
	int event, figure, shown;

	for (event = 0; event < WG_EV_COUNT; event++) {
		for (figure = 0, shown = 0; figure < WG_SEES_COUNT; figure++) {
			if (by == STATS_BY_KIND && figure == WG_SEES_EMPTY_WAKES)
				continue; /* of loops, as all that lacks polls, waits and wakes */
			if (lacks(groups, count, (enum wg_sees)figure, event))
				printf("%s%s", shown++ ? ", " : "  ",
					wg_sees_name((enum wg_sees)figure));
		}
		if (shown)
			printf(": not observable: no %s events\n",
				wg_event_type_name((enum wg_event_type)event));
	}
}

void wg_stats_print_rows(const struct stats_group *const *groups, size_t count, enum stats_by by)
{
	bool has_cpu_time = by == STATS_BY_KIND;
	size_t i;

	if (count > 1)
		print_heads(groups, count);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (by != STATS_BY_KIND || !(rows[i].flags & OF_LOOP))
			print_row(&rows[i], groups, count);
	}
	for (i = 0; i < sizeof(stage_rows) / sizeof(stage_rows[0]) && count > 1; i++)
		print_row(&stage_rows[i], groups, count);
	for (i = 0; i < count; i++) {
		has_cpu_time = has_cpu_time || (groups[i] && groups[i]->sum.cpu_samples);
	}
	if (!has_cpu_time)
		printf("  loop's CPU time: not recorded\n");
	print_unseen(groups, count, by);
}

void wg_stats_print_where(const struct stats_group *g)
{
	static const char *const names[] = { "queued", "in service", "ready, asleep", "delivery",
		"whole" };
	char sum[32], p50[32], p90[32], p99[32], p999[32], max[32];
	size_t i;

	if (g->sum.queued.count + g->sum.service.count + g->sum.whole.count == 0)
		return;
	printf("  where an operation's time went\n  %-*s%7s%8s%8s%8s%8s%8s%8s%8s\n", NAME_WIDTH, "",
		"ops", "sum", "", "p50", "p90", "p99", "p99.9", "max");
	for (i = 0; i < WG_STAGE_COUNT; i++) {
		const struct wg_dist *d = wg_stage_dist(&g->sum, (enum wg_stage)i);
		char why[64];

		if (wg_stats_unseen(why, sizeof(why), &g->sum, wg_dist_sees(i))) {
			printf("    %-*s%7s  %s\n", NAME_WIDTH - 2, names[i], "-", why);
			continue;
		}
		double share =
			g->sum.whole.sum ? 100.0 * (double)d->sum / (double)g->sum.whole.sum : 0;

		printf("    %-*s%7zu%8s%6.1f %%%8s%8s%8s%8s%8s\n", NAME_WIDTH - 2, names[i],
			d->count, wg_format_time(sum, sizeof(sum), d->sum), share,
			wg_format_time(p50, sizeof(p50), d->p50),
			wg_format_time(p90, sizeof(p90), d->p90),
			wg_format_time(p99, sizeof(p99), d->p99),
			wg_format_time(p999, sizeof(p999), d->p999),
			wg_format_time(max, sizeof(max), d->max));
	}
}
