/*
 * bins.c: see bins.h. One pass over the spans on screen, handing each column its share.
 */
#include "traces/model/bins.h"

#include <string.h>

#include "traces/base/names.h"
#include "traces/model/levels.h"

static void add_span(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_span *span,
	int64_t origin_ns)
{
	int64_t begin = span->begin_ns - origin_ns, end = span->end_ns - origin_ns;
	int col = wg_scale_col(scale, begin), last = wg_scale_col(scale, end - 1);

	if (col < 0)
		col = 0;
	if (last >= scale->cols)
		last = scale->cols - 1;
	for (; col <= last; col++) {
		int64_t left = wg_scale_time(scale, col), right = left + scale->step_ns;

		bins[col].ns[span->state] +=
			(end < right ? end : right) - (begin > left ? begin : left);
		bins[col].spans++;
	}
}

void wg_bins_clear(struct wg_bin *bins, const struct wg_scale *scale)
{
	memset(bins, 0, (size_t)scale->cols * sizeof(*bins));
}

/* A walk along a lane from column to column: the first span that ends after the last border, and
 * the time in each state before it. */
struct walk {
	size_t at;
	int64_t ns[WG_SPAN_STATE_COUNT];
};

/* What lies in a column, from the sums of the lane. */
static void add_sums(struct wg_bin *bin, const struct wg_lane *lane, struct walk *walk,
	int64_t left, int64_t right)
{
	struct walk next = { .at = wg_lane_first(lane, right) };
	struct wg_span span;
	size_t state;

	wg__levels_ns(lane, next.at, next.ns);
	bin->spans += (uint32_t)(next.at - walk->at);
	for (state = 0; state < WG_SPAN_STATE_COUNT; state++)
		bin->ns[state] += next.ns[state] - walk->ns[state];
	/* The first may begin before the column, and one more may end after it. */
	if (walk->at < next.at && wg_lane_span(lane, walk->at, &span)->begin_ns < left)
		bin->ns[span.state] -= left - span.begin_ns;
	if (next.at < lane->span_count && wg_lane_span(lane, next.at, &span)->begin_ns < right) {
		bin->ns[span.state] += right - (span.begin_ns > left ? span.begin_ns : left);
		bin->spans++;
	}
	*walk = next;
}

/* So many spans a column take longer than to ask for sums. */
#define MANY 32

static bool fill_from_sums(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_lane *lane, int64_t origin_ns)
{
	int64_t left = scale->from_ns + origin_ns, end = wg_scale_end(scale) + origin_ns;
	struct walk walk;
	int col;

	if (!lane->levels)
		return false;
	walk.at = wg_lane_first(lane, left);
	if (wg_lane_first(lane, end) - walk.at < MANY * (size_t)scale->cols)
		return false;
	wg__levels_ns(lane, walk.at, walk.ns);
	for (col = 0; col < scale->cols; col++) {
		left = wg_scale_time(scale, col) + origin_ns;
		add_sums(&bins[col], lane, &walk, left, left + scale->step_ns);
	}
	return true;
}

/*
 * Zoomed out, thousands of spans fall into one column. Spans that lie wholly in the column of the
 * one before are added without a division, so a million events take milliseconds.
 */
void wg_bins_fill(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns)
{
	int64_t end = wg_scale_end(scale) + origin_ns, left = 0, right = 0;
	struct wg_bin *bin = NULL;
	size_t i;

	if (fill_from_sums(bins, scale, lane, origin_ns))
		return;
	for (i = wg_lane_first(lane, scale->from_ns + origin_ns); i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);
		int col;

		if (span->begin_ns >= end)
			break;
		if (bin && span->begin_ns >= left && span->end_ns <= right) {
			bin->ns[span->state] += span->end_ns - span->begin_ns;
			bin->spans++;
			continue;
		}
		add_span(bins, scale, span, origin_ns);
		col = wg_scale_col(scale, span->end_ns - origin_ns);
		bin = col >= 0 && col < scale->cols ? &bins[col] : NULL;
		left = wg_scale_time(scale, col) + origin_ns;
		right = left + scale->step_ns;
	}
}

