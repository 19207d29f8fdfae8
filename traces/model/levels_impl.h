/*
 * levels_impl.h: what levels.c makes and levels_keep.c keeps. Private to these two.
 */
#ifndef TRACES_MODEL_LEVELS_IMPL_H
#define TRACES_MODEL_LEVELS_IMPL_H

#include "traces/base/packed.h"
#include "traces/model/levels.h"

#define STEP	16   /* spans from one sum to the next */
#define TOP	256  /* sums from one entry of `top` to the next: the times of a page */
#define LONGEST 1024 /* gaps that are listed by length */

struct wg__lane_levels {
	const struct wg__packed *spans;
	size_t count;	/* of sums: one at every STEP-th span, one at the end */
	int64_t *begin; /* of these spans; the last one is INT64_MAX */
	/* begin of every TOP-th sum. Of a long trace `begin` is in no cache; this is, so that a
	 * search fetches one page. */
	int64_t *top;
	size_t top_count;
	int64_t *ns[WG_SPAN_STATE_COUNT]; /* time before it in that state; NULL: there is none */
	struct wg__packed empty;	  /* times of empty wakes, in order */
};

struct gap {
	int64_t begin_ns;
	uint64_t wait;
};

struct wg__levels {
	struct wg__lane_levels *lanes;
	size_t lane_count;
	struct wg__packed gaps; /* struct gap, by when they begin */
	struct long_gap {
		int64_t ns;
		size_t wait;
	} longest[LONGEST]; /* a heap, the shortest first; at the end from long to short */
	size_t longest_count;
};

/* Of `empty`, and of `gaps`. */
extern const struct wg__packed_type wg__levels_empty, wg__levels_gap;

/* Empty ones, with room for the lanes of the trace; NULL without memory. */
struct wg__levels *wg__levels_make(const struct wg_trace *trace);

/* Make `top`. 0 or -ENOMEM. */
int wg__levels_top(struct wg__lane_levels *lane);

#endif
