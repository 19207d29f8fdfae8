/*
 * report.c: the table and the JSON of `wakegap run`.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/run/run.h"
#include "traces/base/say.h"
#include "traces/base/units.h"
#include "traces/measure/sees.h"

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

static bool is_same(const struct wg_run_answer *a, const struct wg_run_answer *b)
{
	return a->ops == b->ops && a->bytes == b->bytes && strcmp(a->checksum, b->checksum) == 0;
}

bool wg_run_agrees(const struct wg_run *run)
{
	const struct wg_run_row *first = run->has_floor ? &run->floor : wg_run_first(run);
	size_t i;

	for (i = 0; first && i < run->row_count; i++) {
		if (!run->rows[i].answer.hangs && !is_same(&run->rows[i].answer, &first->answer))
			return false;
	}
	return true;
}

const struct wg_run_row *wg_run_first(const struct wg_run *run)
{
	size_t i;

	for (i = 0; i < run->row_count; i++) {
		if (!run->rows[i].answer.hangs)
			return &run->rows[i];
	}
	return NULL;
}

bool wg_run_has_hang(const struct wg_run *run)
{
	size_t i;

	for (i = 0; i < run->row_count; i++) {
		if (run->rows[i].answer.hangs)
			return true;
	}
	return false;
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

/* What a pass takes while it is recorded, as a multiple; 0: not known. */
static double recording_cost(const struct wg_run_row *row)
{
	return row->recorded.median_s > 0 && row->answer.median_s > 0
		       ? row->recorded.median_s / row->answer.median_s
		       : 0;
}

/* "-" if there is no trace, or it does not show the figure. */
static const char *count_text(
	char *buf, size_t len, const struct wg_loop_stats *s, enum wg_sees figure, uint64_t value)
{
	if (!s || !wg_stats_sees(s, figure))
		return "-";
	(void)snprintf(buf, len, "%" PRIu64, value);
	return buf;
}

static const char *gap_text(char *buf, size_t len, const struct wg_loop_stats *s, int64_t value_ns)
{
	return s && wg_stats_sees(s, WG_SEES_GAPS) ? wg_format_time(buf, len, value_ns) : "-";
}

static void print_row(const struct wg_run *run, const struct wg_run_row *row)
{
	const struct wg_loop_stats *s = stats_of(row);
	char pass[24], ratio[24], wasted[24], p50[24], p99[24], cost[24] = "-";
	char wakes[24], empty[24], late[24];
	const struct wg_run_row *first = wg_run_first(run);

	if (row->answer.hangs || !first)
		printf("%-10s %9s  %13s", row->wait, row->answer.hangs ? "hangs" : "-", "-");
	else
		printf("%-10s %9s  %13s", row->wait,
			wg_format_time(pass, sizeof(pass), NS(row->answer.median_s)),
			ratio_text(ratio, sizeof(ratio), first->answer.median_s,
				row->answer.median_s));
	if (recording_cost(row) > 0)
		(void)snprintf(cost, sizeof(cost), "%.2fx", recording_cost(row));
	printf("  %6s  %6s  %6s  %9s  %9s  %9s  %9s\n",
		count_text(wakes, sizeof(wakes), s, WG_SEES_WAKES, s ? all_wakes(s) : 0),
		count_text(empty, sizeof(empty), s, WG_SEES_EMPTY_WAKES, s ? s->empty_wakes : 0),
		count_text(late, sizeof(late), s, WG_SEES_LATE_WAKES, s ? s->late_wakes : 0),
		gap_text(wasted, sizeof(wasted), s, s ? s->wasted_ns : 0),
		gap_text(p50, sizeof(p50), s, s ? s->gap.p50 : 0),
		gap_text(p99, sizeof(p99), s, s ? s->gap.p99 : 0), cost);
}

