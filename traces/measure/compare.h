/*
 * compare.h: did a figure change between two versions of a program, or is it noise?
 *
 * Each run of a program gives one value of a figure. Of two sets of runs the medians are compared.
 * How far the true change may be from the one that was seen is told by the bootstrap (B. Efron,
 * "Bootstrap methods: another look at the jackknife", 1979): runs are drawn from each set again and
 * again, with replacement, and the middle 95 % of the changes of these draws are the interval.
 *
 * With fewer than five runs on a side the interval is too narrow: of two sets of three runs of one
 * program, it says in one case of ten that they differ. So it is not given at all.
 */
#ifndef TRACES_MEASURE_COMPARE_H
#define TRACES_MEASURE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#define WG_COMPARE_RUNS 5

struct wg_interval_95 {
	double low, high;
};

struct wg_compared {
	double a, b;   /* medians; 0 without a run */
	bool is_known; /* there are WG_COMPARE_RUNS runs on each side, and what follows is set */
	struct wg_interval_95 difference; /* b - a */
	struct wg_interval_95 ratio;	  /* b / a - 1; INFINITY if a is 0 and b is more; a >= 0 */
};

/* What an interval says of a limit on a rise: */
enum wg_limit_answer {
	WG_LIMIT_HELD,	  /* all of it is within the limit */
	WG_LIMIT_BROKEN,  /* all of it is beyond the limit */
	WG_LIMIT_UNKNOWN, /* the limit is in it: more runs could tell */
};

/*
 * Compare the runs a and b, in any order. The same runs give the same answer each time. Blocks for
 * some milliseconds of computing. 0 or -ENOMEM.
 */
int wg_compare(
	const double *a, size_t a_count, const double *b, size_t b_count, struct wg_compared *ret);

enum wg_limit_answer wg_compare_limit(const struct wg_interval_95 *interval, double limit);

#endif
