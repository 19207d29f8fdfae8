/*
 * measure.h: what the tool counts, defined once; stats, check, viewer and labs all use this.
 *
 * Fed with the events of one trace in time order, it keeps per loop:
 *   M1 wait interval   from `wait` to the same loop's next `wake`; asleep_ns is their sum.
 *   M2 ready           a result is ready from its `done` to its `deliver`.
 *   M3 gap             one for each wait interval in which some result is ready before the `wake`:
 *                      wake - max(wait, earliest such done). wasted_ns is the sum of the gaps.
 *   M4 empty wake      a wake after which nothing was there: until the loop's next `wait` it polled
 *                      nothing and delivered nothing. Spurious and interrupted wakes are counted
 *                      apart and are never empty wakes.
 *   M5 late wake       reason timeout with a result ready.
 *   M6 stuck           at its end, or that of the trace, the loop is asleep with a result ready,
 *                      and no timeout is to come: it asked for none, or it had passed at the last
 *                      event. Else the clock ends that wait, and it is only the last one of a
 *                      recording that was cut, or of a program that was: ready_at_end, and no more.
 *                      Its end is seen only if its process began anew (loops.h). Not after a hole
 *                      in that sleep: the wake may be in it.
 *   M7 empty poll      `poll` with found 0.
 *   M8 stages          where the time of an operation went. queued: submit -> start; service:
 *                      start -> done; asleep: done -> the loop's first wake after it, 0 if the
 *                      result was delivered before any wake, since the loop was awake; delivery:
 *                      that wake (or that done) -> deliver; whole: submit -> deliver. A stage of
 *                      which an end was not seen has no sample, nor have asleep and delivery if
 *                      `deliver` was written before `done`.
 * Percentiles are nearest rank: the ceil(p*n)-th smallest.
 *
 * What is counted is counted, whole, at the event that completes it: a gap and asleep_ns at the
 * wake, a stage at its end, an empty wake at the event that settles it. So the figures of two
 * windows of time that share a border add up to those of both; see wg_measure_restart().
 *
 * Thread: one at a time. Nothing blocks.
 */
#ifndef TRACES_MEASURE_MEASURE_H
#define TRACES_MEASURE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/measure/life.h"
#include "traces/measure/sees.h"

struct wg__hist;

/* A distribution of nanoseconds; sorted and summed up by wg_measure_finish(). */
struct wg_dist {
	int64_t *v; /* sorted once finished; owned by the measure */
	size_t count, cap;
	struct wg__hist *hist; /* instead of v, in a measure without end; owned likewise */
	int64_t sum, min, p50, p90, p99, p999, max; /* all 0 when count is 0 */
	bool keeps_none; /* wg_dist_add() does nothing: see wg_measure_keep_no_samples() */
};

/* One thing that was counted, so that a figure can be looked up in the trace. */
struct wg_sight {
	bool seen;     /* all else is 0 if not */
	int64_t at_ns; /* the event that completed it */
	int64_t for_ns;
	uint64_t op; /* 0: none */
	enum wg_kind kind;
};

enum wg_stage {
	WG_STAGE_QUEUED,
	WG_STAGE_SERVICE,
	WG_STAGE_ASLEEP,
	WG_STAGE_DELIVERY,
	WG_STAGE_WHOLE,
	WG_STAGE_COUNT
};

struct wg_loop_stats {
	uint32_t pid;
	uint32_t who;  /* number of its process in this trace: a pid may be used again */
	uint32_t life; /* its process is the 1st, 2nd, ... of its pid */
	uint64_t loop;
	const char *process; /* owned by the measure, as is wait */
	const char *wait;    /* strategy name; "?" if the `loop` event was not seen */
	int64_t tick_ns;
	int64_t asked_min_ns, asked_max_ns; /* the timeouts of its waits, but for 0; 0: none */
	uint64_t submitted, started, done, delivered;
	uint64_t notifies_sent, notifies_coalesced;
	uint64_t waits;
	uint64_t unclosed_waits; /* of them, followed by another wait and no wake: one event is
				    missing */
	int64_t asleep_ns;
	uint64_t wakes[WG_REASON_COUNT];
	uint64_t empty_wakes, late_wakes;
	uint64_t stuck;		/* 1 if M6 holds, else 0 */
	uint64_t stuck_results; /* results ready while stuck */
	int64_t stuck_ns;      /* from the earliest of them (or the wait) to the end of the trace */
	uint64_t ready_at_end; /* results ready while it is asleep and not stuck: see M6 */
	uint64_t polls, empty_polls;
	uint32_t saw; /* 1u << WG_EV_... of all its events, counted or not, in the window or not */
	uint64_t served; /* of done: those of kinds that only a worker can do */
	uint64_t taken;	 /* results that were ready at a wake and, at a later wait, not any more,
			    without a deliver: see wg_stats_missing() */
	uint64_t notified_ops; /* notifies of an operation */
	uint64_t said_ready; /* waits and wakes at which the program says that a result is ready */
	int64_t wasted_ns;
	int64_t working_ns;				/* sum of service times: start -> done */
	struct wg_dist gap;				/* M3 */
	struct wg_dist service;				/* start -> done, one an operation */
	struct wg_dist queued, asleep, delivery, whole; /* the other stages of M8 */
	/* CPU time of the thread that waits, between its first wait or wake and its last. */
	int64_t cpu_ns;
	uint64_t cpu_samples; /* differences that it is the sum of; 0: not recorded */
	int64_t first_ns, last_ns;
	bool is_sum;	  /* of several loops, by wg_stats_sum_add() */
	uint32_t missing; /* is_sum: what some of them do not emit, and which figures */
	uint32_t unseen;  /* 1u << WG_SEES_... none of them shows for that */
	/* The first of those counted, or the longest; wg_sight.for_ns as the comment says. */
	struct wg_sight first_empty_wake;		  /* asleep before it */
	struct wg_sight first_late_wake;		  /* its first result was ready */
	struct wg_sight first_spurious, first_empty_poll; /* nothing */
	struct wg_sight stuck_at;			  /* stuck; at_ns: since when */
	struct wg_sight longest_gap, longest[WG_STAGE_COUNT];
};