/* What passes marks every column that it touches. */
static void mark_span(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_span *span,
	int64_t origin_ns)
{
	int col = wg_scale_col(scale, span->begin_ns - origin_ns);
	int last = wg_scale_col(scale, span->end_ns - 1 - origin_ns);

	for (col = col < 0 ? 0 : col; col <= last && col < scale->cols; col++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): bins is there */
		bins[col].passed |= (uint16_t)(1u << span->state);
}

/* Only the worst state of a column is drawn, so the others do not matter. */
static bool is_asked(const struct wg_bin *bin, enum wg_lane_kind kind, enum wg_span_state state)
{
	static const enum wg_look looks[WG_SPAN_STATE_COUNT] = { [WG_SPAN_ASLEEP] = WG_LOOK_ASLEEP,
		[WG_SPAN_WASTED] = WG_LOOK_WASTED,
		[WG_SPAN_AWAKE] = WG_LOOK_AWAKE,
		[WG_SPAN_WORKING] = WG_LOOK_WORKING,
		[WG_SPAN_LOST] = WG_LOOK_LOST,
		[WG_SPAN_IN_FDS] = WG_LOOK_IN_FDS,
		[WG_SPAN_IN_COND] = WG_LOOK_IN_COND,
		[WG_SPAN_IN_LOCK] = WG_LOOK_IN_LOCK,
		[WG_SPAN_IN_SLEEP] = WG_LOOK_IN_SLEEP,
		[WG_SPAN_IN_OTHER] = WG_LOOK_IN_OTHER };

	return !(bin->passed >> state & 1) && wg_bin_look(bin, kind) == looks[state];
}

/* As wg_bins_fill(): what lies wholly in the column of the one before needs no division, and no
 * test if the result for its column is known or does not matter. */
void wg_bins_filter(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_lane *lane,
	int64_t origin_ns, const struct wg_trace *trace, const struct wg_filter *filter)
{
	int64_t end = wg_scale_end(scale) + origin_ns, left = 0, right = 0;
	size_t near = SIZE_MAX;
	const struct wg_bin *bin = NULL;
	size_t i;

	/* Events are no spans, and a worker has no waits. */
	if (filter->finds == WG_FIND_EVENTS ||
		(filter->finds == WG_FIND_WAITS && lane->kind == WG_LANE_WORKER))
		return;
	for (i = wg_lane_first(lane, scale->from_ns + origin_ns); i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);
		int col;

		if (span->begin_ns >= end)
			break;
		if (!bin || span->begin_ns < left || span->begin_ns >= right) {
			col = wg_scale_col(scale, span->begin_ns - origin_ns);
			bin = col >= 0 && col < scale->cols ? &bins[col] : NULL;
			left = wg_scale_time(scale, col) + origin_ns;
			right = left + scale->step_ns;
		}
		if (bin && span->end_ns <= right && !is_asked(bin, lane->kind, span->state))
			continue;
		if (wg_filter_span(filter, trace, lane, span, &near))
			mark_span(bins, scale, span, origin_ns);
	}
}

/* 1 + index of a wait of the lane from which on none is missed that ends at t or later; 0: none. */
static size_t first_wait(const struct wg_trace *trace, const struct wg_lane *lane, int64_t t)
{
	size_t i = wg_lane_first(lane, t);

	/* A wait has a span unless it took no time: begin with the last one before t that has. */
	for (; i > 0; i--) {
		const struct wg_span *span = WG_SPAN(lane, i - 1);

		if (span->wait)
			return span->wait;
	}
	return wg_lane_first_wait(trace, lane);
}

/* The same from the list of their times. */
static void count_empty_wakes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_lane *lane, int64_t origin_ns)
{
	size_t before = wg_lane_empty_before(lane, scale->from_ns + origin_ns), now;
	int col;

	if (wg_lane_empty_before(lane, wg_scale_end(scale) + origin_ns) == before)
		return;
	for (col = 0; col < scale->cols; col++, before = now) {
		now = wg_lane_empty_before(
			lane, wg_scale_time(scale, col) + scale->step_ns + origin_ns);
		bins[col].empty_wakes += (uint32_t)(now - before);
	}
}

