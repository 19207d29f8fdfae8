/*
 * measure_impl.h: what a measure keeps while it is fed; shared by measure.c, measure_end.c,
 * endless.c, stages.c and kinds.c, and private to them.
 */
#ifndef TRACES_MEASURE_MEASURE_IMPL_H
#define TRACES_MEASURE_MEASURE_IMPL_H

#include "traces/measure/flight.h"
#include "traces/measure/measure.h"
#include "traces/base/names.h"

struct wg__loop {
	struct wg_loop_stats stats; /* what was counted; all else is state */
	bool name_is_final;	    /* the name is that of the main thread */
	bool is_waiting;
	struct wg_interval now;	   /* the open interval, if is_waiting */
	bool may_be_empty;	   /* since the last wake nothing was found */
	bool polled_nothing;	   /* a poll found 0 since then */
	bool has_found;		   /* a poll ever found something */
	bool has_delivered;	   /* a deliver was ever seen */
	uint32_t contradictions;   /* see take_unseen() */
	int64_t woke_ns, slept_ns; /* the last wake, and how long the wait before it was */
	int64_t *kind_gap_ns;	   /* by kind, see kinds.c; NULL: none yet */
	bool is_mixed;		   /* events of two loops that cannot be told apart (mixed.c) */
	bool is_another;	   /* its pid and id were used before */
	uint32_t cpu_tid;	   /* whose CPU time cpu_last_ns is; 0: none yet */
	int64_t cpu_last_ns;
};

struct wg_measure {
	struct wg_measure_hooks hooks;
	struct wg__names *names;
	struct wg__loop *loops;
	size_t loop_count, loop_cap;
	struct wg__flight ops;
	struct wg_loop_stats *kinds; /* WG_KIND_COUNT, or NULL */
	struct wg__step step;	     /* what the last event did */
	uint64_t events, discarded;
	bool has_origin, is_cut, keeps_no_samples;
	int64_t origin_ns, begin_ns, end_ns;
	int64_t last_ns;     /* the last event */
	bool never_ends;     /* a schedule in which no clock helps those who sleep at its end */
	int64_t recorded_ns; /* recording ended then; INT64_MIN: not known */
	bool is_endless;
	size_t sweep_at; /* endless: with so many in flight, look for those to forget */
};

/* When the loop ended, if its process began anew; else the end so far. */
int64_t wg__end_of(const struct wg_measure *m, size_t loop_idx);

/* Does M6 hold, if the loop's end, or that of the trace, is at end_ns? */
bool wg__is_stuck(const struct wg_measure *m, size_t loop_idx, int64_t end_ns);

/* Look for signs that another process has the pid and the loop of this one. */
void wg__mixed_look(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev);

/* Note something that was counted: the first of its sort, or the longest. */
void wg__sight_first(
	struct wg_sight *sight, int64_t at_ns, int64_t for_ns, const struct wg__op *op);
void wg__sight_longest(
	struct wg_sight *sight, int64_t at_ns, int64_t for_ns, const struct wg__op *op);

/* A wake is settled as one after which nothing was there. */
void wg__count_empty(struct wg_measure *m, size_t loop_idx);

/* Endless: if there are many, forget operations whose end is not likely to be seen any more. */
void wg__measure_sweep(struct wg_measure *m, int64_t now_ns);

/* One sample of a stage of M8, ended at at_ns, for the loop and for its kind. 0 or -ENOMEM. */
int wg__stage_add(struct wg_measure *m, struct wg_loop_stats *stats, enum wg_stage stage,
	int64_t at_ns, int64_t for_ns, const struct wg__op *op);

/* The stages that end with a deliver, at at_ns, of the loop that the result was published to. */
int wg__stages_deliver(struct wg_measure *m, const struct wg__op *op, int64_t at_ns);

/* kinds.c: what these events mean for the kinds, if they are counted. 0 or -ENOMEM. */
struct wg_loop_stats *wg__kind_stats(
	const struct wg_measure *m, const struct wg__op *op); /* or NULL */
int wg__kinds_wait(struct wg_measure *m, size_t loop_idx, int64_t at_ns);
int wg__kinds_done(struct wg_measure *m, struct wg__loop *loop, const struct wg__op *op);
void wg__kinds_late(struct wg_measure *m, size_t loop_idx);
int wg__kinds_wake(struct wg_measure *m, const struct wg__loop *loop);
void wg__kinds_stuck(struct wg_measure *m, size_t loop_idx);
void wg__kinds_restart(struct wg_measure *m);
void wg__kinds_finish(struct wg_measure *m);

#endif
