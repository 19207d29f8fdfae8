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

static void each_match(
	const struct wg_filter *filter, const struct wg_trace *trace, match_fn fn, void *user)
{
	size_t i;

	for (i = 0; filter->finds == WG_FIND_OPS && i < trace->op_count; i++) {
		const struct wg_op_life *op = &trace->ops[i];

		if (op->submit_ns != WG_NO_TIME && wg_filter_op(filter, trace, op))
			fn(user,
				(struct wg_found){ .t = op->submit_ns,
					.who = op->who,
					.loop = wg_measure_loop(trace->measure, op->loop_idx)->loop,
					.op = op });
	}
	for (i = 0; filter->finds == WG_FIND_WAITS && i < trace->wait_count; i++) {
		const struct wg_interval *in = &trace->waits[i].interval;
		const struct wg_loop_stats *loop;

		if (!wg_filter_wait(filter, trace, &trace->waits[i]))
			continue;
		loop = wg_measure_loop(trace->measure, in->loop_idx);
		fn(user, (struct wg_found){ .t = point_of(&trace->waits[i]),
				 .who = loop ? loop->who : 0,
				 .loop = loop ? loop->loop : 0 });
	}
	for (i = 0; filter->finds == WG_FIND_EVENTS && i < trace->event_count; i++) {
		const struct wg_event *event = &trace->events[i];

		if (wg_filter_event(filter, trace, event))
			fn(user, (struct wg_found){ .t = event->ts_ns,
					 .who = event->who,
					 .loop = event->loop });
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
	struct search search = { .best = { .t = WG_NO_TIME }, .from = t, .forward = forward };

	each_match(filter, trace, nearest, &search);
	*ret_found = search.best;
	ret_found->count = search.count;
	if (search.best.t == WG_NO_TIME)
		return false;
	each_match(filter, trace, placed, ret_found);
	return true;
}
