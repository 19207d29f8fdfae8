/*
 * stages.c: where the time of an operation went (M8), and which one to look at.
 */

#include <errno.h>

#include "traces/measure/measure_impl.h"

void wg__sight_first(struct wg_sight *sight, int64_t at_ns, int64_t for_ns, const struct wg__op *op)
{
	if (sight->seen)
		return;
	*sight = (struct wg_sight){
		.seen = true,
		.at_ns = at_ns,
		.for_ns = for_ns,
		.op = op ? op->op : 0,
		.kind = op ? op->kind : WG_KIND_UNKNOWN,
	};
}

void wg__sight_longest(
	struct wg_sight *sight, int64_t at_ns, int64_t for_ns, const struct wg__op *op)
{
	if (sight->seen && sight->for_ns >= for_ns)
		return;
	sight->seen = false;
	wg__sight_first(sight, at_ns, for_ns, op);
}

const char *wg_stage_name(enum wg_stage stage)
{
	static const char *const names[] = { "queued", "service", "asleep", "delivery", "whole" };

	_Static_assert(sizeof(names) / sizeof(names[0]) == WG_STAGE_COUNT, "every stage is named");
	return (size_t)stage < WG_STAGE_COUNT ? names[stage] : "?";
}

struct wg_dist *wg_stats_dist(struct wg_loop_stats *stats, size_t i)
{
	struct wg_dist *const all[] = {
		[WG_STAGE_QUEUED] = &stats->queued,
		[WG_STAGE_SERVICE] = &stats->service,
		[WG_STAGE_ASLEEP] = &stats->asleep,
		[WG_STAGE_DELIVERY] = &stats->delivery,
		[WG_STAGE_WHOLE] = &stats->whole,
		[WG_STAGE_COUNT] = &stats->gap,
	};

	return i <= WG_STAGE_COUNT ? all[i] : NULL;
}

enum wg_sees wg_dist_sees(size_t i)
{
	static const enum wg_sees figures[] = {
		[WG_STAGE_QUEUED] = WG_SEES_QUEUED,
		[WG_STAGE_SERVICE] = WG_SEES_WORKED,
		[WG_STAGE_ASLEEP] = WG_SEES_READY_ASLEEP,
		[WG_STAGE_DELIVERY] = WG_SEES_DELIVERY,
		[WG_STAGE_WHOLE] = WG_SEES_WHOLE,
		[WG_STAGE_COUNT] = WG_SEES_GAPS,
	};

	return figures[i];
}

const struct wg_dist *wg_stage_dist(const struct wg_loop_stats *stats, enum wg_stage stage)
{
	return wg_stats_dist((struct wg_loop_stats *)stats, stage);
}

int wg__stage_add(struct wg_measure *m, struct wg_loop_stats *stats, enum wg_stage stage,
	int64_t at_ns, int64_t for_ns, const struct wg__op *op)
{
	struct wg_loop_stats *kind = wg__kind_stats(m, op);

	wg__sight_longest(&stats->longest[stage], at_ns, for_ns, op);
	if (m->hooks.stage)
		m->hooks.stage(m->hooks.user, stage, for_ns);
	if (kind && wg_dist_add(wg_stats_dist(kind, stage), for_ns) < 0)
		return -ENOMEM;
	return wg_dist_add(wg_stats_dist(stats, stage), for_ns);
}

int wg__stages_deliver(struct wg_measure *m, const struct wg__op *op, int64_t at_ns)
{
	struct wg__loop *loop = &m->loops[op->loop_idx];
	int64_t asleep_ns = 0, taken_ns = op->done_ns;
	int rc = 0;

	if (op->submit_ns != WG_NO_TIME)
		rc = wg__stage_add(
			m, &loop->stats, WG_STAGE_WHOLE, at_ns, at_ns - op->submit_ns, op);
	if (rc < 0 || op->done_ns == WG_NO_TIME)
		return rc;
	if (op->wake_ns != WG_NO_TIME) {
		asleep_ns = op->wake_ns - op->done_ns;
		taken_ns = op->wake_ns;
	} else if (loop->is_waiting || m->ops.hole_end_ns > op->done_ns) {
		return 0; /* there was a wake, or there may have been, and it was not seen */
	}
	rc = wg__stage_add(m, &loop->stats, WG_STAGE_ASLEEP, at_ns, asleep_ns, op);
	if (rc == 0)
		rc = wg__stage_add(m, &loop->stats, WG_STAGE_DELIVERY, at_ns, at_ns - taken_ns, op);
	return rc;
}
