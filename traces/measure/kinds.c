/*
 * kinds.c: the operations of each kind by themselves, all loops together (wg_measure_by_kind()).
 *
 * They are tracked once, with all others: a loop's flight counts how many results of each kind are
 * ready, and here stands since when, in the wait interval that is open. A kind's gap in an interval
 * is that of its own results, so the gaps of two kinds may overlap.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/measure_impl.h"

#define NO_GAP INT64_C(-1)

int wg_measure_by_kind(struct wg_measure *measure)
{
	struct wg_dist *d;
	size_t k, i;

	measure->kinds = calloc(WG_KIND_COUNT, sizeof(*measure->kinds));
	measure->ops.counts_kinds = measure->kinds != NULL;
	for (k = 0; measure->kinds && k < WG_KIND_COUNT; k++) {
		for (i = 0; (d = wg_stats_dist(&measure->kinds[k], i)); i++)
			d->keeps_none = measure->keeps_no_samples;
	}
	return measure->kinds ? 0 : -ENOMEM;
}

const struct wg_loop_stats *wg_measure_kind(const struct wg_measure *m, enum wg_kind kind)
{
	const struct wg_loop_stats *s = m->kinds ? &m->kinds[kind] : NULL;

	return s && (s->submitted || s->started || s->done || s->delivered || s->gap.count) ? s
											    : NULL;
}

struct wg_loop_stats *wg__kind_stats(const struct wg_measure *m, const struct wg__op *op)
{
	return m->kinds ? &m->kinds[op->kind] : NULL;
}

static int make_gaps(struct wg__loop *loop)
{
	size_t k;

	if (!loop->kind_gap_ns)
		loop->kind_gap_ns = calloc(WG_KIND_COUNT, sizeof(*loop->kind_gap_ns));
	for (k = 0; loop->kind_gap_ns && k < WG_KIND_COUNT; k++)
		loop->kind_gap_ns[k] = NO_GAP;
	return loop->kind_gap_ns ? 0 : -ENOMEM;
}

int wg__kinds_wait(struct wg_measure *m, size_t loop_idx, int64_t at_ns)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	const uint32_t *ready = m->ops.loop[loop_idx].ready_of_kind;
	size_t k;

	/* No result of it was ever ready: the first done makes room. */
	if (!ready)
		return 0;
	if (make_gaps(loop) < 0)
		return -ENOMEM;
	for (k = 0; k < WG_KIND_COUNT; k++) {
		if (ready[k])
			loop->kind_gap_ns[k] = at_ns;
	}
	return 0;
}

int wg__kinds_done(struct wg_measure *m, struct wg__loop *loop, const struct wg__op *op)
{
	if (!m->kinds || !op->is_ready || !loop->is_waiting)
		return 0;
	if (!loop->kind_gap_ns && make_gaps(loop) < 0)
		return -ENOMEM;
	if (loop->kind_gap_ns[op->kind] == NO_GAP)
		loop->kind_gap_ns[op->kind] = op->done_ns;
	return 0;
}

void wg__kinds_late(struct wg_measure *m, size_t loop_idx)
{
	const uint32_t *ready = m->ops.loop[loop_idx].ready_of_kind;
	size_t k;

	for (k = 0; ready && k < WG_KIND_COUNT; k++)
		m->kinds[k].late_wakes += ready[k] != 0;
}

int wg__kinds_wake(struct wg_measure *m, const struct wg__loop *loop)
{
	const int64_t *gap = loop->kind_gap_ns;
	int64_t wake_ns = loop->now.wake_ns;
	size_t k;
	int rc = 0;

	for (k = 0; gap && k < WG_KIND_COUNT && rc == 0; k++) {
		if (gap[k] == NO_GAP || (gap[k] == wake_ns && loop->now.wait_ns < wake_ns))
			continue;
		m->kinds[k].wasted_ns += wake_ns - gap[k];
		if (m->hooks.kind_gap)
			m->hooks.kind_gap(m->hooks.user, (enum wg_kind)k, gap[k], wake_ns);
		rc = wg_dist_add(&m->kinds[k].gap, wake_ns - gap[k]);
	}
	return rc;
}

void wg__kinds_stuck(struct wg_measure *m, size_t loop_idx)
{
	const struct wg__flight_loop *of = &m->ops.loop[loop_idx];
	bool seen[WG_KIND_COUNT] = { false };
	uint32_t i;

	if (!of->ready_of_kind)
		return;
	for (i = of->ready.head; i != WG__NO_OP; i = wg__flight_op(&m->ops, i)->next) {
		const struct wg__op *op = wg__flight_op(&m->ops, i);
		struct wg_loop_stats *s = &m->kinds[op->kind];
		int64_t wait_ns = m->loops[loop_idx].now.wait_ns;
		int64_t for_ns = m->end_ns - (op->done_ns > wait_ns ? op->done_ns : wait_ns);

		s->stuck_results++;
		if (seen[op->kind])
			continue;
		seen[op->kind] = true;
		s->stuck++;
		if (for_ns > s->stuck_ns)
			s->stuck_ns = for_ns;
	}
}

void wg__kinds_finish(struct wg_measure *m)
{
	const char *wait = m->loop_count ? m->loops[0].stats.wait : "?";
	size_t i;

	for (i = 1; i < m->loop_count; i++) {
		if (strcmp(wait, m->loops[i].stats.wait) != 0)
			wait = "mixed";
	}
	for (i = 0; m->kinds && i < WG_KIND_COUNT; i++) {
		m->kinds[i].process = "";
		m->kinds[i].wait = wait;
		wg_stats_sum_finish(&m->kinds[i]);
	}
}

void wg__kinds_restart(struct wg_measure *m)
{
	size_t i;

	for (i = 0; m->kinds && i < WG_KIND_COUNT; i++)
		wg_stats_sum_fini(&m->kinds[i]);
}
