/*
 * test_oracle.c: our figures against independent ones.
 *
 * The text that the program `babeltrace2` prints of a trace is read line by line, and what M1..M5
 * and M7 say is computed from it once more, by the plainest means: every wait against every
 * operation. Neither the reader nor the measure has a part in that. WG_ORACLE names one more trace
 * to compare, for those who have a long one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/text_trace.h"
#include "traces/measure/summary.h"

#define NEVER INT64_MAX

struct plain {
	uint64_t waits, reasons[WG_REASON_COUNT], late, polls, empty_polls, gaps, empty;
	int64_t asleep_ns, wasted_ns, longest_ns;
};

/* When the operation of this done was delivered. */
static int64_t delivered_at(const struct wg_text_trace *t, size_t done)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->lines[i].event, "deliver") == 0 &&
			t->lines[i].pid == t->lines[done].pid &&
			t->lines[i].op == t->lines[done].op)
			return t->lines[i].at;
	}
	return NEVER;
}

/* Is the operation of this line of this kind, by the label of its submit? NULL: of any. */
static bool is_kind(const struct wg_text_trace *t, size_t line, const char *kind)
{
	size_t i;

	for (i = 0; kind && i < t->count; i++) {
		if (strcmp(t->lines[i].event, "submit") == 0 &&
			t->lines[i].pid == t->lines[line].pid &&
			t->lines[i].op == t->lines[line].op)
			return strcmp(t->lines[i].label, kind) == 0;
	}
	return !kind;
}

/* The earliest done of the loop, before `before`, not delivered by `since`. */
static int64_t earliest_ready(const struct wg_text_trace *t, const struct wg_text_line *of,
	int64_t since, int64_t before, const char *kind)
{
	int64_t best = NEVER;
	size_t i;

	for (i = 0; i < t->count && t->lines[i].at < before; i++) {
		const struct wg_text_line *l = &t->lines[i];

		if (strcmp(l->event, "done") == 0 && l->pid == of->pid && l->loop == of->loop &&
			l->at < best && delivered_at(t, i) > since && is_kind(t, i, kind))
			best = l->at;
	}
	return best;
}

/* Index of the loop's next line with this event after i, or count. */
static size_t next_of(const struct wg_text_trace *t, size_t i, const char *event)
{
	const struct wg_text_line *of = &t->lines[i];

	for (i++; i < t->count; i++) {
		if (strcmp(t->lines[i].event, event) == 0 && t->lines[i].pid == of->pid &&
			t->lines[i].loop == of->loop)
			break;
	}
	return i;
}

static void count_wait(const struct wg_text_trace *t, size_t i, struct plain *p)
{
	const struct wg_text_line *wait = &t->lines[i];
	size_t w = next_of(t, i, "wake");
	int64_t ready, gap, woke;

	p->waits++;
	if (w == t->count)
		return;
	woke = t->lines[w].at;
	p->asleep_ns += woke - wait->at;
	ready = earliest_ready(t, wait, wait->at, woke, NULL);
	if (ready == NEVER)
		return;
	gap = woke - (ready > wait->at ? ready : wait->at);
	p->gaps++;
	p->wasted_ns += gap;
	p->longest_ns = gap > p->longest_ns ? gap : p->longest_ns;
}

static void count_wake(const struct wg_text_trace *t, size_t i, struct plain *p)
{
	enum wg_reason reason = wg_reason_of(t->lines[i].label);
	size_t next = next_of(t, i, "wait"), k;
	bool found = false;

	p->reasons[reason]++;
	if (reason == WG_REASON_TIMEOUT)
		p->late += earliest_ready(t, &t->lines[i], t->lines[i].at, t->lines[i].at, NULL) !=
			   NEVER;
	if (reason == WG_REASON_SPURIOUS || reason == WG_REASON_INTERRUPTED)
		return;
	for (k = i; k < next; k++) {
		const struct wg_text_line *l = &t->lines[k];

		if (l->pid == t->lines[i].pid && l->loop == t->lines[i].loop)
			found = found || strcmp(l->event, "deliver") == 0 ||
				(strcmp(l->event, "poll") == 0 && l->number > 0);
	}
	if (next == t->count) /* the end of the trace settles it only if the loop looked */
		found = found || next_of(t, i, "poll") == t->count;
	p->empty += !found;
}

static struct plain count_all(const struct wg_text_trace *t)
{
	struct plain p = { 0 };
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->lines[i].event, "wait") == 0)
			count_wait(t, i, &p);
		else if (strcmp(t->lines[i].event, "wake") == 0)
			count_wake(t, i, &p);
		else if (strcmp(t->lines[i].event, "poll") == 0) {
			p.polls++;
			p.empty_polls += t->lines[i].number == 0;
		}
	}
	return p;
}

