/*
 * text.c: `wakegap stats` for people: a block a group of one trace, or a column a trace.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/model/figures.h"
#include "viz/stats/stats.h"
#include "viz/stats/threads.h"
#include "traces/base/units.h"

void wg_stats_print_faults(const struct stats_trace *trace)
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

/* "a/b/tick/" -> "tick" */
static void base_name(char *buf, size_t len, const char *path)
{
	size_t end = strlen(path), begin;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/'; begin--)
		;
	(void)snprintf(buf, len, "%.*s", (int)(end - begin), path + begin);
}

/* The viewer's sentence wants the viewer's figures. */
static struct wg_figures figures_of(const struct stats_trace *trace, const struct stats_group *g)
{
	const struct wg_loop_stats *s = &g->sum;
	struct wg_figures f = {
		.loops = (uint32_t)g->loops,
		.ops = s->submitted,
		.delivered = s->delivered,
		.waits = s->waits,
		.empty_wakes = s->empty_wakes,
		.late_wakes = s->late_wakes,
		.stuck = s->stuck,
		.stuck_results = s->stuck_results,
		.stuck_ns = s->stuck_ns,
		.asleep_ns = s->asleep_ns,
		.wasted_ns = s->wasted_ns,
		.duration_ns = g->duration_ns,
		.life_ns = g->life_ns,
		.gap_p50_ns = s->gap.p50,
		.gap_p99_ns = s->gap.p99,
		.gap_max_ns = s->gap.max,
		.gaps = s->gap.count,
		.missing = s->missing,
		.unseen = s->unseen,
		.discarded = wg_measure_discarded(trace->summary->measure),
	};

	(void)snprintf(f.strategy, sizeof(f.strategy), "%s", s->wait ? s->wait : "?");
	return f;
}

/* Three and more: "tick slept 1.59 s with a result ready; eventfd 1.1 ms; futex 1.0 ms" */
static void print_long_verdict(
	const struct stats_trace *traces, const struct stats_group *const *groups, size_t count)
{
	bool by_path = false;
	char wasted[32], why[64];
	size_t i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < i; k++)
			by_path = by_path || strcmp(groups[i]->sum.wait, groups[k]->sum.wait) == 0;
	}
	for (i = 0; i < count; i++) {
		if (wg_stats_unseen(why, sizeof(why), &groups[i]->sum, WG_SEES_GAPS))
			printf("%s%s %s", i ? "; " : "",
				by_path ? traces[i].path : groups[i]->sum.wait, why);
		else
			printf("%s%s %s%s%s", i ? "; " : "",
				by_path ? traces[i].path : groups[i]->sum.wait, i ? "" : "slept ",
				wg_format_time(wasted, sizeof(wasted), groups[i]->sum.wasted_ns),
				i ? "" : " with a result ready");
	}
	putchar('\n');
}

/* The groups are those of whole traces, none absent. */
static void print_verdict(
	const struct stats_trace *traces, const struct stats_group *const *groups, size_t count)
{
	struct wg_figures a, b = { 0 };
	char buf[400];

	for (size_t i = 0; i < count; i++) {
		if (!groups[i] || !groups[i]->sum.wait)
			return; /* a trace without a loop: nothing to say */
	}
	putchar('\n');
	if (count > 2) {
		print_long_verdict(traces, groups, count);
		return;
	}
	a = figures_of(&traces[0], groups[0]);
	if (count == 2) {
		b = figures_of(&traces[1], groups[1]);
		if (strcmp(a.strategy, b.strategy) == 0) {
			base_name(a.strategy, sizeof(a.strategy), traces[0].path);
			base_name(b.strategy, sizeof(b.strategy), traces[1].path);
		}
	}
	puts(wg_verdict(buf, sizeof(buf), &a, count == 2 ? &b : NULL, false));
}

