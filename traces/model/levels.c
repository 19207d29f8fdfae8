/*
 * levels.c: see levels.h.
 */
#include "traces/model/levels.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/model/columns.h"
#include "traces/model/levels_impl.h"
#include "traces/model/model_impl.h"

const struct wg__packed_type wg__levels_empty = { sizeof(int64_t), 1, 1, { { 0, 8 } } };
const struct wg__packed_type wg__levels_gap = { sizeof(struct gap), 1, 2,
	{ WG__PACKED_FIELD(struct gap, begin_ns), WG__PACKED_FIELD(struct gap, wait) } };

/* ---- sums ---- */

int wg__levels_top(struct wg__lane_levels *l)
{
	size_t i;

	l->top_count = (l->count + TOP - 1) / TOP;
	l->top = malloc(l->top_count * sizeof(*l->top));
	for (i = 0; l->top && i < l->top_count; i++)
		l->top[i] = l->begin[i * TOP];
	return l->top ? 0 : -ENOMEM;
}

static int sum_spans(struct wg__lane_levels *l)
{
	int64_t ns[WG_SPAN_STATE_COUNT] = { 0 };
	struct wg_span span;
	size_t i, k;

	l->count = l->spans->count / STEP + 2;
	l->begin = malloc(l->count * sizeof(*l->begin));
	if (!l->begin)
		return -ENOMEM;
	for (i = 0; i < l->spans->count; i++) {
		wg__spans_get(l->spans, i, &span);
		if (i % STEP == 0) {
			l->begin[i / STEP] = span.begin_ns;
			for (k = 0; k < WG_SPAN_STATE_COUNT; k++) {
				if (l->ns[k])
					l->ns[k][i / STEP] = ns[k];
			}
		}
		if (!l->ns[span.state]) {
			l->ns[span.state] = calloc(l->count, sizeof(**l->ns));
			if (!l->ns[span.state])
				return -ENOMEM;
		}
		ns[span.state] += span.end_ns - span.begin_ns;
	}
	for (i = (l->spans->count + STEP - 1) / STEP; i < l->count; i++) {
		l->begin[i] = INT64_MAX;
		for (k = 0; k < WG_SPAN_STATE_COUNT; k++) {
			if (l->ns[k])
				l->ns[k][i] = ns[k];
		}
	}
	return wg__levels_top(l);
}

/* The first of [low, high) that is after t, or high. */
static size_t first_after(const int64_t *begin, size_t low, size_t high, int64_t t)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (begin[middle] <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void wg__levels_ns(const struct wg_lane *lane, size_t i, int64_t ns[WG_SPAN_STATE_COUNT])
{
	const struct wg__lane_levels *l = lane->levels;
	size_t at = i == l->spans->count ? l->count - 1 : i / STEP, k;
	struct wg_span span;

	for (k = 0; k < WG_SPAN_STATE_COUNT; k++)
		ns[k] = l->ns[k] ? l->ns[k][at] : 0;
	for (k = at * STEP; k < i; k++) {
		wg__spans_get(l->spans, k, &span);
		ns[span.state] += span.end_ns - span.begin_ns;
	}
}

size_t wg__levels_first(const struct wg_lane *lane, int64_t t)
{
	const struct wg__lane_levels *l = lane->levels;
	size_t last = l->count - 1, top = first_after(l->top, 0, l->top_count, t), low, i;
	size_t from = top > 0 ? (top - 1) * TOP : 0;

	/* The first sum after t, or the last one; the span is one of those before it. */
	low = first_after(
		l->begin, from < last ? from : last, top * TOP < last ? top * TOP : last, t);
	i = low > 0 ? (low - 1) * STEP : 0;
	while (i < l->spans->count && wg__spans_end_ns(l->spans, i) <= t)
		i++;
	return i;
}

size_t wg_lane_first_in(
	const struct wg_lane *lane, enum wg_span_state state, size_t from, size_t to)
{
	const struct wg__lane_levels *l = lane->levels;
	size_t i = from, low, high;

	if (l && !l->ns[state])
		return to;
	for (; i < to && (!l || i % STEP); i++) {
		if (WG_SPAN(lane, i)->state == state)
			return i;
	}
	if (!l || i >= to)
		return to;
	/* The first sum that is more than that at i: the span is before it. */
	low = i / STEP + 1;
	high = l->count - 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->ns[state][middle] <= l->ns[state][i / STEP])
			low = middle + 1;
		else
			high = middle;
	}
	for (i = (low - 1) * STEP; i < to && i < low * STEP; i++) {
		if (WG_SPAN(lane, i)->state == state)
			return i;
	}
	return to;
}