/* One wait interval, as handed to the hook when it closes (or at the end, still open). */
struct wg_interval {
	size_t loop_idx;	  /* index into wg_measure_loop() */
	int64_t wait_ns, wake_ns; /* wake_ns is the end of the trace where open is set */
	int64_t timeout_ns;
	enum wg_reason reason;
	int64_t gap_begin_ns; /* max(wait, earliest ready done); -1 if no result was ready */
	uint64_t gap_op;      /* the operation that was ready first; 0 if none */
	enum wg_kind gap_kind;
	bool late, open;
	bool stuck; /* M6; only if open */
};

struct wg_measure;
typedef void (*wg_interval_fn)(void *user, const struct wg_interval *interval);
/* Called when it is settled that the wake at wake_ns was empty. */
typedef void (*wg_empty_wake_fn)(void *user, size_t loop_idx, int64_t wake_ns);
/* Called at the first wake of a loop since this result is ready; what of the operation matters for
 * figures is in op, but not its argument, its result or its notify. Its number is that of
 * flight.h. */
typedef void (*wg_woken_fn)(void *user, const struct wg_op_life *op, uint32_t number);
/* Called for each kind whose results were ready before a wake, after the interval: what is its gap
 * in wg_measure_kind(). Only if kinds are counted. */
typedef void (*wg_kind_gap_fn)(void *user, enum wg_kind kind, int64_t begin_ns, int64_t wake_ns);
/* Called for each sample of M8, while the event that ends it is fed: it is of that operation. */
typedef void (*wg_stage_fn)(void *user, enum wg_stage stage, int64_t for_ns);

struct wg_measure_hooks {
	wg_interval_fn interval;     /* may be NULL */
	wg_empty_wake_fn empty_wake; /* may be NULL */
	void *user;
	wg_woken_fn woken;	 /* may be NULL */
	wg_kind_gap_fn kind_gap; /* may be NULL */
	wg_stage_fn stage;	 /* may be NULL */
};

/* hooks may be NULL and is copied. 0 or -ENOMEM. */
int wg_measure_create(const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure);

/*
 * The same for events without end, as from a running program: memory stays bounded. Gaps and stages
 * are counted in cells (hist.h), so percentiles are up to 0.1 % too low. If more than 65536
 * operations are in flight, those older than a minute or than the last hole are forgotten: their
 * end will hardly be seen any more. No windows: it is never restarted.
 */
int wg_measure_create_endless(
	const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure);

/*
 * Keep no single gap or service time: their distributions stay empty, and memory does not grow with
 * the trace. For callers that want the intervals only. Before wg_measure_by_kind() and the first
 * event.
 */
void wg_measure_keep_no_samples(struct wg_measure *measure);

/* Take one event; events come in time order. Copies what it keeps. 0 or -ENOMEM. */
int wg_measure_feed(struct wg_measure *measure, const struct wg_event *event);

/* Count operations of these kinds only (1u << WG_KIND_...), with the gaps, late wakes and stuck
 * loops that their results make; what a loop does by itself (waits, wakes, empty wakes, polls) and
 * notifies have no kind and are counted all the same. Before the first event. */
void wg_measure_select(struct wg_measure *measure, uint32_t kinds);

/* Count the operations of each kind by themselves, too. Before the first event. 0 or -ENOMEM. */
int wg_measure_by_kind(struct wg_measure *measure);

/*
 * Operations of this kind, all loops added up, without what a loop does by itself and without
 * sights; NULL: there was none, or kinds are not counted. Borrowed; final after finish.
 */
const struct wg_loop_stats *wg_measure_kind(const struct wg_measure *measure, enum wg_kind kind);

/* There is an event at ts_ns that is not counted: the trace lasts at least until then. */
void wg_measure_pass(struct wg_measure *measure, int64_t ts_ns);

/* A window begins at at_ns: forget what was counted, but not the state (what is in flight or ready,
 * which loop is asleep). Discarded events stay counted, since the state depends on them. */
