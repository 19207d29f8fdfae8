/*
 * check.c: see check.h. Nothing is counted here; the measure has the figures and what to show.
 */
#include "traces/measure/check.h"

#include <string.h>

/* A bound, and where in struct wg_loop_stats its figure and its sight are. */
static const struct {
	struct wg_bound_info is;
	size_t value, sight;
	enum wg_sees sees;
} table[] = {
#define AT(field) offsetof(struct wg_loop_stats, field)
#define ROW(id, option, name, means, is_time, sort, value, sight, sees)                            \
	[WG_BOUND_##id] = { { option, name, means, is_time, false, WG_SIGHT_##sort }, AT(value),   \
		AT(sight), WG_SEES_##sees }
#define COUNT(id, option, name, means, sort, value, sight, sees)                                   \
	ROW(id, option, name, means, false, sort, value, sight, sees)
#define TIME(id, option, name, means, sort, value, sight, sees)                                    \
	ROW(id, option, name, means, true, sort, value, sight, sees)
#define GAP(id, q, name, means)                                                                    \
	TIME(GAP_##id, "max-gap-" #q, "gap " name, means, LONGEST_GAP, gap.q, longest_gap, GAPS)
#define STAGE(id, stage, option, name, means, sees)                                                \
	TIME(id##_P99, "max-" option "-p99", name " p99", means ", 99 %", LONGEST_STAGE,           \
		stage.p99, longest[WG_STAGE_##id], sees),                                          \
		TIME(id##_MAX, "max-" option "-max", name " max", means ", longest",               \
			LONGEST_STAGE, stage.max, longest[WG_STAGE_##id], sees)
	COUNT(EMPTY_WAKES, "max-empty-wakes", "empty wakes", "wakes after which nothing was there",
		FIRST_WAKE, empty_wakes, first_empty_wake, EMPTY_WAKES),
	COUNT(LATE_WAKES, "max-late-wakes", "late wakes", "timeouts that found a result ready",
		FIRST_READY, late_wakes, first_late_wake, LATE_WAKES),
	COUNT(STUCK, "max-stuck", "stuck", "1 if the loop sleeps at the end with a result ready",
		STUCK, stuck, stuck_at, STUCK),
	COUNT(SPURIOUS, "max-spurious", "spurious wakes", "wakes without a cause", FIRST_EVENT,
		wakes[WG_REASON_SPURIOUS], first_spurious, WAKES),
	COUNT(EMPTY_POLLS, "max-empty-polls", "empty polls", "polls that found nothing",
		FIRST_EVENT, empty_polls, first_empty_poll, POLLS),
	TIME(WASTED, "max-wasted", "wasted", "the sum of the gaps", LONGEST_GAP, wasted_ns,
		longest_gap, GAPS),
	GAP(P50, p50, "p50", "half of the gaps"),
	GAP(P90, p90, "p90", "90 % of the gaps"),
	GAP(P99, p99, "p99", "99 % of the gaps"),
	GAP(P999, p999, "p99.9", "99.9 % of the gaps"),
	GAP(MAX, max, "max", "the longest gap"),
	STAGE(QUEUED, queued, "queued", "queued", "submit to start", QUEUED),
	STAGE(SERVICE, service, "service", "service", "start to done", WORKED),
	STAGE(ASLEEP, asleep, "asleep", "ready but asleep", "done to wake", READY_ASLEEP),
	STAGE(WHOLE, whole, "op", "operation", "submit to deliver", WHOLE),
	[WG_BOUND_MIN_OPS] = { { "min-ops", "operations", "operations delivered, at least", false,
				       true, WG_SIGHT_NONE },
		AT(delivered), 0, WG_SEES_DELIVERED },
};

_Static_assert(sizeof(table) / sizeof(table[0]) == WG_BOUND_COUNT, "every bound is described");

const struct wg_bound_info *wg_bound_info(enum wg_bound bound)
{
	return (size_t)bound < WG_BOUND_COUNT ? &table[bound].is : NULL;
}

size_t wg_bounds_count(const struct wg_bounds *bounds)
{
	size_t i, count = 0;

	for (i = 0; i < WG_BOUND_COUNT; i++)
		count += bounds->is_set[i];
	return count;
}

size_t wg_check_loop(const struct wg_bounds *bounds, const struct wg_loop_stats *stats,
	struct wg_answer ret[WG_BOUND_COUNT])
{
	size_t i, count = 0;

	for (i = 0; i < WG_BOUND_COUNT; i++) {
		const char *at = (const char *)stats;
		struct wg_answer *f = &ret[count];

		if (!bounds->is_set[i])
			continue;
		count++;
		*f = (struct wg_answer){ .bound = (enum wg_bound)i, .limit = bounds->limit[i] };
		memcpy(&f->value, at + table[i].value, sizeof(f->value));
		f->is_broken = table[i].is.is_min ? f->value < f->limit : f->value > f->limit;
		f->unseen = table[i].sees;
		f->is_unseen = !wg_stats_sees(stats, table[i].sees);
		if (f->is_unseen)
			f->is_broken = false;
		if (f->is_broken && table[i].is.sort != WG_SIGHT_NONE)
			memcpy(&f->sight, at + table[i].sight, sizeof(f->sight));
	}
	return count;
}
