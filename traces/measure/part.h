/*
 * part.h: which part of a trace is counted: a stage between a reader and a measure.
 *
 * Times are relative to the first event of the trace. A window is [since, until): what is counted
 * in it is what is completed in it, whole (see measure.h), so the figures of [0, T) and [T, end)
 * add up to those of the trace, but for
 *   - percentiles, min and max, which are of the samples in the window;
 *   - stuck, which only a window that reaches the end of the trace can tell;
 *   - discarded events, counted from the beginning of the trace to the end of the window.
 * A loop that is left out is as if it had not been in the trace. Kinds: see wg_measure_select().
 */
#ifndef TRACES_MEASURE_PART_H
#define TRACES_MEASURE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/read/schema.h"

struct wg_measure;

#define WG_PART_LOOPS 32

/* All zero: everything. */
struct wg_part {
	bool has_since, has_until;
	int64_t since_ns, until_ns; /* half-open */
	struct {
		uint32_t pid; /* 0: of any process */
		uint64_t loop;
	} loops[WG_PART_LOOPS];
	size_t loop_count; /* 0: all */
	uint32_t kinds;	   /* 1u << WG_KIND_..., 0: all */
	bool is_strict;	   /* a trace that is damaged behind the window is damaged, too */
};

/* A trace on its way to a measure. All zero but for the part. */
struct wg_parting {
	const struct wg_part *part; /* may be NULL */
	bool has_origin, has_begun, is_over;
	int64_t origin_ns;
};

/* A window, or loops or kinds chosen? */
bool wg_part_is_set(const struct wg_part *part);

/* Instead of wg_measure_feed() and wg_measure_finish(). The measure has been told the kinds. */
int wg_part_feed(struct wg_parting *f, struct wg_measure *measure, const struct wg_event *event);
void wg_part_finish(struct wg_parting *f, struct wg_measure *measure);

#endif