void wg_bins_add_empty_wakes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, const struct wg_lane *lane, int64_t origin_ns)
{
	int64_t end = wg_scale_end(scale) + origin_ns;
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec;
	size_t i;

	if (lane->kind == WG_LANE_WORKER)
		return;
	if (lane->levels) {
		count_empty_wakes(bins, scale, lane, origin_ns);
		return;
	}
	for (i = first_wait(trace, lane, scale->from_ns + origin_ns); i; i = rec->next) {
		int col;

		rec = wg_trace_wait(trace, i - 1, &room);

		if (rec->interval.wait_ns >= end)
			break;
		if (!rec->empty || rec->interval.open)
			continue;
		col = wg_scale_col(scale, rec->interval.wake_ns - origin_ns);
		if (col >= 0 && col < scale->cols)
			bins[col].empty_wakes++;
	}
}

void wg_bins_add(struct wg_bin *bins, const struct wg_scale *scale, const struct wg_bin *more)
{
	int col, state;

	for (col = 0; col < scale->cols; col++) {
		for (state = 0; state < WG_SPAN_STATE_COUNT; state++)
			bins[col].ns[state] += more[col].ns[state];
		bins[col].spans += more[col].spans;
		bins[col].empty_wakes += more[col].empty_wakes;
	}
}

void wg_bins_add_holes(struct wg_bin *bins, const struct wg_scale *scale,
	const struct wg_trace *trace, int64_t origin_ns)
{
	size_t i;

	for (i = 0; i < trace->hole_count; i++) {
		struct wg_span span = { .begin_ns = trace->holes[i].begin_ns,
			.end_ns = trace->holes[i].end_ns,
			.state = WG_SPAN_LOST };

		if (span.end_ns <= span.begin_ns)
			span.end_ns = span.begin_ns + 1; /* a moment still takes a cell */
		add_span(bins, scale, &span, origin_ns);
	}
}

/* What a thread did for most of the column: many only wake for a moment now and then. */
static enum wg_look thread_look(const int64_t *ns)
{
	enum wg_look best = ns[WG_SPAN_AWAKE] > 0 ? WG_LOOK_AWAKE : WG_LOOK_BLANK;
	int64_t most = ns[WG_SPAN_AWAKE];
	int state;

	for (state = WG_SPAN_IN_FDS; state <= WG_SPAN_IN_OTHER; state++) {
		if (ns[state] <= most)
			continue;
		most = ns[state];
		best = WG_LOOK_IN_FDS + (enum wg_look)(state - WG_SPAN_IN_FDS);
	}
	return best;
}

enum wg_look wg_bin_look(const struct wg_bin *bin, enum wg_lane_kind kind)
{
	const int64_t *ns = bin->ns;

	if (ns[WG_SPAN_WASTED] > 0)
		return WG_LOOK_WASTED;
	if (ns[WG_SPAN_WORKING] > 0)
		return WG_LOOK_WORKING;
	if (ns[WG_SPAN_LOST] > 0)
		return WG_LOOK_LOST;
	if (bin->empty_wakes > 0)
		return WG_LOOK_EMPTY;
	if (kind == WG_LANE_THREAD)
		return thread_look(ns);
	if (ns[WG_SPAN_AWAKE] > 0)
		return WG_LOOK_AWAKE;
	if (ns[WG_SPAN_ASLEEP] > 0)
		return WG_LOOK_ASLEEP;
	return kind == WG_LANE_WORKER ? WG_LOOK_IDLE : WG_LOOK_BLANK;
}

int wg_bin_wasted_step(const struct wg_bin *bin, int64_t step_ns)
{
	/* Rounded up: the smallest waste still takes the lowest step. Double is enough for eight
	 * steps, and a column may be years wide. */
	int step = (int)((double)bin->ns[WG_SPAN_WASTED] / (double)step_ns * WG_WASTED_STEPS);

	return step >= WG_WASTED_STEPS ? WG_WASTED_STEPS - 1 : step;
}
