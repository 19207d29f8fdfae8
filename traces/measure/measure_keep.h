/*
 * measure_keep.h: the figures of a finished measure, and of finished threads, in a file (keep.h).
 * Private to traces/.
 */
#ifndef TRACES_MEASURE_MEASURE_KEEP_H
#define TRACES_MEASURE_MEASURE_KEEP_H

#include "traces/base/keep.h"
#include "traces/measure/threads.h"

/*
 * A finished measure with an end. One that is read is a new one (wg_measure_create()), and becomes
 * as good as finished: no event can be fed. Its samples stand in the file, its names are those of
 * k.
 */
void wg__keep_measure(struct wg__keep *k, struct wg_measure *measure);

/*
 * threads_keep.c: all threads, or that there are none, of a trace of so many events, which bound
 * what is counted. Those that are read are new, and become as good as finished: no record can be
 * fed. Frees with wg_threads_destroy(), also after an error.
 */
void wg__keep_threads(struct wg__keep *k, struct wg_threads **threads, uint64_t events);

/* dist_keep.c: a finished distribution. One that is read is all zero before, and its samples stand
 * in the file. Frees with wg_dist_fini(), also after an error. */
void wg__keep_dist(struct wg__keep *k, struct wg_dist *dist);

#endif
