/*
 * clocks.h: parts of a trace that were recorded on different clocks, put on one. Private to
 * traces/.
 *
 * The monotonic clocks of two boots or two hosts have nothing to do with each other. Each trace
 * knows how far its clock was from the time of day, so all are counted from the clock that began
 * first. That is as exact as the clocks were set: good for an order of runs, not for nanoseconds.
 * Who knows better corrects a host's clock (wg_reader_correct_clock).
 */
#ifndef TRACES_READ_CLOCKS_H
#define TRACES_READ_CLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/names.h"
#include "traces/read/origin.h"

struct wg__folder_clock {
	bool is_known;
	struct wg__clock clock;
	int64_t shift_ns; /* to add to its times; set by settle */
};

/*
 * How much to add to the times of each folder. 0 if they have one clock, 1 if some are shifted:
 * then *remarks gets a line for each host on how far, and how that was found. -EINVAL with a line
 * if a clock does not say how far it is from the time of day, or a correction is for no host.
 */
int wg__clocks_settle(struct wg__folder_clock *folder, size_t count, char *const *names,
	struct wg__notes *remarks, struct wg_error *err);

#endif