/* "tick slept 1.63 s with a result ready; condvar 0.9 ms; forever hangs; node: not observable" */
static void print_verdict(const struct wg_run *run)
{
	uint64_t wasted_ns = 0;
	bool is_first = true, is_seen = false, hangs = false;
	size_t i;
	char buf[24];

	for (i = 0; i < run->row_count; i++) {
		const struct wg_loop_stats *s = stats_of(&run->rows[i]);

		if (!s)
			return;
		is_seen = is_seen || wg_stats_sees(s, WG_SEES_GAPS);
		hangs = hangs || run->rows[i].answer.hangs;
		wasted_ns += (uint64_t)s->wasted_ns;
	}
	if (!is_seen)
		return;
	/* This happens with timers only: they may be late, but no result waits. */
	if (wasted_ns == 0 && !hangs) {
		printf("no loop slept with a result ready\n");
		return;
	}
	for (i = 0; i < run->row_count; i++) {
		const struct wg_run_row *row = &run->rows[i];
		const struct wg_loop_stats *s = stats_of(row);

		if (row->answer.hangs || !s) {
			printf("%s%s hangs", i ? "; " : "", row->wait);
			continue;
		}
		if (!wg_stats_sees(s, WG_SEES_GAPS)) {
			printf("%s%s: not observable", i ? "; " : "", row->wait);
			continue;
		}
		printf("%s%s %s%s%s", i ? "; " : "", row->wait, is_first ? "slept " : "",
			wg_format_time(buf, sizeof(buf), s->wasted_ns),
			is_first ? " with a result ready" : "");
		is_first = false;
	}
	printf("\n");
}

/* Is there a row whose trace does not show its waits? */
static bool has_unseen(const struct wg_run *run)
{
	size_t i;

	for (i = 0; i < run->row_count; i++) {
		const struct wg_loop_stats *s = stats_of(&run->rows[i]);

		if (s && !wg_stats_sees(s, WG_SEES_GAPS))
			return true;
	}
	return false;
}

/* For a row that does not show its waits: the caller's view, which all rows have. "a recorded pass,
 * and how long an operation was under way in it: tick 1.70 s, 1.70 s; node 13.1 ms, 10.8 ms" */
