/*
 * lines.c: many traces, a line each: which of a hundred hosts wastes most.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "viz/stats/stats.h"
#include "traces/base/units.h"

struct column {
	const char *title;
	enum wg_sees sees;
	bool is_time, in_threads; /* a time; counted for threads too */
	int64_t (*value)(const struct wg_loop_stats *s);
};

#define COLUMN(name, expression)                                                                   \
	static int64_t name(const struct wg_loop_stats *s)                                         \
	{                                                                                          \
		return (int64_t)(expression);                                                      \
	}
COLUMN(delivered, s->delivered)
COLUMN(waits, s->waits)
COLUMN(empty_wakes, s->empty_wakes)
COLUMN(late_wakes, s->late_wakes)
COLUMN(stuck, s->stuck)
COLUMN(wasted, s->wasted_ns)
COLUMN(gap_p50, s->gap.p50)
COLUMN(gap_p99, s->gap.p99)
COLUMN(gap_max, s->gap.max)
#undef COLUMN

static const struct column columns[] = {
	{ "ops", WG_SEES_DELIVERED, false, false, delivered },
	{ "waits", WG_SEES_WAITS, false, true, waits },
	{ "empty", WG_SEES_EMPTY_WAKES, false, true, empty_wakes },
	{ "late", WG_SEES_LATE_WAKES, false, true, late_wakes },
	{ "stuck", WG_SEES_STUCK, false, false, stuck },
	{ "wasted", WG_SEES_GAPS, true, true, wasted },
	{ "gap p50", WG_SEES_GAPS, true, false, gap_p50 },
	{ "gap p99", WG_SEES_GAPS, true, false, gap_p99 },
	{ "gap max", WG_SEES_GAPS, true, false, gap_max },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* s: NULL if nothing is known. in_threads: s is the sum of threads. */
static void print_line(
	const char *name, uint64_t events, const struct wg_loop_stats *s, bool in_threads)
{
	char text[32];
	size_t i;

	printf("%10" PRIu64, events);
	for (i = 0; i < COLUMNS; i++) {
		const struct column *c = &columns[i];

		if (!s || !(in_threads ? c->in_threads : wg_stats_sees(s, c->sees)))
			(void)snprintf(text, sizeof(text), "-");
		else if (c->is_time)
			(void)wg_format_time(text, sizeof(text), c->value(s));
		else
			(void)snprintf(text, sizeof(text), "%" PRId64, c->value(s));
		printf(" %8s", text);
	}
	printf("  %s\n", name);
}

/* A program that is seen from outside: what its threads did, added as if they were loops. */
static bool add_threads(const struct wg_threads *threads, struct wg_loop_stats *sum)
{
	const struct wg_thread_stats *s;
	size_t i;

	for (i = 0; threads && (s = wg_thread_at(threads, i)); i++) {
		sum->waits += s->waits;
		sum->empty_wakes += s->class[WG_CLASS_TIMER_EMPTY];
		sum->late_wakes += s->class[WG_CLASS_LATE];
		sum->wasted_ns += s->wasted_ns;
	}
	return i > 0;
}

/* One trace; what it has is added to all. */
static int print_trace(const struct stats_trace *trace, struct wg_loop_stats *all)
{
	const struct wg_loop_stats *s;
	struct stats_groups groups;
	struct wg_loop_stats own = { 0 };
	size_t i;
	int rc = wg_stats_groups_init(&groups, trace, STATS_BY_TRACE);
	uint64_t events = wg_measure_events(trace->summary->measure);

	if (rc == 0 && groups.count)
		print_line(trace->path, events, &groups.group[0].sum, false);
	else if (rc == 0)
		print_line(trace->path, events,
			add_threads(trace->summary->threads, &own) ? &own : NULL, true);
	for (i = 0; rc == 0 && (s = wg_measure_loop(trace->summary->measure, i)); i++)
		rc = wg_stats_sum_add(all, s);
	(void)add_threads(trace->summary->threads, all);
	wg_stats_groups_fini(&groups);
	return rc;
}

int wg_stats_print_lines(
	const struct stats_trace *traces, size_t count, const struct stats_options *options)
{
	struct wg_loop_stats all = { 0 };
	uint64_t events = 0;
	char name[48];
	size_t i;
	int rc = 0;

	wg_stats_print_part(&options->part);
	printf("%10s", "events");
	for (i = 0; i < COLUMNS; i++)
		printf(" %8s", columns[i].title);
	printf("  trace\n");
	for (i = 0; i < count && rc == 0; i++) {
		rc = print_trace(&traces[i], &all);
		events += wg_measure_events(traces[i].summary->measure);
	}
	wg_stats_sum_finish(&all);
	(void)snprintf(name, sizeof(name), "all %zu", count);
	print_line(name, events, &all, !all.wait);
	wg_stats_sum_fini(&all);
	for (i = 0; i < count; i++)
		wg_stats_print_faults(&traces[i]);
	return rc;
}
