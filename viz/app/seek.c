/*
 * seek.c: see seek.h.
 */
#include "viz/app/seek.h"

#include <stddef.h>

#include "traces/model/levels.h"

/* How far back to look for an operation still in flight: enough for any sane queue, and a bound. */
#define IN_FLIGHT_MAX 4096

int64_t wg_seek_event(const struct wg_trace *trace, int64_t t, bool forward)
{
	size_t i = wg_trace_first_event(trace, forward ? t + 1 : t);

	if (forward)
		return i < trace->event_count ? wg_trace_event_ns(trace, i) : WG_NO_TIME;
	return i > 0 ? wg_trace_event_ns(trace, i - 1) : WG_NO_TIME;
}

static bool has_gap(const struct wg_wait_rec *rec)
{
	return rec->interval.gap_begin_ns >= 0 &&
	       rec->interval.wake_ns > rec->interval.gap_begin_ns;
}

/* The same from the list of gaps. */
static const struct wg_wait_rec *listed(const struct wg_trace *trace, int64_t t, bool forward,
	size_t count, struct wg_wait_rec *room)
{
	size_t n = wg_trace_gaps_before(trace, forward && t < INT64_MAX ? t + 1 : t);

	if (forward)
		return n < count ? wg_trace_wait(trace, wg_trace_gap(trace, n), room) : NULL;
	if (n == 0)
		return NULL;
	/* Of several that begin together, the first. */
	(void)wg_trace_wait(trace, wg_trace_gap(trace, n - 1), room);
	n = wg_trace_gaps_before(trace, room->interval.gap_begin_ns);
	return wg_trace_wait(trace, wg_trace_gap(trace, n), room);
}

/* Gaps of several loops are not in order of where they begin: where nobody listed them, look at
 * all. */
const struct wg_wait_rec *wg_seek_wasted(
	const struct wg_trace *trace, int64_t t, bool forward, struct wg_wait_rec *room)
{
	const struct wg_wait_rec *best = NULL;
	size_t i, count;

	if (wg_trace_gaps(trace, &count))
		return listed(trace, t, forward, count, room);
	for (i = 0; i < trace->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(trace, i);
		int64_t begin = rec->interval.gap_begin_ns;

		if (!has_gap(rec) || (forward ? begin <= t : begin >= t))
			continue;
		if (!best || (forward ? begin < best->interval.gap_begin_ns
				      : begin > best->interval.gap_begin_ns)) {
			*room = *rec;
			best = room;
		}
	}
	return best;
}

static int64_t gap_of(const struct wg_wait_rec *rec)
{
	return rec->interval.wake_ns - rec->interval.gap_begin_ns;
}

/* Is a behind b in the order from long to short? Of equals the earlier comes first. */
static bool is_shorter(const struct wg_wait_rec *a, const struct wg_wait_rec *b)
{
	return gap_of(a) < gap_of(b) || (gap_of(a) == gap_of(b) && a->number > b->number);
}

const struct wg_wait_rec *wg_seek_longest(
	const struct wg_trace *trace, size_t rank, struct wg_wait_rec *room)
{
	struct wg_wait_rec last = { .next = 0 };
	size_t i, round;

	i = wg_trace_longest_gap(trace, rank);
	if (i != SIZE_MAX)
		return wg_trace_wait(trace, i, room);
	if (wg_trace_gaps(trace, &i) && rank >= i)
		return NULL;
	for (round = 0; round <= rank; round++) {
		bool any = false;

		for (i = 0; i < trace->wait_count; i++) {
			const struct wg_wait_rec *rec = WG_WAIT(trace, i);

			if (has_gap(rec) && (round == 0 || is_shorter(rec, &last)) &&
				(!any || is_shorter(room, rec))) {
				*room = *rec;
				any = true;
			}
		}
		if (!any)
			return NULL;
		last = *room;
	}
	return room;
}

size_t wg_seek_place(const struct wg_trace *trace, const struct wg_wait_rec *rec, size_t *ret_count)
{
	size_t i, place = 0;

	if (wg_trace_gaps(trace, ret_count))
		return wg_trace_gaps_before(trace, rec->interval.gap_begin_ns + 1);
	*ret_count = 0;
	for (i = 0; i < trace->wait_count; i++) {
		const struct wg_wait_rec *other = WG_WAIT(trace, i);

		if (!has_gap(other))
			continue;
		(*ret_count)++;
		if (other->interval.gap_begin_ns <= rec->interval.gap_begin_ns)
			place++;
	}
	return place;
}

/* The states in the order in which they win a column; the same as bins.c draws. Of all others the
 * first is taken. */
static const enum wg_span_state winners[] = { WG_SPAN_WASTED, WG_SPAN_WORKING, WG_SPAN_LOST,
	WG_SPAN_AWAKE };

const struct wg_span *wg_seek_span(
	const struct wg_lane *lane, int64_t t, int64_t step_ns, struct wg_span *room)
{
	size_t from = wg_lane_first(lane, t), to = wg_lane_from(lane, t + step_ns), i, k;

	if (from >= to)
		return NULL;
	for (k = 0; k < sizeof(winners) / sizeof(winners[0]); k++) {
		i = wg_lane_first_in(lane, winners[k], from, to);
		if (i < to)
			return wg_lane_span(lane, i, room);
	}
	return wg_lane_span(lane, from, room);
}

const struct wg_wait_rec *wg_seek_wasted_at(const struct wg_trace *trace,
	const struct wg_lane *lane, int64_t t, int64_t step_ns, struct wg_wait_rec *room)
{
	struct wg_span span_room;
	const struct wg_span *span = wg_seek_span(lane, t, step_ns, &span_room);

	if (!span || span->state != WG_SPAN_WASTED || span->wait == 0 ||
		span->wait > trace->wait_count)
		return NULL;
	return wg_trace_wait(trace, span->wait - 1, room);
}

/* 1 + the index of the last operation of the lane's loop that was handed in by `t` and not yet back
 * before it. */
static size_t in_flight(
	const struct wg_trace *trace, const struct wg_lane *lane, int64_t t, int64_t step_ns)
{
	size_t low = wg_trace_first_op(trace, t + step_ns), steps;

	for (steps = 0; low > 0 && steps < IN_FLIGHT_MAX; steps++) {
		const struct wg_op_life *op = WG_OP(trace, --low);

		if (op->loop_idx != lane->loop_idx)
			continue;
		if (op->deliver_ns == WG_NO_TIME || op->deliver_ns >= t)
			return low + 1;
	}
	return 0;
}

size_t wg_seek_op(
	const struct wg_trace *trace, const struct wg_lane *lane, int64_t t, int64_t step_ns)
{
	struct wg_span room;
	const struct wg_span *span = wg_seek_span(lane, t, step_ns, &room);

	if (span && span->op != 0)
		return wg_trace_op_number(trace, lane->who, span->op) + 1;
	return lane->kind == WG_LANE_LOOP ? in_flight(trace, lane, t, step_ns) : 0;
}
