/*
 * hist.h: how often each duration occurred, in bounded memory.
 *
 * A live session has no end, so its samples cannot all be kept. Here they are counted in cells that
 * grow with the value: one for each nanosecond up to 2 us, then 1024 for each doubling. A
 * percentile is the lower border of its cell: exact below 2 us, else too low by less than 0.1 %,
 * which three digits on a screen hardly show. Count, sum, least and greatest are exact.
 *
 * Private to traces/.
 */
#ifndef TRACES_MEASURE_HIST_H
#define TRACES_MEASURE_HIST_H

#include <stdint.h>

#define WG__HIST_CELLS 1024
#define WG__HIST_ROWS  54 /* doublings of 63 bits that are past the first 1024 */

/* All zero is an empty one. */
struct wg__hist {
	uint64_t *row[WG__HIST_ROWS]; /* WG__HIST_CELLS each, or NULL: nothing in there yet */
	uint64_t count;
	int64_t sum, min, max; /* 0 while count is */
};

/* A negative one, of events out of order, is counted as 0. 0 or -ENOMEM. */
int wg__hist_add(struct wg__hist *hist, int64_t ns);

/* So many more in the cell of ns, and nothing else of it; ns is not negative. 0 or -ENOMEM. */
int wg__hist_fill(struct wg__hist *hist, int64_t ns, uint64_t count);

/* Add all of another. 0 or -ENOMEM. */
int wg__hist_merge(struct wg__hist *hist, const struct wg__hist *other);

/* The k-th smallest, as exact as said above; 0 if count is 0. */
int64_t wg__hist_rank(const struct wg__hist *hist, uint64_t k);

/* How many are in cells that begin below ns. */
uint64_t wg__hist_below(const struct wg__hist *hist, int64_t ns);

/* Every cell that something is in, least first: its lower border, and how many. */
void wg__hist_each(const struct wg__hist *hist, void (*fn)(void *user, int64_t ns, uint64_t count),
	void *user);

void wg__hist_fini(struct wg__hist *hist);

#endif