static struct plain count_ours(const struct wg_measure *m)
{
	const struct wg_loop_stats *s;
	struct plain p = { 0 };
	size_t i, r;

	for (i = 0; (s = wg_measure_loop(m, i)); i++) {
		p.waits += s->waits;
		for (r = 0; r < WG_REASON_COUNT; r++)
			p.reasons[r] += s->wakes[r];
		p.late += s->late_wakes;
		p.polls += s->polls;
		p.empty_polls += s->empty_polls;
		p.empty += s->empty_wakes;
		p.gaps += s->gap.count;
		p.asleep_ns += s->asleep_ns;
		p.wasted_ns += s->wasted_ns;
		p.longest_ns = s->gap.max > p.longest_ns ? s->gap.max : p.longest_ns;
	}
	return p;
}

static void compare_figures(const struct wg_text_trace *t, const struct wg_measure *m)
{
	struct plain a = count_all(t), b = count_ours(m);
	size_t r;

	CU_ASSERT_EQUAL(a.waits, b.waits);
	CU_ASSERT_EQUAL(a.asleep_ns, b.asleep_ns);
	for (r = 0; r < WG_REASON_COUNT; r++)
		CU_ASSERT_EQUAL(a.reasons[r], b.reasons[r]);
	CU_ASSERT_EQUAL(a.late, b.late);
	CU_ASSERT_EQUAL(a.polls, b.polls);
	CU_ASSERT_EQUAL(a.empty_polls, b.empty_polls);
	CU_ASSERT_EQUAL(a.empty, b.empty);
	CU_ASSERT_EQUAL(a.gaps, b.gaps);
	CU_ASSERT_EQUAL(a.wasted_ns, b.wasted_ns);
	CU_ASSERT_EQUAL(a.longest_ns, b.longest_ns);
}

/* --- operations: stages, kinds, the far percentile --- */

struct samples {
	int64_t *v;
	size_t count;
};

/* Index of the first line of this event and this operation, or count. */
static size_t line_of(
	const struct wg_text_trace *t, const struct wg_text_line *op, const char *event)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (t->lines[i].op == op->op && t->lines[i].pid == op->pid &&
			strcmp(t->lines[i].event, event) == 0)
			break;
	}
	return i;
}

static void take(const struct wg_text_trace *t, struct samples *to, size_t from, size_t until)
{
	if (from < t->count && until < t->count)
		to->v[to->count++] = t->lines[until].at - t->lines[from].at;
}

static void stages_of(const struct wg_text_trace *t, size_t submit, struct samples *to)
{
	const struct wg_text_line *op = &t->lines[submit];
	size_t start = line_of(t, op, "start"), done = line_of(t, op, "done");
	size_t deliver = line_of(t, op, "deliver"), wake;

	take(t, &to[WG_STAGE_QUEUED], submit, start);
	take(t, &to[WG_STAGE_SERVICE], start, done);
	take(t, &to[WG_STAGE_WHOLE], submit, deliver);
	if (deliver >= t->count || deliver < done)
		return;
	wake = next_of(t, done, "wake");
	if (wake > deliver)
		wake = done;
	take(t, &to[WG_STAGE_ASLEEP], done, wake);
	take(t, &to[WG_STAGE_DELIVERY], wake, deliver);
}

static void gaps_of(const struct wg_text_trace *t, const char *kind, struct samples *to)
{
	size_t i, w;

	for (i = 0; i < t->count; i++) {
		const struct wg_text_line *wait = &t->lines[i];
		int64_t ready;

		if (strcmp(wait->event, "wait") != 0 || (w = next_of(t, i, "wake")) == t->count)
			continue;
		ready = earliest_ready(t, wait, wait->at, t->lines[w].at, kind);
		if (ready != NEVER)
			to->v[to->count++] = t->lines[w].at - (ready > wait->at ? ready : wait->at);
	}
}

/* By its definition: the smallest sample that at least 999 of 1000 do not exceed. */
static int64_t p999_of(const struct samples *s)
{
	int64_t best = INT64_MAX;
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		size_t below = 0;

		for (k = 0; k < s->count; k++)
			below += s->v[k] <= s->v[i];
		if (below * 1000 >= s->count * 999 && s->v[i] < best)
			best = s->v[i];
	}
	return s->count ? best : 0;
}

static void same(const struct samples *a, const struct wg_dist *b)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < a->count; i++)
		sum += a->v[i];
	CU_ASSERT_EQUAL(a->count, b->count);
	CU_ASSERT_EQUAL(sum, b->sum);
	CU_ASSERT_EQUAL(p999_of(a), b->p999);
}

