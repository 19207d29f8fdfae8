/*
 * stats_text.c: `wakegap stats` for people.
 *
 * What is shown of a loop, or of all loops of a trace together, is first made a struct of plain
 * numbers, so that one table of rows serves both: one column for a loop, or a column for each trace
 * with its ratio to the first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats.h"
#include "traces/units.h"

#define NAME_WIDTH  15
#define VALUE_WIDTH 10
#define RATIO_WIDTH 13

struct figures {
	const char *wait; /* the strategy, if all loops share one */
	size_t loops;
	int64_t submitted, done, delivered, waits, unclosed, asleep_ns, wakes[WG_REASON_COUNT];
	int64_t empty_wakes, late_wakes, stuck, polls, empty_polls, sent, coalesced, wasted_ns;
	int64_t working_ns, duration_ns;
	struct wg_dist gap;
};

/* Rows are left out where all columns are 0, unless the zero is what one came to see. */
static const struct row {
	const char *name;
	size_t offset;
	bool is_time, is_always;
} rows[] = {
#define ROW(name, field, is_time, is_always)                                                       \
	{                                                                                          \
		name, offsetof(struct figures, field), is_time, is_always                          \
	}
	ROW("duration", duration_ns, true, true),
	ROW("submitted", submitted, false, true),
	ROW("done", done, false, true),
	ROW("delivered", delivered, false, true),
	ROW("worked", working_ns, true, false),
	ROW("waits", waits, false, true),
	ROW("  without wake", unclosed, false, false),
	ROW("asleep", asleep_ns, true, true),
	ROW("woke notified", wakes[WG_REASON_NOTIFIED], false, false),
	ROW("woke timeout", wakes[WG_REASON_TIMEOUT], false, false),
	ROW("woke ready", wakes[WG_REASON_READY], false, false),
	ROW("woke spurious", wakes[WG_REASON_SPURIOUS], false, false),
	ROW("woke by signal", wakes[WG_REASON_INTERRUPTED], false, false),
	ROW("woke unknown", wakes[WG_REASON_UNKNOWN], false, false),
	ROW("empty wakes", empty_wakes, false, true),
	ROW("late wakes", late_wakes, false, true),
	ROW("stuck", stuck, false, true),
	ROW("polls", polls, false, true),
	ROW("  empty", empty_polls, false, false),
	ROW("notifies sent", sent, false, true),
	ROW("  coalesced", coalesced, false, false),
	ROW("wasted", wasted_ns, true, true),
	ROW("gaps", gap.count, false, true),
	ROW("  min", gap.min, true, false),
	ROW("  p50", gap.p50, true, false),
	ROW("  p90", gap.p90, true, false),
	ROW("  p99", gap.p99, true, false),
	ROW("  max", gap.max, true, false),
#undef ROW
};

static int64_t value_of(const struct figures *f, const struct row *row)
{
	int64_t value;

	/* gap.count is a size_t, as wide and never that large. */
	memcpy(&value, (const char *)f + row->offset, sizeof(value));
	return value;
}

_Static_assert(sizeof(size_t) == sizeof(int64_t), "value_of() reads a count as a number");