void wg_measure_restart(struct wg_measure *measure, int64_t at_ns);

/* The window ends at end_ns, before the trace does: no loop is called stuck, and the end settles no
 * wake. After the last event, before finish. */
void wg_measure_cut(struct wg_measure *measure, int64_t end_ns);

/*
 * Nothing was left out until end_ns, when recording ended (wg_reader_end_ns(): INT64_MIN is fine).
 * A loop that hangs is silent, so the trace of one that is stuck at the last event ends there. Any
 * other ends at its last event: who stops the recording is not part of it. Before finish.
 */
void wg_measure_recorded(struct wg_measure *measure, int64_t end_ns);

/* Close what is open at the end of the trace and sort the distributions. Once. */
void wg_measure_finish(struct wg_measure *measure);

/* Loops in order of appearance; NULL past the last. Borrowed. Figures are final after finish. */
const struct wg_loop_stats *wg_measure_loop(const struct wg_measure *measure, size_t i);

/*
 * How long loop i lived, or its part of the window: from its first event to its last, and to the
 * end if it is asleep there. What a loop wasted is a share of this: a trace may be far longer. 0
 * past the last loop. Before finish: so far.
 */
int64_t wg_measure_life_ns(const struct wg_measure *measure, size_t i);

/* The interval that loop i is in now, as it would be if it ended at the end so far; false: none. */
bool wg_measure_open_wait(const struct wg_measure *measure, size_t i, struct wg_interval *ret);

/* Nothing has happened until now_ns: the end so far, if it is later than the last event. */
void wg_measure_advance(struct wg_measure *measure, int64_t now_ns);

/*
 * A line on the i-th loop whose events are mixed with those of another, because nothing tells the
 * two processes apart: their figures mean nothing. False past the last. After the last event.
 */
bool wg_measure_mixed(const struct wg_measure *measure, size_t i, char *line, size_t len);

/* Totals of the trace. discarded counts a hole of unknown size as 1. */
uint64_t wg_measure_events(const struct wg_measure *measure); /* without WG_EV_LOST */
uint64_t wg_measure_discarded(const struct wg_measure *measure);
int64_t wg_measure_origin_ns(const struct wg_measure *measure); /* the first event of the trace */
int64_t wg_measure_begin_ns(const struct wg_measure *measure);	/* the same, or of the window */
int64_t wg_measure_end_ns(const struct wg_measure *measure);

void wg_measure_destroy(struct wg_measure *measure); /* NULL is fine */

/* Sort d and fill its summary. The caller owns d; wg_dist_fini() frees. Shared with histograms. */
void wg_dist_finish(struct wg_dist *d);
int wg_dist_add(struct wg_dist *d, int64_t ns); /* 0 or -ENOMEM */
/* In cells from then on, if from is. 0 or -ENOMEM. */
int wg_dist_add_all(struct wg_dist *d, const struct wg_dist *from);
/* Count in cells from now on (hist.h), for samples without end; d is empty. 0 or -ENOMEM. */
int wg_dist_bound(struct wg_dist *d);
void wg_dist_fini(struct wg_dist *d);

/* Call fn for every sample with count 1, or for every cell with its lower border. */
typedef void (*wg_sample_fn)(void *user, int64_t ns, uint64_t count);
void wg_dist_each(const struct wg_dist *d, wg_sample_fn fn, void *user);

/* The rule of all percentiles: which of count samples, the smallest being the 1st, is that of
 * part / whole, which is at most 1: the ceil(part / whole * count)-th. whole is at most 10^9. */
size_t wg_rank(size_t count, uint64_t part, uint64_t whole);

/* How many samples of a finished distribution are below ns: what a histogram is made of. */
size_t wg_dist_below(const struct wg_dist *d, int64_t ns);

/* "queued", "service", "asleep", "delivery", "whole"; static. */
const char *wg_stage_name(enum wg_stage stage);
const struct wg_dist *wg_stage_dist(const struct wg_loop_stats *stats, enum wg_stage stage);

/* The figure that the i-th of them is, or the stage of that number. */
enum wg_sees wg_dist_sees(size_t i);

/* All distributions of a loop: those of the stages, then the gaps; NULL past the last. */
struct wg_dist *wg_stats_dist(struct wg_loop_stats *stats, size_t i);

/* Waits with timeouts from min_ns to max_ns were seen; those up to 0 are none. */
void wg_stats_ask(struct wg_loop_stats *stats, int64_t min_ns, int64_t max_ns);

/*
 * Add the counts and the distributions of a loop to a sum, which begins as all zero; name and wait
 * are those of the first, wait "mixed" if they differ. Sights are kept: the first, the longest.
 * Finish with wg_stats_sum_finish(); free with wg_stats_sum_fini(). 0 or -ENOMEM.
 */
int wg_stats_sum_add(struct wg_loop_stats *sum, const struct wg_loop_stats *loop);
void wg_stats_sum_finish(struct wg_loop_stats *sum);
void wg_stats_sum_fini(struct wg_loop_stats *sum);

#endif