/* All operations, or those of one kind. */
static void compare_operations(
	const struct wg_text_trace *t, const struct wg_loop_stats *sum, const char *kind)
{
	struct samples all[WG_STAGE_COUNT + 1] = { 0 };
	uint64_t submitted = 0;
	size_t i;

	for (i = 0; i <= WG_STAGE_COUNT; i++) {
		all[i].v = calloc(t->count + 1, sizeof(*all[i].v));
		CU_ASSERT_PTR_NOT_NULL_FATAL(all[i].v);
	}
	for (i = 0; i < t->count; i++) {
		if (strcmp(t->lines[i].event, "submit") != 0 || !is_kind(t, i, kind))
			continue;
		submitted++;
		stages_of(t, i, all);
	}
	gaps_of(t, kind, &all[WG_STAGE_COUNT]);
	CU_ASSERT_EQUAL(submitted, sum->submitted);
	for (i = 0; i < WG_STAGE_COUNT; i++)
		same(&all[i], wg_stage_dist(sum, (enum wg_stage)i));
	same(&all[WG_STAGE_COUNT], &sum->gap);
	for (i = 0; i <= WG_STAGE_COUNT; i++)
		free(all[i].v);
}

static void compare_loops(const struct wg_text_trace *t, const struct wg_measure *m)
{
	struct wg_loop_stats sum = { 0 };
	const struct wg_loop_stats *s;
	size_t i;

	for (i = 0; (s = wg_measure_loop(m, i)); i++)
		CU_ASSERT_EQUAL_FATAL(wg_stats_sum_add(&sum, s), 0);
	wg_stats_sum_finish(&sum);
	compare_operations(t, &sum, NULL);
	wg_stats_sum_fini(&sum);
}

static void compare(const char *path)
{
	struct wg_summary *summary = NULL;
	struct wg_error err = { 0 };
	struct wg_text_trace text;
	size_t i;

	if (!wg_text_trace_read(path, &text)) {
		wg_skip("the program babeltrace2");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, NULL, true, &summary, &err), 0);
	CU_ASSERT_EQUAL(text.count, wg_measure_events(summary->measure));
	CU_ASSERT_EQUAL(text.discarded, wg_measure_discarded(summary->measure));
	/* With events missing the measure corrects what it can; the oracle does not. */
	if (text.discarded == 0) {
		compare_figures(&text, summary->measure);
		compare_loops(&text, summary->measure);
	}
	for (i = 0; i < WG_KIND_COUNT && text.discarded == 0; i++) {
		const struct wg_loop_stats *of = wg_measure_kind(summary->measure, (enum wg_kind)i);

		if (of)
			compare_operations(&text, of, wg_kind_name((enum wg_kind)i));
	}
	wg_summary_free(summary);
	free(text.lines);
}

static void samples_agree(void)
{
	static const char *const names[] = { "tick", "eventfd", "packets", "lossy" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		compare(wg_sample(names[i]));
}

/* Record a workload now, on this machine; false and a skipped test if that cannot be. */
static bool record(const char *const workload[], char *ret_dir, size_t len)
{
	const char *argv[20] = { wg_build_path("wakegap"), "record", "-o", ret_dir, "--only", "--",
		wg_build_path("wakegap-workload") };
	char *err = NULL;
	size_t i;
	int rc;

	for (i = 0; i < 12 && workload[i]; i++)
		argv[i + 7] = workload[i];
	(void)snprintf(ret_dir, len, "%s/trace", wg_tmpdir());
	rc = wg_run(NULL, &err, argv);
	if (rc != 0)
		wg_skip(err ? err : "a recording");
	free(err);
	return rc == 0;
}

/* New recordings: files, timers, sockets; loops that poll and loops that block. */
static void fresh_recordings_agree(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 100000);
	const char *const workloads[][12] = {
		{ "read", "--file", file, "--wait", "tick", "--chunk", "4096", "--passes", "1" },
		{ "read", "--file", file, "--wait", "eventfd", "--chunk", "4096", "--passes", "1" },
		{ "mixed", "--wait", "eventfd" },
		{ "mixed", "--wait", "tick" },
		{ "echo", "--wait", "futex" },
		{ "sleep", "--wait", "condvar" },
	};
	char dir[256];
	size_t i;

	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
		if (record(workloads[i], dir, sizeof(dir)))
			compare(dir);
	}
}

/* WG_ORACLE=DIR: any other, of some thousand events, for this way to count takes its time. */
static void one_more_trace_agrees(void)
{
	const char *path = getenv("WG_ORACLE");

	if (path)
		compare(path);
}

void suite_oracle(void)
{
	WG_TEST(samples_agree);
	WG_TEST(fresh_recordings_agree);
	WG_TEST(one_more_trace_agrees);
}