/* One block, or one row of columns, with what was asked for below it. */
static void print_section(
	const struct stats_group *const *groups, size_t count, const struct stats_options *options)
{
	size_t i;

	wg_stats_print_rows(groups, count, options->by);
	for (i = 0; i < count; i++) {
		const struct wg_loop_stats *s = groups[i] ? &groups[i]->sum : NULL;
		char text[32];

		if (s && s->stuck && wg_stats_sees(s, WG_SEES_STUCK)) {
			printf("  stuck%s%s: asleep for %s with %" PRIu64
			       " result%s ready, to the end\n",
				count > 1 ? ", " : "", count > 1 ? s->wait : "",
				wg_format_time(text, sizeof(text), s->stuck_ns), s->stuck_results,
				wg_s(s->stuck_results));
		}
		if (s && s->ready_at_end && wg_stats_sees(s, WG_SEES_STUCK))
			printf("  ends%s%s amid a wait with %" PRIu64
			       " result%s ready, not stuck: its timeout was still to come\n",
				count > 1 ? ", " : "", count > 1 ? s->wait : "", s->ready_at_end,
				wg_s(s->ready_at_end));
	}
	for (i = 0; i < count && (options->where || count == 1); i++) {
		if (count > 1 && groups[i])
			printf("\n%s:\n", groups[i]->sum.wait);
		if (groups[i])
			wg_stats_print_where(groups[i]);
	}
	if (options->histogram)
		wg_stats_print_histograms(groups, count, options);
}

void wg_stats_print_part(const struct wg_part *part)
{
	char text[32];
	size_t i;

	if (!wg_part_is_set(part))
		return;
	(void)fputs("only", stdout);
	if (part->has_since)
		printf(" from %s", wg_format_time(text, sizeof(text), part->since_ns));
	if (part->has_until)
		printf(" up to %s", wg_format_time(text, sizeof(text), part->until_ns));
	for (i = 0; i < part->loop_count; i++)
		printf("%s%" PRIu64, i ? "," : " loop ", part->loops[i].loop);
	for (i = 0; i < WG_KIND_COUNT; i++) {
		if (part->kinds >> i & 1)
			printf("%s%s", part->kinds & ((1u << i) - 1) ? "," : " kind ",
				wg_kind_name((enum wg_kind)i));
	}
	putchar('\n');
}

static int print_one(const struct stats_trace *trace, const struct stats_options *options)
{
	const struct wg_measure *m = trace->summary->measure;
	struct stats_groups groups, all = { 0 };
	char text[32];
	size_t i;
	int rc = wg_stats_groups_init(&groups, trace, options->by);

	if (rc == 0)
		rc = wg_stats_groups_init(&all, trace, STATS_BY_TRACE);
	if (rc == 0) {
		printf("%s: %" PRIu64 " event%s in %s\n", trace->path, wg_measure_events(m),
			wg_s(wg_measure_events(m)),
			wg_format_time(
				text, sizeof(text), wg_measure_end_ns(m) - wg_measure_begin_ns(m)));
		wg_stats_print_part(&options->part);
		for (i = 0; i < groups.count; i++) {
			const struct stats_group *g = &groups.group[i];

			printf("\n%s\n", g->title);
			print_section(&g, 1, options);
		}
		wg_stats_print_faults(trace);
		if (all.count) {
			const struct stats_group *g = &all.group[0];

			print_verdict(trace, &g, 1);
		}
		if (trace->summary->threads) {
			putchar('\n');
			rc = wg_threads_print(trace->summary->threads, options->top);
		}
	}
	wg_stats_groups_fini(&groups);
	wg_stats_groups_fini(&all);
	return rc;
}

static size_t threads_in(const struct stats_trace *trace)
{
	const struct wg_threads *threads = trace->summary->threads;
	size_t count = 0;

	while (threads && wg_thread_at(threads, count))
		count++;
	return count;
}

/* groups: NULL for a trace without a loop. */
static void print_heads(
	const struct stats_trace *traces, const struct stats_group *const *groups, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		size_t threads = threads_in(&traces[i]);
		uint64_t events = wg_measure_events(traces[i].summary->measure);

		printf("%zu  %s: %" PRIu64 " event%s", i + 1, traces[i].path, events, wg_s(events));
		if (groups[i] || !threads)
			printf(", %zu loop%s, %s", groups[i] ? groups[i]->loops : 0,
				groups[i] && groups[i]->loops == 1 ? "" : "s together",
				groups[i] ? groups[i]->sum.wait : "none");
		if (threads)
			printf(", %zu thread%s", threads, wg_s(threads));
		putchar('\n');
	}
}