int64_t wg_lane_ns(const struct wg_lane *lane, enum wg_span_state state)
{
	int64_t ns = 0, all[WG_SPAN_STATE_COUNT];
	size_t i;

	if (lane->levels) {
		wg__levels_ns(lane, lane->span_count, all);
		return all[state];
	}
	for (i = 0; i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);

		if (span->state == state)
			ns += span->end_ns - span->begin_ns;
	}
	return ns;
}

/* ---- waits ---- */

/* Is a the one that leaves the list of long gaps first? */
static bool is_less(const struct long_gap *a, const struct long_gap *b)
{
	return a->ns != b->ns ? a->ns < b->ns : a->wait > b->wait;
}

static void sift_down(struct wg__levels *v, size_t i)
{
	for (;;) {
		size_t least = i, child = 2 * i + 1;
		struct long_gap was = v->longest[i];

		if (child < v->longest_count && is_less(&v->longest[child], &v->longest[least]))
			least = child;
		if (child + 1 < v->longest_count &&
			is_less(&v->longest[child + 1], &v->longest[least]))
			least = child + 1;
		if (least == i)
			return;
		v->longest[i] = v->longest[least];
		v->longest[least] = was;
		i = least;
	}
}

static void note_length(struct wg__levels *v, int64_t ns, size_t wait)
{
	const struct long_gap gap = { ns, wait };
	size_t i;

	if (v->longest_count == LONGEST) {
		if (!is_less(&v->longest[0], &gap))
			return;
		v->longest[0] = gap;
		sift_down(v, 0);
		return;
	}
	for (i = v->longest_count++; i > 0 && is_less(&gap, &v->longest[(i - 1) / 2]);
		i = (i - 1) / 2)
		v->longest[i] = v->longest[(i - 1) / 2];
	v->longest[i] = gap;
}

static int from_long_to_short(const void *a, const void *b)
{
	return is_less(a, b) ? 1 : is_less(b, a) ? -1 : 0;
}

static int by_begin(const void *va, const void *vb)
{
	const struct gap *a = va, *b = vb;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return a->wait < b->wait ? -1 : a->wait > b->wait;
}

/* Gaps of one loop come in order; of several they may not. */
static int list_gaps(struct wg__levels *v, struct gap *gaps, size_t count)
{
	bool is_sorted = true;
	struct gap *row;
	size_t i;

	for (i = 1; i < count && is_sorted; i++)
		is_sorted = gaps[i - 1].begin_ns <= gaps[i].begin_ns;
	if (!is_sorted)
		qsort(gaps, count, sizeof(*gaps), by_begin);
	for (i = 0; i < count; i++) {
		row = wg__packed_add(&v->gaps);
		if (!row)
			return -ENOMEM;
		*row = gaps[i];
	}
	wg__packed_close(&v->gaps);
	qsort(v->longest, v->longest_count, sizeof(v->longest[0]), from_long_to_short);
	return 0;
}

static int add_empty(struct wg__packed *empty, int64_t wake_ns)
{
	int64_t *row = wg__packed_add(empty);

	if (!row)
		return -ENOMEM;
	*row = wake_ns;
	return 0;
}

