/*
 * check_threads.h: bounds on what threads woke for, to make a build fail; check.h has those on
 * loops.
 *
 * Each thread is checked by itself. Wakes a second are counted over its life, and over a second if
 * it lived less: the two wakes of a short thread are no rate. Of a timer wake of which is not known
 * what followed, nobody can say that it was not empty: the bound holds only if it would even then.
 */
#ifndef TRACES_MEASURE_CHECK_THREADS_H
#define TRACES_MEASURE_CHECK_THREADS_H

#include "traces/measure/threads.h"

enum wg_thread_bound {
	WG_THREAD_BOUND_WAKES_PER_S,
	WG_THREAD_BOUND_EMPTY_TIMERS,
	WG_THREAD_BOUND_COUNT
};

struct wg_thread_bound_info {
	const char *option; /* "max-wakes-per-second" */
	const char *name;   /* "wakes a second" */
	const char *means;  /* for help */
};

/* All zero: no bound. */
struct wg_thread_bounds {
	bool is_set[WG_THREAD_BOUND_COUNT];
	uint64_t limit[WG_THREAD_BOUND_COUNT];
};

struct wg_thread_answer {
	enum wg_thread_bound bound;
	double value;
	uint64_t limit;
	bool is_broken;
	bool is_unseen;	 /* not observable, and neither broken nor held for sure */
	uint64_t hidden; /* then: so many timer wakes after which nobody knows what followed */
};

/* Static; NULL past the last. */
const struct wg_thread_bound_info *wg_thread_bound_info(enum wg_thread_bound bound);

/* How many bounds are set. */
size_t wg_thread_bounds_count(const struct wg_thread_bounds *bounds);

/* Check one thread against each bound that is set. Returns how many. */
size_t wg_check_thread(const struct wg_thread_bounds *bounds, const struct wg_thread_stats *stats,
	struct wg_thread_answer ret[WG_THREAD_BOUND_COUNT]);

#endif
