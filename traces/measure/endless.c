/*
 * endless.c: a measure of events without end: its memory stays bounded, and it can be asked about
 * the present, since there is no end at which to report.
 */
#include "traces/measure/measure_impl.h"

/* No program we know has so many operations in flight for so long: their end was not traced. */
#define SWEEP_MIN    65536
#define SWEEP_AGE_NS INT64_C(60000000000)

int wg_measure_create_endless(const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure)
{
	int rc = wg_measure_create(hooks, ret_measure);

	if (rc == 0) {
		(*ret_measure)->is_endless = true;
		(*ret_measure)->sweep_at = SWEEP_MIN;
	}
	return rc;
}

void wg__measure_sweep(struct wg_measure *m, int64_t now_ns)
{
	int64_t before = now_ns - SWEEP_AGE_NS;

	if (wg__flight_count(&m->ops) < m->sweep_at)
		return;
	wg__flight_sweep(&m->ops, m->ops.hole_end_ns > before ? m->ops.hole_end_ns : before);
	/* Twice what is left: whatever the program does, looking stays cheap. */
	m->sweep_at = wg__flight_count(&m->ops) * 2;
	if (m->sweep_at < SWEEP_MIN)
		m->sweep_at = SWEEP_MIN;
}

bool wg_measure_open_wait(const struct wg_measure *m, size_t i, struct wg_interval *ret)
{
	if (i >= m->loop_count || !m->loops[i].is_waiting)
		return false;
	*ret = m->loops[i].now;
	ret->open = true;
	ret->wake_ns = wg__end_of(m, i);
	ret->stuck = wg__is_stuck(m, i, ret->wake_ns);
	return true;
}

void wg_measure_advance(struct wg_measure *m, int64_t now_ns)
{
	if (m->events > 0 && now_ns > m->end_ns)
		m->end_ns = now_ns;
}