/* Threads that are seen from outside, if there are any. */
static int print_threads(
	const struct stats_trace *traces, size_t count, const struct stats_options *options)
{
	const struct wg_threads **threads = calloc(count, sizeof(*threads));
	const char **titles = calloc(count, sizeof(*titles));
	bool has_any = false;
	size_t i;
	int rc = threads && titles ? 0 : -ENOMEM;

	for (i = 0; i < count && rc == 0; i++) {
		threads[i] = traces[i].summary->threads;
		titles[i] = traces[i].path;
		has_any = has_any || threads[i];
	}
	if (rc == 0 && has_any) {
		putchar('\n');
		rc = wg_threads_print_beside(threads, titles, count, options->top);
	}
	free(threads);
	free(titles);
	return rc;
}

/* The group of each trace with this key; of a trace with one group that one, if all have one. */
static void pick(const struct stats_groups *of, size_t count, const char *key, bool all_have_one,
	const struct stats_group **ret)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		ret[i] = all_have_one ? &of[i].group[0] : NULL;
		for (k = 0; k < of[i].count && !all_have_one; k++) {
			if (strcmp(of[i].group[k].key, key) == 0)
				ret[i] = &of[i].group[k];
		}
	}
}

/* A section for each key that some trace has, in the order in which they are met. */
static void print_sections(const struct stats_groups *of, size_t count,
	const struct stats_group **row, const struct stats_options *options)
{
	bool all_have_one = options->by != STATS_BY_KIND;
	size_t i, k, before;

	for (i = 0; i < count; i++)
		all_have_one = all_have_one && of[i].count == 1;
	for (i = 0; i < count; i++) {
		for (k = 0; k < of[i].count; k++) {
			const struct stats_group *g = &of[i].group[k];

			pick(of, count, g->key, all_have_one, row);
			for (before = 0; before < i && !row[before]; before++)
				;
			if (before < i) /* shown with an earlier trace */
				continue;
			printf("\n%s\n", g->key);
			print_section(row, count, options);
		}
	}
}

/* of: for each trace its groups, then for each trace all of it as one. */
static int print_several(const struct stats_trace *traces, size_t count, struct stats_groups *of,
	const struct stats_group **row, const struct stats_options *options)
{
	const struct stats_groups *all = of + count;
	bool has_loops = false;
	size_t i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		rc = wg_stats_groups_init(&of[i], &traces[i], options->by);
		if (rc == 0)
			rc = wg_stats_groups_init(&of[count + i], &traces[i], STATS_BY_TRACE);
	}
	if (rc < 0)
		return rc;
	for (i = 0; i < count; i++) {
		row[i] = all[i].count ? &all[i].group[0] : NULL;
		has_loops = has_loops || row[i] || !threads_in(&traces[i]);
	}
	print_heads(traces, row, count);
	wg_stats_print_part(&options->part);
	if (has_loops && options->by == STATS_BY_TRACE) {
		putchar('\n');
		print_section(row, count, options);
	} else if (has_loops) {
		print_sections(of, count, row, options);
	}
	for (i = 0; i < count; i++)
		wg_stats_print_faults(&traces[i]);
	for (i = 0; i < count; i++)
		row[i] = all[i].count ? &all[i].group[0] : NULL;
	print_verdict(traces, row, count);
	return print_threads(traces, count, options);
}

int wg_stats_print(
	const struct stats_trace *traces, size_t count, const struct stats_options *options)
{
	struct stats_groups *of;
	const struct stats_group **row;
	size_t i;
	int rc = -ENOMEM;

	if (count == 1)
		return print_one(&traces[0], options);
	of = calloc(2 * count, sizeof(*of));
	row = calloc(count, sizeof(*row));
	if (of && row)
		rc = print_several(traces, count, of, row, options);
	for (i = 0; of && i < 2 * count; i++)
		wg_stats_groups_fini(&of[i]);
	free(of);
	free(row);
	return rc;
}
