/*
 * run_report.c: the table and the JSON of `wakegap run`.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/run.h"
#include "traces/units.h"

#define NS(seconds) ((int64_t)((seconds)*1e9 + 0.5))

static const struct wg_loop_stats *stats_of(const struct wg_run_row *row)
{
	return row->measure ? wg_measure_loop(row->measure, 0) : NULL;
}

static uint64_t all_wakes(const struct wg_loop_stats *s)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < WG_REASON_COUNT; i++)
		n += s->wakes[i];
	return n;
}

bool wg_run_agrees(const struct wg_run *run)
{
	size_t i;

	for (i = 0; i < run->row_count; i++) {
		const struct wg_answer *a = &run->rows[i].answer;

		if (a->bytes != run->floor.answer.bytes ||
			strcmp(a->checksum, run->floor.answer.checksum) != 0)
			return false;
	}
	return true;
}

/* "1.00", "188x faster", "1.3x slower": against the first row. */
static const char *ratio_text(char *buf, size_t len, double first_s, double this_s)
{
	double r = this_s > 0 ? first_s / this_s : 0;

	if (r >= 1.005)
		(void)snprintf(buf, len, "%.*fx faster", r < 10 ? 1 : 0, r);
	else if (r > 0 && r < 0.995)
		(void)snprintf(buf, len, "%.*fx slower", 1 / r < 10 ? 1 : 0, 1 / r);
	else
		(void)snprintf(buf, len, "1.00");
	return buf;
}

static void print_row(const struct wg_run *run, const struct wg_run_row *row)
{
	const struct wg_loop_stats *s = stats_of(row);
	char pass[24], ratio[24], wasted[24], p50[24], p99[24];

	printf("%-9s %10s  %13s", row->wait,
		wg_format_time(pass, sizeof(pass), NS(row->answer.median_s)),
		ratio_text(
			ratio, sizeof(ratio), run->rows[0].answer.median_s, row->answer.median_s));
	if (s)
		printf("  %6" PRIu64 "  %6" PRIu64 "  %6" PRIu64 "  %9s  %9s  %9s\n", all_wakes(s),
			s->empty_wakes, s->late_wakes,
			wg_format_time(wasted, sizeof(wasted), s->wasted_ns),
			wg_format_time(p50, sizeof(p50), s->gap.p50),
			wg_format_time(p99, sizeof(p99), s->gap.p99));
	else
		printf("  %6s  %6s  %6s  %9s  %9s  %9s\n", "-", "-", "-", "-", "-", "-");
}

/* "tick slept 1.63 s with the answer ready; condvar 0.9 ms; eventfd 1.1 ms" */
static void print_verdict(const struct wg_run *run)
{
	size_t i;
	char buf[24];

	for (i = 0; i < run->row_count; i++) {
		const struct wg_loop_stats *s = stats_of(&run->rows[i]);

		if (!s)
			return;
		printf("%s%s %s%s", i ? "; " : "", run->rows[i].wait, i ? "" : "slept ",
			wg_format_time(buf, sizeof(buf), s->wasted_ns));
		if (i == 0)
			printf(" with the answer ready");
	}
	printf("\n");
}

static void print_discarded(const struct wg_run *run)
{
	size_t i;

	for (i = 0; i < run->row_count; i++) {
		uint64_t n = run->rows[i].measure ? wg_measure_discarded(run->rows[i].measure) : 0;

		if (n)
			printf("%s: the tracer discarded %" PRIu64
			       " events, so its figures are incomplete\n",
				run->rows[i].wait, n);
	}
}

void wg_run_print_table(const struct wg_run *run)
{
	char size[24], chunk[24];
	size_t i;

	printf("%s %s: %s in %s reads, one in flight, %u pass%s each\n\n", run->workload, run->file,
		wg_format_size(size, sizeof(size), run->floor.answer.bytes),
		wg_format_size(chunk, sizeof(chunk), run->chunk), run->passes,
		run->passes == 1 ? "" : "es");
	printf("%-9s %10s  %13s  %6s  %6s  %6s  %9s  %9s  %9s\n", "wait", "time/pass", "vs first",
		"wakes", "empty", "late", "wasted", "gap p50", "gap p99");
	for (i = 0; i < run->row_count; i++)
		print_row(run, &run->rows[i]);
	print_row(run, &run->floor);
	printf("\n");
	print_verdict(run);
	print_discarded(run);
	if (wg_run_agrees(run))
		printf("all delivered the same bytes: %" PRIu64
		       " reads, checksum %s; %s has no loop: "
		       "the floor\n",
			run->floor.answer.ops, run->floor.answer.checksum, run->floor.wait);
	if (run->record_dir) {
		printf("look at it: wakegap view");
		for (i = 0; i < run->row_count && i < 2; i++)
			printf(" %s/%s", run->record_dir, run->rows[i].wait);
		printf("\n");
	}
}

static json_t *seconds_json(const struct wg_answer *a)
{
	return json_pack(
		"{s:f, s:f, s:f}", "min", a->min_s, "median", a->median_s, "max", a->max_s);
}

static json_t *row_json(const struct wg_run_row *row)
{
	const struct wg_loop_stats *s = stats_of(row);
	json_t *o = json_pack("{s:s, s:I, s:o, s:I, s:s}", "wait", row->wait, "ops",
		(json_int_t)row->answer.ops, "seconds", seconds_json(&row->answer), "bytes_read",
		(json_int_t)row->answer.bytes, "checksum", row->answer.checksum);

	if (s)
		(void)json_object_update_new(o,
			json_pack("{s:I, s:I, s:I, s:I, s:{s:I, s:I}, s:I}", "wakes",
				(json_int_t)all_wakes(s), "empty_wakes", (json_int_t)s->empty_wakes,
				"late_wakes", (json_int_t)s->late_wakes, "wasted_ns",
				(json_int_t)s->wasted_ns, "gap_ns", "p50", (json_int_t)s->gap.p50,
				"p99", (json_int_t)s->gap.p99, "discarded",
				(json_int_t)wg_measure_discarded(row->measure)));
	return o;
}

int wg_run_print_json(const struct wg_run *run)
{
	json_t *rows = json_array();
	json_t *root;
	size_t i;
	int rc;

	for (i = 0; i < run->row_count; i++)
		(void)json_array_append_new(rows, row_json(&run->rows[i]));
	root = json_pack("{s:s, s:o, s:I, s:I, s:i, s:o, s:o}", "workload", run->workload, "file",
		json_stringn_nocheck(run->file, strlen(run->file)), "bytes",
		(json_int_t)run->floor.answer.bytes, "chunk", (json_int_t)run->chunk, "passes",
		(int)run->passes, "runs", rows, "floor", row_json(&run->floor));
	if (!root)
		return -ENOMEM;
	rc = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	printf("\n");
	json_decref(root);
	return rc == 0 ? 0 : -ENOMEM;
}
