/*
 * check.h: bounds on the measures of a loop, to make a build fail.
 *
 * One table of bounds, each on one figure of measure.h. A bound holds if the figure is not above it
 * (a minimum: not below it). Each loop is checked by itself.
 */
#ifndef TRACES_MEASURE_CHECK_H
#define TRACES_MEASURE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/measure/measure.h"

enum wg_bound {
	WG_BOUND_EMPTY_WAKES,
	WG_BOUND_LATE_WAKES,
	WG_BOUND_STUCK,
	WG_BOUND_SPURIOUS,
	WG_BOUND_EMPTY_POLLS,
	WG_BOUND_WASTED,
	WG_BOUND_GAP_P50,
	WG_BOUND_GAP_P90,
	WG_BOUND_GAP_P99,
	WG_BOUND_GAP_P999,
	WG_BOUND_GAP_MAX,
	WG_BOUND_QUEUED_P99,
	WG_BOUND_QUEUED_MAX,
	WG_BOUND_SERVICE_P99,
	WG_BOUND_SERVICE_MAX,
	WG_BOUND_ASLEEP_P99,
	WG_BOUND_ASLEEP_MAX,
	WG_BOUND_WHOLE_P99,
	WG_BOUND_WHOLE_MAX,
	WG_BOUND_MIN_OPS,
	WG_BOUND_COUNT
};

/* What the sight of a finding shows of it. */
enum wg_sight_sort {
	WG_SIGHT_NONE,
	WG_SIGHT_FIRST_WAKE,	/* the first such wake; for_ns: asleep before it */
	WG_SIGHT_FIRST_READY,	/* the first such wake; for_ns: how long op was ready */
	WG_SIGHT_FIRST_EVENT,	/* the first such event; no op, no for_ns */
	WG_SIGHT_STUCK,		/* at_ns: since when */
	WG_SIGHT_LONGEST_GAP,	/* ended at at_ns; op was ready first */
	WG_SIGHT_LONGEST_STAGE, /* ended at at_ns; of op */
};

struct wg_bound_info {
	const char *option; /* "max-late-wakes" */
	const char *name;   /* "late wakes" */
	const char *means;  /* for help: what is bounded */
	bool is_time, is_min;
	enum wg_sight_sort sort;
};

/* All zero: no bound. */
struct wg_bounds {
	bool is_set[WG_BOUND_COUNT];
	int64_t limit[WG_BOUND_COUNT];
};

struct wg_answer {
	enum wg_bound bound;
	int64_t value, limit;
	bool is_broken;
	bool is_unseen; /* the figure is not observable: no bound is confirmed */
	enum wg_sees unseen;
	struct wg_sight sight; /* the offending event; not seen: there is none to show */
};

/* Static; NULL past the last. */
const struct wg_bound_info *wg_bound_info(enum wg_bound bound);

/* How many bounds are set. */
size_t wg_bounds_count(const struct wg_bounds *bounds);

/* Check one loop against each bound that is set, in the order of the table. Returns how many. */
size_t wg_check_loop(const struct wg_bounds *bounds, const struct wg_loop_stats *stats,
	struct wg_answer ret[WG_BOUND_COUNT]);

#endif
