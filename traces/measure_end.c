/*
 * measure_end.c: the end of a trace, and what can be asked of a measure; see measure.h.
 */
#include <stdlib.h>

#include "traces/measure_impl.h"

/* When the wait became one for nothing: at its beginning, or when the first result was ready. */
static int64_t stuck_since(const struct wg_measure *m, const struct wg__loop *loop)
{
	int64_t done_ns = m->ops.op[loop->ready.head].done_ns;

	return done_ns > loop->now.wait_ns ? done_ns : loop->now.wait_ns;
}

void wg_measure_finish(struct wg_measure *m)
{
	size_t i;

	for (i = 0; i < m->loop_count; i++) {
		struct wg__loop *loop = &m->loops[i];

		if (loop->is_waiting) {
			loop->now.open = true;
			loop->now.wake_ns = m->end_ns;
			if (loop->ready.count) {
				loop->stats.stuck = 1;
				loop->stats.stuck_results = loop->ready.count;
				loop->stats.stuck_ns = m->end_ns - stuck_since(m, loop);
			}
			if (m->hooks.interval)
				m->hooks.interval(m->hooks.user, &loop->now);
		} else if (loop->may_be_empty && loop->polled_nothing) {
			/* No wait settles it any more, but it did look. */
			wg__measure_count_empty(m, i);
		}
		wg_dist_finish(&loop->stats.gap);
		wg_dist_finish(&loop->stats.service);
	}
}

bool wg_measure_open_wait(const struct wg_measure *m, size_t i, struct wg_interval *ret)
{
	if (i >= m->loop_count || !m->loops[i].is_waiting)
		return false;
	*ret = m->loops[i].now;
	ret->open = true;
	ret->wake_ns = m->end_ns;
	return true;
}

size_t wg_measure_in_flight(const struct wg_measure *m)
{
	return m->ops.map.count;
}

void wg_measure_advance(struct wg_measure *m, int64_t now_ns)
{
	if (m->events > 0 && now_ns > m->end_ns)
		m->end_ns = now_ns;
}

const struct wg_loop_stats *wg_measure_loop(const struct wg_measure *measure, size_t i)
{
	return i < measure->loop_count ? &measure->loops[i].stats : NULL;
}

uint64_t wg_measure_events(const struct wg_measure *measure)
{
	return measure->events;
}

uint64_t wg_measure_discarded(const struct wg_measure *measure)
{
	return measure->discarded;
}

int64_t wg_measure_begin_ns(const struct wg_measure *measure)
{
	return measure->begin_ns;
}

int64_t wg_measure_end_ns(const struct wg_measure *measure)
{
	return measure->end_ns;
}

void wg_measure_destroy(struct wg_measure *measure)
{
	size_t i;

	if (!measure)
		return;
	for (i = 0; i < measure->loop_count; i++) {
		wg_dist_fini(&measure->loops[i].stats.gap);
		wg_dist_fini(&measure->loops[i].stats.service);
	}
	free(measure->loops);
	wg__map_fini(&measure->loop_map);
	wg__flight_fini(&measure->ops);
	wg__names_destroy(measure->names);
	free(measure);
}
