/*
 * stages.c: where the time of an operation went (M8), and which one to look at.
 *
 * The results that are ready stand in the order in which they became so, and a wake marks all that
 * no wake has marked: those are the last of the list. So each result is marked once, and walking
 * back from the tail to the first marked one costs O(1) an operation.
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
		.op = op ? op->id : 0,
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

static struct wg_dist *dist_of(struct wg_loop_stats *stats, enum wg_stage stage)
{
	switch (stage) {
	case WG_STAGE_QUEUED: return &stats->queued;
	case WG_STAGE_SERVICE: return &stats->service;
	case WG_STAGE_ASLEEP: return &stats->asleep;
	case WG_STAGE_DELIVERY: return &stats->delivery;
	default: return &stats->whole;
	}
}

const struct wg_dist *wg_stage_dist(const struct wg_loop_stats *stats, enum wg_stage stage)
{
	return dist_of((struct wg_loop_stats *)stats, stage);
}

int wg__stage_add(struct wg_loop_stats *stats, enum wg_stage stage, int64_t at_ns, int64_t for_ns,
	const struct wg__op *op)
{
	wg__sight_longest(&stats->longest[stage], at_ns, for_ns, op);
	return wg_dist_add(dist_of(stats, stage), for_ns);
}

int wg__stages_deliver(struct wg_measure *m, struct wg__loop *loop, size_t op_idx, int64_t at_ns)
{
	const struct wg__op *op = &m->ops.op[op_idx];
	int64_t asleep_ns = 0, taken_ns = op->done_ns;
	int rc = 0;

	if (op->submit_ns != WG__NEVER)
		rc = wg__stage_add(&loop->stats, WG_STAGE_WHOLE, at_ns, at_ns - op->submit_ns, op);
	if (rc < 0 || op->done_ns == WG__NEVER)
		return rc;
	if (op->wake_ns != WG__NEVER) {
		asleep_ns = op->wake_ns - op->done_ns;
		taken_ns = op->wake_ns;
	} else if (loop->is_waiting || m->hole_end_ns > op->done_ns) {
		return 0; /* there was a wake, or there may have been, and it was not seen */
	}
	rc = wg__stage_add(&loop->stats, WG_STAGE_ASLEEP, at_ns, asleep_ns, op);
	if (rc == 0)
		rc = wg__stage_add(&loop->stats, WG_STAGE_DELIVERY, at_ns, at_ns - taken_ns, op);
	return rc;
}

void wg__stages_wake(struct wg_measure *m, struct wg__loop *loop, int64_t at_ns)
{
	size_t i;

	for (i = loop->ready.tail; i != WG__NONE && m->ops.op[i].wake_ns == WG__NEVER;
		i = m->ops.op[i].prev)
		m->ops.op[i].wake_ns = at_ns;
}
