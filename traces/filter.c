/*
 * filter.c: see filter.h.
 *
 * The events before a window are fed all the same, for a result that became ready before it may be
 * what the loop sleeps on in it; only the counts begin anew at its begin.
 */
#include "traces/filter.h"

#include "traces/measure.h"

bool wg_filter_has_loop(const struct wg_filter *filter, uint32_t pid, uint32_t loop)
{
	size_t i;

	if (!filter || filter->loop_count == 0)
		return true;
	for (i = 0; i < filter->loop_count; i++) {
		if (filter->loops[i].loop == loop &&
			(filter->loops[i].pid == 0 || filter->loops[i].pid == pid))
			return true;
	}
	return false;
}

bool wg_filter_is_set(const struct wg_filter *filter)
{
	return filter && (filter->has_since || filter->has_until || filter->loop_count > 0 ||
				 filter->kinds != 0);
}

static void begin(struct wg_filtering *f, struct wg_measure *measure)
{
	if (f->has_begun)
		return;
	f->has_begun = true;
	wg_measure_restart(measure, f->origin_ns + f->filter->since_ns);
}

int wg_filter_feed(struct wg_filtering *f, struct wg_measure *measure, const struct wg_event *ev)
{
	const struct wg_filter *filter = f->filter;
	int64_t at_ns;

	if (!wg_filter_is_set(filter))
		return wg_measure_feed(measure, ev);
	if (f->is_over)
		return 0;
	if (!f->has_origin && ev->type != WG_EV_LOST) {
		f->has_origin = true;
		f->origin_ns = ev->ts_ns;
	}
	/* Before the first event there is no time to speak of: a hole there is in every window. */
	at_ns = f->has_origin ? ev->ts_ns - f->origin_ns : 0;
	if (filter->has_until && f->has_origin && at_ns >= filter->until_ns) {
		f->is_over = true;
		return 0;
	}
	if (filter->has_since && f->has_origin && at_ns >= filter->since_ns)
		begin(f, measure);
	if (ev->type == WG_EV_LOST)
		return wg_measure_feed(measure, ev);
	/* Which loop an event belongs to that this version does not know, nobody can tell. */
	if (filter->loop_count > 0 &&
		(ev->type == WG_EV_OTHER || !wg_filter_has_loop(filter, ev->pid, ev->loop))) {
		wg_measure_pass(measure, ev->ts_ns);
		return 0;
	}
	return wg_measure_feed(measure, ev);
}

void wg_filter_finish(struct wg_filtering *f, struct wg_measure *measure)
{
	const struct wg_filter *filter = f->filter;

	if (wg_filter_is_set(filter) && f->has_origin) {
		if (filter->has_since)
			begin(f, measure); /* if the trace ended before */
		if (f->is_over)
			wg_measure_cut(measure, f->origin_ns + filter->until_ns);
	}
	wg_measure_finish(measure);
}
