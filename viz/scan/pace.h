/*
 * pace.h: when a scan looks. A program may have a rhythm, so the looks must have none.
 */
#ifndef VIZ_SCAN_PACE_H
#define VIZ_SCAN_PACE_H

#include <stdint.h>

struct scan_pace {
	uint64_t seed;
	int64_t mean_ns;
};

/* Some 40 looks in a window, at least 2 ms and at most half a second apart on average. */
void wg_scan_pace_start(struct scan_pace *pace, int64_t window_ns);

/* The time to the next look: half the mean to one and a half. */
int64_t wg_scan_pace_next(struct scan_pace *pace);

#endif
