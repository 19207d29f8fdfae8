/*
 * test_bins.c: a lane cut into columns, and what a filter says of them.
 */
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "traces/measure/hist.h"
#include "traces/model/bins.h"
#include "traces/model/levels.h"

/* What wg_bins_filter() does, the plain way: every span, for every column that it touches. */
static uint8_t asked_one_by_one(const struct wg_trace *t, const struct wg_lane *lane,
	const struct wg_scale *scale, int col, const struct wg_filter *filter)
{
	int64_t left = wg_scale_time(scale, col), right = left + scale->step_ns;
	uint8_t passed = 0;
	size_t i;

	for (i = 0; i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);
		size_t near = SIZE_MAX;

		if (span->begin_ns < right && span->end_ns > left &&
			wg_filter_span(filter, t, lane, span, &near))
			passed |= (uint8_t)(1u << span->state);
	}
	return passed;
}

static int bit_drawn(const struct wg_bin *bin, enum wg_lane_kind kind)
{
	switch (wg_bin_look(bin, kind)) {
	case WG_LOOK_WASTED: return 1 << WG_SPAN_WASTED;
	case WG_LOOK_WORKING: return 1 << WG_SPAN_WORKING;
	case WG_LOOK_AWAKE: return 1 << WG_SPAN_AWAKE;
	case WG_LOOK_ASLEEP: return 1 << WG_SPAN_ASLEEP;
	default: return 0;
	}
}

static bool columns_agree(
	const struct wg_trace *t, const struct wg_scale *scale, const struct wg_filter *filter)
{
	struct wg_bin bins[240];
	size_t i;
	int col;

	for (i = 0; i < t->lane_count; i++) {
		const struct wg_lane *lane = &t->lanes[i];

		wg_bins_clear(bins, scale);
		wg_bins_fill(bins, scale, lane, 0);
		wg_bins_filter(bins, scale, lane, 0, t, filter);
		for (col = 0; col < scale->cols; col++) {
			uint8_t all = asked_one_by_one(t, lane, scale, col, filter);

			if ((bins[col].passed ^ all) & bit_drawn(&bins[col], lane->kind))
				return false;
		}
	}
	return true;
}

/* Two processes, so that the numbers of operations are no guide to where they are. */
static void a_filter_says_of_each_column_what_asking_every_span_would(void)
{
	static const char *const texts[] = { "op=3", "op>4,op<7", "gap>10us", "wasted,op=5",
		"reason=notified", "event=done", "pid=5000", "kind=write" };
	struct wg_trace *traces[2] = { fake_processes(), fake_reads("tick", 40, 3, 10000000) };
	struct wg_filter filter;
	size_t i, k;
	char why[120];
	int cols;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			CU_ASSERT_FATAL(wg_filter_parse(texts[k], &filter, why, sizeof(why)) == 0);
			for (cols = 1; cols <= 240; cols += 17) {
				const struct wg_trace *t = traces[i];
				struct wg_scale scale = { .from_ns = t->begin_ns - 500,
					.step_ns = (t->end_ns - t->begin_ns) / cols * 3 / 4 + 1,
					.cols = cols };

				CU_ASSERT(columns_agree(t, &scale, &filter));
			}
		}
		fake_trace_free(traces[i]);
	}
}

/* ---- bins of a distribution ---- */

static void cells_are_within_a_thousandth(void)
{
	struct wg__hist hist = { 0 };
	int64_t ns, last = 0;

	CU_ASSERT_EQUAL(wg__hist_rank(&hist, 500), 0);
	for (ns = 0; ns < INT64_MAX / 8; ns = ns * 3 / 2 + 1) {
		struct wg__hist one = { 0 };
		int64_t got;

		CU_ASSERT_EQUAL(wg__hist_add(&one, 0), 0);
		CU_ASSERT_EQUAL(wg__hist_add(&one, ns), 0);
		got = wg__hist_rank(&one, 2);
		CU_ASSERT(got <= ns && ns - got <= ns / 1000);
		CU_ASSERT(ns >= 2048 || got == ns);
		CU_ASSERT_EQUAL(wg__hist_merge(&hist, &one), 0);
		wg__hist_fini(&one);
		last = ns;
	}
	CU_ASSERT_EQUAL(hist.max, last);
	CU_ASSERT_EQUAL(wg__hist_rank(&hist, 1), 0);
	wg__hist_fini(&hist);
	CU_ASSERT_EQUAL(wg__hist_add(&hist, INT64_MAX), 0); /* the last row there is */
	CU_ASSERT_EQUAL(hist.max, INT64_MAX);
	CU_ASSERT_EQUAL(wg__hist_add(&hist, -1), 0); /* no cell is below the first */
	CU_ASSERT_EQUAL(wg__hist_add(&hist, INT64_MIN), 0);
	CU_ASSERT_EQUAL(hist.min, 0);
	CU_ASSERT_EQUAL(wg__hist_below(&hist, 1), 2);
	wg__hist_fini(&hist);
}

/* ---- sums (levels.h) ---- */

/* The bins of a lane, the plain way. */
static void fill_one_by_one(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *t, const struct wg_lane *lane)
{
	size_t i;
	int col;

	for (col = 0; col < scale->cols; col++) {
		int64_t left = wg_scale_time(scale, col), right = left + scale->step_ns;

		bins[col] = (struct wg_bin){ .spans = 0 };
		for (i = 0; i < lane->span_count; i++) {
			const struct wg_span *s = WG_SPAN(lane, i);

			if (s->begin_ns >= right || s->end_ns <= left)
				continue;
			bins[col].ns[s->state] += (s->end_ns < right ? s->end_ns : right) -
						  (s->begin_ns > left ? s->begin_ns : left);
			bins[col].spans++;
		}
		for (i = 0; i < t->wait_count; i++) {
			const struct wg_wait_rec *w = WG_WAIT(t, i);

			bins[col].empty_wakes +=
				w->empty && &t->lanes[wg_wait_lane(t, w)] == lane &&
				w->interval.wake_ns >= left && w->interval.wake_ns < right;
		}
	}
}

