/*
 * pace.c: see pace.h.
 */
#include "viz/scan/pace.h"

#include <time.h>

#define LOOKS	 40
#define SHORT_NS INT64_C(2000000)
#define LONG_NS	 INT64_C(500000000)

void wg_scan_pace_start(struct scan_pace *pace, int64_t window_ns)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	pace->seed = (uint64_t)t.tv_nsec * 2 + 1; /* xorshift needs a bit that is set */
	pace->mean_ns = window_ns / LOOKS;
	if (pace->mean_ns < SHORT_NS)
		pace->mean_ns = SHORT_NS;
	if (pace->mean_ns > LONG_NS)
		pace->mean_ns = LONG_NS;
}

int64_t wg_scan_pace_next(struct scan_pace *pace)
{
	pace->seed ^= pace->seed << 13;
	pace->seed ^= pace->seed >> 7;
	pace->seed ^= pace->seed << 17;
	return pace->mean_ns / 2 + (int64_t)(pace->seed % (uint64_t)pace->mean_ns);
}