static void print_under_way(const struct wg_run *run)
{
	char pass[24], whole[24];
	size_t i;

	if (!has_unseen(run))
		return;
	printf("a recorded pass, and how long an operation was under way in it: ");
	for (i = 0; i < run->row_count; i++) {
		const struct wg_run_row *row = &run->rows[i];
		const struct wg_loop_stats *s = stats_of(row);

		if (s && !row->answer.hangs)
			printf("%s%s %s, %s", i ? "; " : "", row->wait,
				wg_format_time(pass, sizeof(pass),
					(s->last_ns - s->first_ns) / run->passes),
				wg_format_time(whole, sizeof(whole), s->whole.sum / run->passes));
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

/* "read F: 10 MiB in 64 KiB reads, ..." or "echo: clients 8, requests 160, ...". */
static void print_title(const struct wg_run *run)
{
	const struct wg_workload_desc *w = run->workload;
	char text[32];
	size_t i;

	printf("%s%s%s: ", w->name, run->file ? " " : "", run->file ? run->file : "");
	if (run->has_floor)
		printf("%s, one read in flight, ",
			wg_format_size(text, sizeof(text), run->floor.answer.bytes));
	for (i = 0; i < w->param_count; i++) {
		if (w->params[i].unit != WG_UNIT_FILE)
			printf("%s %s, ", w->params[i].name,
				wg_param_text(
					text, sizeof(text), w->params[i].unit, run->values[i]));
	}
	printf("%u pass%s each\n\n", run->passes, run->passes == 1 ? "" : "es");
}

static void print_agreement(const struct wg_run *run)
{
	const struct wg_run_row *first = wg_run_first(run);
	const struct wg_run_answer *a;

	if (!first || !wg_run_agrees(run))
		return; /* the command says so, and fails */
	a = &first->answer;
	if (wg_run_has_hang(run))
		printf("of the runs that finished, ");
	if (run->has_floor)
		printf("all delivered the same bytes: %" PRIu64
		       " reads, checksum %s; %s reads without a loop\n",
			a->ops, a->checksum, run->floor.wait);
	else
		printf("all did the same: %" PRIu64 " operations, checksum %s\n", a->ops,
			a->checksum);
}

void wg_run_print_table(const struct wg_run *run)
{
	bool is_recorded = false;
	char word[WG_SHELL_MAX];
	size_t i, from;

	print_title(run);
	printf("%-10s %9s  %13s  %6s  %6s  %6s  %9s  %9s  %9s  %9s\n", "wait", "time/pass",
		"vs first", "wakes", "empty", "late", "wasted", "gap p50", "gap p99", "recording");
	for (i = 0; i < run->row_count; i++) {
		print_row(run, &run->rows[i]);
		is_recorded = is_recorded || recording_cost(&run->rows[i]) > 0;
	}
	if (run->has_floor)
		print_row(run, &run->floor);
	printf("\n");
	if (is_recorded)
		printf("time/pass is without recording; wakes to gap p99 are of a recorded run; "
		       "recording is its time/pass as a multiple\n\n");
	wg_run_print_figures(run);
	print_verdict(run);
	print_under_way(run);
	print_discarded(run);
	print_agreement(run);
	if (run->record_dir) {
		printf("look at it: wakegap view");
		/* Of a row that is no strategy, the one beside it is what people compare it with.
		 */
		from = has_unseen(run) && run->row_count > 2 ? run->row_count - 2 : 0;
		for (i = from; i < run->row_count && i < from + 2; i++)
			printf(" %s",
				wg_shell_word(word, "%s/%s", run->record_dir, run->rows[i].wait));
		printf("\n");
	}
}

/* What is not observable is null. */
static json_t *seen_json(const struct wg_loop_stats *s, enum wg_sees figure, uint64_t value)
{
	return wg_stats_sees(s, figure) ? json_integer((json_int_t)value) : json_null();
}

static json_t *gap_json(const struct wg_loop_stats *s)
{
	return wg_stats_sees(s, WG_SEES_GAPS)
		       ? json_pack("{s:I, s:I}", "p50", (json_int_t)s->gap.p50, "p99",
				 (json_int_t)s->gap.p99)
		       : json_null();
}

/* The answer as it came, and what the trace adds to it. */
static json_t *row_json(const struct wg_run_row *row)
{
	const struct wg_loop_stats *s = stats_of(row);
	json_t *o = json_deep_copy(row->answer.all);

	(void)json_object_set_new(o, "wait", json_string(row->wait));
	if (row->answer.hangs)
		(void)json_object_set_new(
			o, "ops", json_integer((json_int_t)row->answer.hang.delivered));
	if (recording_cost(row) > 0)
		(void)json_object_update_new(
			o, json_pack("{s:O, s:f}", "recorded_seconds",
				   json_object_get(row->recorded.all, "seconds"), "recording_cost",
				   recording_cost(row)));
	if (s)
		(void)json_object_set_new(o, "stuck", seen_json(s, WG_SEES_STUCK, s->stuck));
	if (s)
		(void)json_object_update_new(
			o, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "wakes",
				   seen_json(s, WG_SEES_WAKES, all_wakes(s)), "empty_wakes",
				   seen_json(s, WG_SEES_EMPTY_WAKES, s->empty_wakes), "late_wakes",
				   seen_json(s, WG_SEES_LATE_WAKES, s->late_wakes), "wasted_ns",
				   seen_json(s, WG_SEES_GAPS, (uint64_t)s->wasted_ns), "gap_ns",
				   gap_json(s), "discarded",
				   (json_int_t)wg_measure_discarded(row->measure)));
	return o;
}

/* jansson takes UTF-8 only, and the name of a file may be anything. */
static json_t *file_json(const char *file)
{
	json_t *text = json_string(file);

	return text ? text : json_string("?");
}

static void add_params(json_t *root, const struct wg_run *run)
{
	const struct wg_workload_desc *w = run->workload;
	char key[32];
	size_t i;

	for (i = 0; i < w->param_count; i++) {
		const struct wg_run_param *p = &w->params[i];

		(void)snprintf(
			key, sizeof(key), "%s%s", p->name, p->unit == WG_UNIT_TIME ? "_ns" : "");
		(void)json_object_set_new(root, key,
			p->unit == WG_UNIT_FILE ? file_json(run->file)
						: json_integer((json_int_t)run->values[i]));
	}
}

int wg_run_print_json(const struct wg_run *run)
{
	json_t *root = json_pack("{s:s}", "workload", run->workload->name);
	json_t *rows = json_array(), *skipped = json_array();
	char *text;
	size_t i;

	add_params(root, run);
	if (run->has_floor)
		(void)json_object_set_new(
			root, "bytes", json_integer((json_int_t)run->floor.answer.bytes));
	(void)json_object_set_new(root, "passes", json_integer((json_int_t)run->passes));
	for (i = 0; i < run->row_count; i++)
		(void)json_array_append_new(rows, row_json(&run->rows[i]));
	(void)json_object_set_new(root, "runs", rows);
	for (i = 0; i < run->skipped_count; i++)
		(void)json_array_append_new(
			skipped, json_string(run->rows[run->row_count + i].wait));
	(void)json_object_set_new(root, "skipped", skipped);
	if (run->has_floor)
		(void)json_object_set_new(root, "floor", row_json(&run->floor));
	text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
	json_decref(root);
	if (!text)
		return -ENOMEM;
	wg_say_json(stdout);
	(void)puts(text); /* whether it arrived is asked at the end */
	free(text);
	return 0;
}