static int add_loop(struct figures *f, const struct wg_loop_stats *s)
{
	size_t i;

	f->wait = f->loops == 0 || strcmp(f->wait, s->wait) == 0 ? s->wait : "mixed";
	f->loops++;
	f->submitted += (int64_t)s->submitted;
	f->done += (int64_t)s->done;
	f->delivered += (int64_t)s->delivered;
	f->waits += (int64_t)s->waits;
	f->unclosed += (int64_t)s->unclosed_waits;
	f->asleep_ns += s->asleep_ns;
	for (i = 0; i < WG_REASON_COUNT; i++)
		f->wakes[i] += (int64_t)s->wakes[i];
	f->empty_wakes += (int64_t)s->empty_wakes;
	f->late_wakes += (int64_t)s->late_wakes;
	f->stuck += (int64_t)s->stuck;
	f->polls += (int64_t)s->polls;
	f->empty_polls += (int64_t)s->empty_polls;
	f->sent += (int64_t)s->notifies_sent;
	f->coalesced += (int64_t)s->notifies_coalesced;
	f->wasted_ns += s->wasted_ns;
	f->working_ns += s->working_ns;
	for (i = 0; i < s->gap.count; i++) {
		if (wg_dist_add(&f->gap, s->gap.v[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void format_value(char *buf, size_t len, int64_t value, bool is_time)
{
	if (is_time)
		(void)wg_format_time(buf, len, value);
	else
		(void)snprintf(buf, len, "%" PRId64, value);
}

/* "1447x less", "1.3x more", or nothing where there is none to tell. */
static void format_ratio(char *buf, size_t len, int64_t first, int64_t value)
{
	double r;

	buf[0] = '\0';
	if (first <= 0 || value <= 0 || first == value)
		return;
	r = first > value ? (double)first / (double)value : (double)value / (double)first;
	if (r >= 1.05)
		(void)snprintf(
			buf, len, "%.*fx %s", r < 9.95 ? 1 : 0, r, first > value ? "less" : "more");
}

static void print_row(const struct row *row, const struct figures *f, size_t count)
{
	int64_t first = value_of(&f[0], row);
	bool is_needed = row->is_always;
	char text[32];
	size_t i;

	for (i = 0; i < count; i++)
		is_needed = is_needed || value_of(&f[i], row) != 0;
	if (!is_needed)
		return;
	printf("  %-*s", NAME_WIDTH, row->name);
	for (i = 0; i < count; i++) {
		format_value(text, sizeof(text), value_of(&f[i], row), row->is_time);
		printf("%*s", VALUE_WIDTH, text);
		if (i == 0)
			continue;
		format_ratio(text, sizeof(text), first, value_of(&f[i], row));
		if (i + 1 < count)
			printf("  %-*s", RATIO_WIDTH, text);
		else if (text[0])
			printf("  %s", text);
	}
	putchar('\n');
}

static void print_rows(const struct figures *f, size_t count)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		print_row(&rows[i], f, count);
}

/* What makes the figures less than whole stands right behind them. */
static void print_faults(const struct stats_trace *trace)
{
	uint64_t discarded = wg_measure_discarded(trace->summary->measure);
	size_t i;

	for (i = 0; i < trace->summary->note_count; i++)
		printf("note: %s: %s\n", trace->path, trace->summary->notes[i]);
	if (discarded) {
		printf("discarded: %s: %s%" PRIu64
		       " event%s missing, so its figures are incomplete\n",
			trace->path, trace->summary->note_count ? "at least " : "", discarded,
			discarded == 1 ? " is" : "s are");
	}
}

/* "tick slept 1.59 s with the answer ready; eventfd 1.1 ms" */
static void print_verdict(const struct stats_trace *traces, const struct figures *f, size_t count)
{
	bool by_path = false;
	char wasted[32];
	size_t i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < i; k++)
			by_path = by_path || strcmp(f[i].wait, f[k].wait) == 0;
	}
	for (i = 0; i < count; i++) {
		printf("%s%s %s%s%s", i ? "; " : "", by_path ? traces[i].path : f[i].wait,
			i ? "" : "slept ", wg_format_time(wasted, sizeof(wasted), f[i].wasted_ns),
			i ? "" : " with the answer ready");
	}
	putchar('\n');
}

static int print_one(const struct stats_trace *trace)
{
	const struct wg_measure *m = trace->summary->measure;
	const struct wg_loop_stats *s;
	char text[32];
	size_t i;
	int rc = 0;

	printf("%s: %" PRIu64 " events in %s\n", trace->path, wg_measure_events(m),
		wg_format_time(text, sizeof(text), wg_measure_end_ns(m) - wg_measure_begin_ns(m)));
	for (i = 0; (s = wg_measure_loop(m, i)) && rc == 0; i++) {
		struct figures f = { .duration_ns = s->last_ns - s->first_ns };

		printf("\n%s %" PRIu32 ", loop %" PRIu32 ", %s", s->process, s->pid, s->loop,
			s->wait);
		if (s->tick_ns)
			printf(" (%s)", wg_format_time(text, sizeof(text), s->tick_ns));
		putchar('\n');
		rc = add_loop(&f, s);
		wg_dist_finish(&f.gap);
		print_rows(&f, 1);
		if (s->stuck) {
			printf("  stuck: asleep for %s with %" PRIu64
			       " results ready, to the end\n",
				wg_format_time(text, sizeof(text), s->stuck_ns), s->stuck_results);
		}
		free(f.gap.v);
	}
	print_faults(trace);
	return rc;
}

static int sum_up(const struct stats_trace *trace, struct figures *ret)
{
	const struct wg_measure *m = trace->summary->measure;
	const struct wg_loop_stats *s;
	size_t i;
	int rc = 0;

	ret->wait = "?";
	ret->duration_ns = wg_measure_end_ns(m) - wg_measure_begin_ns(m);
	for (i = 0; (s = wg_measure_loop(m, i)) && rc == 0; i++)
		rc = add_loop(ret, s);
	wg_dist_finish(&ret->gap);
	return rc;
}

static void print_heads(const struct stats_trace *traces, const struct figures *f, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		printf("%zu  %s: %" PRIu64 " events, %zu loop%s, %s\n", i + 1, traces[i].path,
			wg_measure_events(traces[i].summary->measure), f[i].loops,
			f[i].loops == 1 ? "" : "s together", f[i].wait);
	}
	printf("\n  %-*s", NAME_WIDTH, "");
	for (i = 0; i < count; i++) {
		printf("%*s", VALUE_WIDTH, f[i].wait);
		if (i > 0 && i + 1 < count)
			printf("  %-*s", RATIO_WIDTH, "");
	}
	putchar('\n');
}

int wg_stats_print(const struct stats_trace *traces, size_t count)
{
	struct figures *f;
	size_t i;
	int rc = 0;

	if (count == 1)
		return print_one(&traces[0]);
	f = calloc(count, sizeof(*f));
	if (!f)
		return -ENOMEM;
	for (i = 0; i < count && rc == 0; i++)
		rc = sum_up(&traces[i], &f[i]);
	if (rc == 0) {
		print_heads(traces, f, count);
		print_rows(f, count);
		for (i = 0; i < count; i++)
			print_faults(&traces[i]);
		printf("\n");
		print_verdict(traces, f, count);
	}
	for (i = 0; i < count; i++)
		free(f[i].gap.v);
	free(f);
	return rc;
}
