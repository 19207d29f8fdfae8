/*
 * test_bins.c: a lane cut into columns, and what a filter says of them.
 */
#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "traces/measure/hist.h"
#include "traces/model/bins.h"

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

void suite_bins(void)
{
	WG_TEST(a_filter_says_of_each_column_what_asking_every_span_would);
	WG_TEST(cells_are_within_a_thousandth);
}
