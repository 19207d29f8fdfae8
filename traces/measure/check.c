/*
 * check.c: see check.h. Nothing is counted here; the measure has the figures and what to show.
 */
#include "traces/measure/check.h"

static const struct wg_bound_info table[] = {
#define COUNT(id, option, name, means, sort)                                                       \
	[WG_BOUND_##id] = { option, name, means, false, false, WG_SIGHT_##sort }
#define TIME(id, option, name, means, sort)                                                        \
	[WG_BOUND_##id] = { option, name, means, true, false, WG_SIGHT_##sort }
	COUNT(EMPTY_WAKES, "max-empty-wakes", "empty wakes", "wakes after which nothing was there",
		FIRST_WAKE),
	COUNT(LATE_WAKES, "max-late-wakes", "late wakes", "timeouts that found a result ready",
		FIRST_READY),
	COUNT(STUCK, "max-stuck", "stuck", "1 if the loop sleeps at the end with a result ready",
		STUCK),
	COUNT(SPURIOUS, "max-spurious", "spurious wakes", "wakes without a cause", FIRST_EVENT),
	COUNT(EMPTY_POLLS, "max-empty-polls", "empty polls", "polls that found nothing",
		FIRST_EVENT),
	TIME(WASTED, "max-wasted", "wasted", "the sum of the gaps", LONGEST_GAP),
	TIME(GAP_P50, "max-gap-p50", "gap p50", "half of the gaps", LONGEST_GAP),
	TIME(GAP_P90, "max-gap-p90", "gap p90", "90 % of the gaps", LONGEST_GAP),
	TIME(GAP_P99, "max-gap-p99", "gap p99", "99 % of the gaps", LONGEST_GAP),
	TIME(GAP_P999, "max-gap-p999", "gap p99.9", "99.9 % of the gaps", LONGEST_GAP),
	TIME(GAP_MAX, "max-gap-max", "gap max", "the longest gap", LONGEST_GAP),
	TIME(QUEUED_P99, "max-queued-p99", "queued p99", "submit to start, 99 %", LONGEST_STAGE),
	TIME(QUEUED_MAX, "max-queued-max", "queued max", "submit to start, longest", LONGEST_STAGE),
	TIME(SERVICE_P99, "max-service-p99", "service p99", "start to done, 99 %", LONGEST_STAGE),
	TIME(SERVICE_MAX, "max-service-max", "service max", "start to done, longest",
		LONGEST_STAGE),
	TIME(ASLEEP_P99, "max-asleep-p99", "ready but asleep p99", "done to wake, 99 %",
		LONGEST_STAGE),
	TIME(ASLEEP_MAX, "max-asleep-max", "ready but asleep max", "done to wake, longest",
		LONGEST_STAGE),
	TIME(WHOLE_P99, "max-op-p99", "operation p99", "submit to deliver, 99 %", LONGEST_STAGE),
	TIME(WHOLE_MAX, "max-op-max", "operation max", "submit to deliver, longest", LONGEST_STAGE),
	[WG_BOUND_MIN_OPS] = { "min-ops", "operations", "operations delivered, at least", false,
		true, WG_SIGHT_NONE },
#undef COUNT
#undef TIME
};

_Static_assert(sizeof(table) / sizeof(table[0]) == WG_BOUND_COUNT, "every bound is described");

const struct wg_bound_info *wg_bound_info(enum wg_bound bound)
{
	return (size_t)bound < WG_BOUND_COUNT ? &table[bound] : NULL;
}

size_t wg_bounds_count(const struct wg_bounds *bounds)
{
	size_t i, count = 0;

	for (i = 0; i < WG_BOUND_COUNT; i++)
		count += bounds->is_set[i];
	return count;
}

static int64_t value_of(enum wg_bound bound, const struct wg_loop_stats *s)
{
	switch (bound) {
	case WG_BOUND_EMPTY_WAKES: return (int64_t)s->empty_wakes;
	case WG_BOUND_LATE_WAKES: return (int64_t)s->late_wakes;
	case WG_BOUND_STUCK: return (int64_t)s->stuck;
	case WG_BOUND_SPURIOUS: return (int64_t)s->wakes[WG_REASON_SPURIOUS];
	case WG_BOUND_EMPTY_POLLS: return (int64_t)s->empty_polls;
	case WG_BOUND_WASTED: return s->wasted_ns;
	case WG_BOUND_GAP_P50: return s->gap.p50;
	case WG_BOUND_GAP_P90: return s->gap.p90;
	case WG_BOUND_GAP_P99: return s->gap.p99;
	case WG_BOUND_GAP_P999: return s->gap.p999;
	case WG_BOUND_GAP_MAX: return s->gap.max;
	case WG_BOUND_QUEUED_P99: return s->queued.p99;
	case WG_BOUND_QUEUED_MAX: return s->queued.max;
	case WG_BOUND_SERVICE_P99: return s->service.p99;
	case WG_BOUND_SERVICE_MAX: return s->service.max;
	case WG_BOUND_ASLEEP_P99: return s->asleep.p99;
	case WG_BOUND_ASLEEP_MAX: return s->asleep.max;
	case WG_BOUND_WHOLE_P99: return s->whole.p99;
	case WG_BOUND_WHOLE_MAX: return s->whole.max;
	case WG_BOUND_MIN_OPS: return (int64_t)s->delivered;
	default: return 0;
	}
}

static struct wg_sight sight_of(enum wg_bound bound, const struct wg_loop_stats *s)
{
	switch (bound) {
	case WG_BOUND_EMPTY_WAKES: return s->first_empty_wake;
	case WG_BOUND_LATE_WAKES: return s->first_late_wake;
	case WG_BOUND_STUCK: return s->stuck_at;
	case WG_BOUND_SPURIOUS: return s->first_spurious;
	case WG_BOUND_EMPTY_POLLS: return s->first_empty_poll;
	case WG_BOUND_QUEUED_P99:
	case WG_BOUND_QUEUED_MAX: return s->longest[WG_STAGE_QUEUED];
	case WG_BOUND_SERVICE_P99:
	case WG_BOUND_SERVICE_MAX: return s->longest[WG_STAGE_SERVICE];
	case WG_BOUND_ASLEEP_P99:
	case WG_BOUND_ASLEEP_MAX: return s->longest[WG_STAGE_ASLEEP];
	case WG_BOUND_WHOLE_P99:
	case WG_BOUND_WHOLE_MAX: return s->longest[WG_STAGE_WHOLE];
	case WG_BOUND_MIN_OPS: return (struct wg_sight){ 0 };
	default: return s->longest_gap;
	}
}

size_t wg_check_loop(const struct wg_bounds *bounds, const struct wg_loop_stats *stats,
	struct wg_answer ret[WG_BOUND_COUNT])
{
	size_t i, count = 0;

	for (i = 0; i < WG_BOUND_COUNT; i++) {
		struct wg_answer *f = &ret[count];

		if (!bounds->is_set[i])
			continue;
		count++;
		*f = (struct wg_answer){
			.bound = (enum wg_bound)i,
			.value = value_of((enum wg_bound)i, stats),
			.limit = bounds->limit[i],
		};
		f->is_broken = table[i].is_min ? f->value < f->limit : f->value > f->limit;
		if (f->is_broken)
			f->sight = sight_of((enum wg_bound)i, stats);
	}
	return count;
}
