/*
 * measure_impl.h: the state of a measure. Private to measure.c (events) and measure_end.c (the end
 * of a trace, and what can be asked).
 */
#ifndef TRACES_MEASURE_IMPL_H
#define TRACES_MEASURE_IMPL_H

#include "traces/flight.h"
#include "traces/map.h"
#include "traces/measure.h"
#include "traces/names.h"

struct wg__loop {
	struct wg_loop_stats stats;
	bool name_is_final; /* the name is that of the main thread */
	struct wg__ready ready;
	bool is_waiting;
	struct wg_interval now; /* the open interval, if is_waiting */
	bool may_be_empty;	/* since the last wake nothing was found */
	bool polled_nothing;	/* a poll found 0 since then */
	int64_t woke_ns;
};

struct wg_measure {
	struct wg_measure_hooks hooks;
	struct wg__names *names;
	struct wg__loop *loops;
	size_t loop_count, loop_cap;
	struct wg__map loop_map;
	struct wg__flight ops;
	uint64_t events, discarded;
	int64_t begin_ns, end_ns;
	int64_t hole_end_ns; /* the last hole seen ends here; WG__NEVER: none */
	bool is_endless;
	size_t sweep_at; /* endless: with so many in flight, look for those to forget */
};

/* It is settled that the last wake of this loop was empty. */
void wg__measure_count_empty(struct wg_measure *measure, size_t loop_idx);

#endif
