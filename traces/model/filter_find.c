/*
 * filter_find.c: the next match of a filter in a trace (see filter.h). Two passes over the trace:
 * which match is nearest, and how many come before it.
 */
#include "traces/model/filter.h"

/* Where to look at a wait: its gap, or the wake that found nothing, or its beginning. */
static int64_t point_of(const struct wg_wait_rec *rec)
{
	if (rec->interval.gap_begin_ns >= 0)
		return rec->interval.gap_begin_ns;
	return rec->empty ? rec->interval.wake_ns : rec->interval.wait_ns;
}

typedef void (*match_fn)(void *user, struct wg_found found);

/* Whose event it is: the loop's or the thread's lane. Linear, for the few that are asked for. */
static size_t lane_of_event(const struct wg_trace *trace, size_t number)
{
	const struct wg_event *event = WG_EVENT(trace, number);
	size_t i;

	for (i = 0; i < trace->lane_count; i++) {
		if (wg_lane_has_event(&trace->lanes[i], event))
			return i;
	}
	return SIZE_MAX;
}

static void each_op(
	const struct wg_filter *filter, const struct wg_trace *trace, match_fn fn, void *user)
{
	size_t i;

	for (i = 0; i < trace->op_count; i++) {
		const struct wg_op_life *op = WG_OP(trace, i);

		if (op->submit_ns != WG_NO_TIME && wg_filter_op(filter, trace, op))
			fn(user, (struct wg_found){ .t = op->submit_ns,
					 .lane = trace->loops[op->loop_idx].lane,
					 .op = i,
					 .event = SIZE_MAX });
	}
}

static void each_match(
	const struct wg_filter *filter, const struct wg_trace *trace, match_fn fn, void *user)
{
	size_t i;

	if (filter->finds == WG_FIND_OPS)
		each_op(filter, trace, fn, user);
	/* Threads have no operations: by their numbers their waits are found. */
	for (i = 0; filter->finds != WG_FIND_EVENTS && i < trace->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(trace, i);

		if ((filter->finds == WG_FIND_WAITS || rec->is_thread) &&
			wg_filter_wait(filter, trace, rec))
			fn(user, (struct wg_found){ .t = point_of(rec),
					 .lane = wg_wait_lane(trace, rec),
					 .op = SIZE_MAX,
					 .event = SIZE_MAX });
	}
	for (i = 0; filter->finds == WG_FIND_EVENTS && i < trace->event_count; i++) {
		const struct wg_event *event = WG_EVENT(trace, i);

		if (wg_filter_event(filter, trace, event))
			fn(user,
				(struct wg_found){ .t = event->ts_ns, .op = SIZE_MAX, .event = i });
	}
}

struct search {
	struct wg_found best;
	int64_t from;
	bool forward;
	size_t count;
};

static void nearest(void *user, struct wg_found found)
{
	struct search *search = user;
	int64_t best = search->best.t;

	search->count++;
	if ((search->forward ? found.t > search->from : found.t < search->from) &&
		(best == WG_NO_TIME || (search->forward ? found.t < best : found.t > best)))
		search->best = found;
}

static void placed(void *user, struct wg_found found)
{
	struct wg_found *best = user;

	best->place += found.t <= best->t;
}

bool wg_filter_next(const struct wg_filter *filter, const struct wg_trace *trace, int64_t t,
	bool forward, struct wg_found *ret_found)
{
	const struct wg_found none = {
		.t = WG_NO_TIME, .lane = SIZE_MAX, .op = SIZE_MAX, .event = SIZE_MAX
	};
	struct search search = { .best = none, .from = t, .forward = forward };

	each_match(filter, trace, nearest, &search);
	*ret_found = search.best;
	ret_found->count = search.count;
	if (search.best.t == WG_NO_TIME)
		return false;
	if (ret_found->event != SIZE_MAX)
		ret_found->lane = lane_of_event(trace, ret_found->event);
	each_match(filter, trace, placed, ret_found);
	return true;
}
