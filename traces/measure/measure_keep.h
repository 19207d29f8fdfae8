/*
 * measure_keep.h: the figures of a finished measure in a file (keep.h). Private to traces/.
 */
#ifndef TRACES_MEASURE_MEASURE_KEEP_H
#define TRACES_MEASURE_MEASURE_KEEP_H

#include "traces/base/keep.h"
#include "traces/measure/measure.h"

/*
 * A finished measure with an end. One that is read is a new one (wg_measure_create()), and becomes
 * as good as finished: no event can be fed. Its samples stand in the file, its names are those of
 * k.
 */
void wg__keep_measure(struct wg__keep *k, struct wg_measure *measure);

#endif