/* Ten loops' worth of spans a column; some wakes are empty. */
static struct wg_trace *crowd(void)
{
	struct fake *fake = fake_create();
	int64_t t = 1000;
	uint64_t op;

	fake_loop(fake, 0, 1, "eventfd", 0);
	for (op = 1; op <= 700; op++, t += 1000 + (int64_t)(op * 7919 % 97) * 13) {
		fake_submit(fake, t, 1, op);
		fake_wait(fake, t + 10, 1, -1, 0);
		if (op % 5 == 0) {
			fake_wake(fake, t + 15, 1, WG_REASON_NOTIFIED, 0);
			fake_poll(fake, t + 16, 1, 0);
			fake_wait(fake, t + 18, 1, -1, 0);
		}
		fake_start(fake, t + 20, 1, op, (uint32_t)(op % 3));
		fake_done(fake, t + 50 + (int64_t)(op % 7), 1, op);
		fake_wake(fake, t + 60 + (int64_t)(op * 31 % 200), 1, WG_REASON_NOTIFIED, 1);
		fake_deliver(fake, t + 400, 1, op);
	}
	return fake_finish(fake, "crowd");
}

static void sums_are_what_a_walk_finds(void)
{
	struct wg_trace *t = crowd();
	struct wg_bin bins[40], plain[40];
	size_t lane, wrong = 0, empty = 0;
	int64_t step = (t->end_ns - t->begin_ns) / 10, from;
	int col;

	/* From all in a few columns to a few spans in many. */
	for (; step > 300; step = step * 3 / 7) {
		for (from = t->begin_ns - step; from < t->end_ns; from += 12 * step + 7) {
			struct wg_scale scale = { .from_ns = from, .step_ns = step, .cols = 13 };

			for (lane = 0; lane < t->lane_count; lane++) {
				wg_bins_clear(bins, &scale);
				wg_bins_fill(bins, &scale, &t->lanes[lane], 0);
				wg_bins_add_empty_wakes(bins, &scale, t, &t->lanes[lane], 0);
				fill_one_by_one(plain, &scale, t, &t->lanes[lane]);
				for (col = 0; col < scale.cols; col++) {
					wrong += memcmp(&bins[col], &plain[col],
							 sizeof(bins[col])) != 0;
					empty += bins[col].empty_wakes;
				}
			}
			if (step < 20000)
				break; /* the plain way takes long */
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(empty > 140);
	wg_trace_free(t);
}

static void a_state_is_found_by_sums(void)
{
	struct wg_trace *t = crowd();
	const struct wg_lane *lane = &t->lanes[0];
	size_t state, from, to, i, wrong = 0;
	int64_t all[WG_SPAN_STATE_COUNT] = { 0 };

	for (i = 0; i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);

		all[span->state] += span->end_ns - span->begin_ns;
	}
	for (state = 0; state < WG_SPAN_STATE_COUNT; state++) {
		wrong += wg_lane_ns(lane, (enum wg_span_state)state) != all[state];
		for (from = 0; from < lane->span_count; from += 23) {
			for (to = from; to <= lane->span_count; to += to < from + 70 ? 1 : 401) {
				i = from;
				while (i < to && WG_SPAN(lane, i)->state != state)
					i++;
				wrong += wg_lane_first_in(
						 lane, (enum wg_span_state)state, from, to) != i;
			}
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	wg_trace_free(t);
}

static int64_t gap_of(const struct wg_wait_rec *rec)
{
	return rec->interval.gap_begin_ns < 0 ? 0
					      : rec->interval.wake_ns - rec->interval.gap_begin_ns;
}

static void gaps_are_listed_by_time_and_length(void)
{
	struct wg_trace *t = crowd();
	size_t count, n, i, with = 0, wrong = 0;

	CU_ASSERT_FATAL(wg_trace_gaps(t, &count));
	for (i = 0; i < t->wait_count; i++) {
		if (gap_of(WG_WAIT(t, i)) > 0)
			wrong += wg_trace_gap(t, with++) != i;
	}
	CU_ASSERT_EQUAL_FATAL(with, count);
	for (n = 0; n < count; n++) {
		int64_t begin = WG_WAIT(t, wg_trace_gap(t, n))->interval.gap_begin_ns;

		wrong += wg_trace_gaps_before(t, begin) != n ||
			 wg_trace_gaps_before(t, begin + 1) != n + 1;
	}
	for (n = 1; n < count; n++)
		wrong += gap_of(WG_WAIT(t, wg_trace_longest_gap(t, n - 1))) <
			 gap_of(WG_WAIT(t, wg_trace_longest_gap(t, n)));
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(wg_trace_longest_gap(t, count), SIZE_MAX);
	wg_trace_free(t);
}

void suite_bins(void)
{
	WG_TEST(a_filter_says_of_each_column_what_asking_every_span_would);
	WG_TEST(cells_are_within_a_thousandth);
	WG_TEST(sums_are_what_a_walk_finds);
	WG_TEST(a_state_is_found_by_sums);
	WG_TEST(gaps_are_listed_by_time_and_length);
}