static int look_at_waits(struct wg__levels *v, const struct wg_trace *t)
{
	struct gap *gaps = malloc((t->wait_count + 1) * sizeof(*gaps));
	size_t i, count = 0;
	int rc = gaps ? 0 : -ENOMEM;

	for (i = 0; i < t->wait_count && rc == 0; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(t, i);
		const struct wg_interval *in = &rec->interval;

		if (rec->empty && !in->open)
			rc = add_empty(&v->lanes[wg_wait_lane(t, rec)].empty, in->wake_ns);
		if (in->gap_begin_ns < 0 || in->wake_ns <= in->gap_begin_ns)
			continue;
		gaps[count++] = (struct gap){ in->gap_begin_ns, i };
		note_length(v, in->wake_ns - in->gap_begin_ns, i);
	}
	if (rc == 0)
		rc = list_gaps(v, gaps, count);
	free(gaps);
	return rc;
}

/* ---- all ---- */

void wg__levels_destroy(struct wg__levels *v)
{
	size_t i, k;

	for (i = 0; v && i < v->lane_count; i++) {
		free(v->lanes[i].begin);
		free(v->lanes[i].top);
		for (k = 0; k < WG_SPAN_STATE_COUNT; k++)
			free(v->lanes[i].ns[k]);
		wg__packed_fini(&v->lanes[i].empty);
	}
	if (!v)
		return;
	wg__packed_fini(&v->gaps);
	free(v->lanes);
	free(v);
}

struct wg__levels *wg__levels_make(const struct wg_trace *t)
{
	struct wg__levels *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->gaps.type = &wg__levels_gap;
	v->lanes = calloc(t->lane_count + 1, sizeof(*v->lanes));
	if (v->lanes)
		return v;
	free(v);
	return NULL;
}

int wg__levels_create(const struct wg_trace *t, struct wg__levels **ret)
{
	struct wg__levels *v = wg__levels_make(t);
	size_t i;
	int rc = 0;

	if (!v)
		return -ENOMEM;
	for (i = 0; i < t->lane_count && rc == 0; i++, v->lane_count++) {
		v->lanes[i].spans = t->lanes[i].spans;
		v->lanes[i].empty.type = &wg__levels_empty;
		rc = sum_spans(&v->lanes[i]);
	}
	if (rc == 0)
		rc = look_at_waits(v, t);
	for (i = 0; i < v->lane_count; i++)
		wg__packed_close(&v->lanes[i].empty);
	if (rc < 0) {
		wg__levels_destroy(v);
		return rc;
	}
	for (i = 0; i < t->lane_count; i++)
		t->lanes[i].levels = &v->lanes[i];
	*ret = v;
	return 0;
}

static const struct wg__levels *levels_of(const struct wg_trace *trace)
{
	return ((const struct wg__loaded *)trace)->levels;
}

size_t wg_lane_empty_before(const struct wg_lane *lane, int64_t t)
{
	return lane->levels ? wg__packed_first_from(&lane->levels->empty, 0, t) : SIZE_MAX;
}

bool wg_trace_gaps(const struct wg_trace *trace, size_t *ret_count)
{
	const struct wg__levels *v = levels_of(trace);

	*ret_count = v ? v->gaps.count : 0;
	return v != NULL;
}

size_t wg_trace_gaps_before(const struct wg_trace *trace, int64_t t)
{
	return wg__packed_first_from(&levels_of(trace)->gaps, 0, t);
}

size_t wg_trace_gap(const struct wg_trace *trace, size_t n)
{
	return (size_t)wg__packed_value(&levels_of(trace)->gaps, n, 1);
}

size_t wg_trace_longest_gap(const struct wg_trace *trace, size_t rank)
{
	const struct wg__levels *v = levels_of(trace);

	return v && rank < v->longest_count ? v->longest[rank].wait : SIZE_MAX;
}
