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
 *   M6 stuck           at the end of the trace the loop is asleep with a result ready.
 *   M7 empty poll      `poll` with found 0.
 * Percentiles are nearest rank: the ceil(p*n)-th smallest.
 *
 * Thread: one at a time. Nothing blocks.
 */
#ifndef TRACES_MEASURE_H
#define TRACES_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/schema.h"

struct wg__hist;

/* A distribution of nanoseconds; sorted and summed up by wg_measure_finish(). */
struct wg_dist {
	int64_t *v; /* sorted once finished; owned by the measure */
	size_t count, cap;
	struct wg__hist *hist; /* instead of v, in a measure without end; owned likewise */
	int64_t sum, min, p50, p90, p99, p999, max; /* all 0 when count is 0 */
};

struct wg_loop_stats {
	uint32_t pid, loop;
	const char *process; /* owned by the measure, as is wait */
	const char *wait;    /* strategy name; "?" if the `loop` event was not seen */
	int64_t tick_ns;
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
	int64_t stuck_ns; /* from the earliest of them (or the wait) to the end of the trace */
	uint64_t polls, empty_polls;
	int64_t wasted_ns;
	int64_t working_ns;	/* sum of service times: start -> done */
	struct wg_dist gap;	/* M3 */
	struct wg_dist service; /* start -> done, one an operation */
	int64_t first_ns, last_ns;
};

/* One wait interval, as handed to the hook when it closes (or at the end, still open). */
struct wg_interval {
	size_t loop_idx;	  /* index into wg_measure_loop() */
	int64_t wait_ns, wake_ns; /* wake_ns is the end of the trace where open is set */
	int64_t timeout_ns;
	enum wg_reason reason;
	int64_t gap_begin_ns; /* max(wait, earliest ready done); -1 if no result was ready */
	uint64_t gap_op;      /* the operation that was ready first; 0 if none */
	bool late, open;
};

struct wg_measure;
typedef void (*wg_interval_fn)(void *user, const struct wg_interval *interval);
/* Called when it is settled that the wake at wake_ns was empty. */
typedef void (*wg_empty_wake_fn)(void *user, size_t loop_idx, int64_t wake_ns);

struct wg_measure_hooks {
	wg_interval_fn interval;     /* may be NULL */
	wg_empty_wake_fn empty_wake; /* may be NULL */
	void *user;
};

/* hooks may be NULL and is copied. 0 or -ENOMEM. */
int wg_measure_create(const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure);

/*
 * The same for events that come for ever, as from a running program: memory stays bounded. Gaps and
 * service times are counted in cells (hist.h), so percentiles are too low by up to 0.1 %; and of
 * more than 65536 operations in flight those are forgotten that are older than a minute or than the
 * last hole, whose end is not likely to be seen any more.
 */
int wg_measure_create_endless(
	const struct wg_measure_hooks *hooks, struct wg_measure **ret_measure);

/* Take one event; events come in time order. Copies what it keeps. 0 or -ENOMEM. */
int wg_measure_feed(struct wg_measure *measure, const struct wg_event *event);

/* Close what is open at the end of the trace and sort the distributions. Once. */
void wg_measure_finish(struct wg_measure *measure);

/* Loops in order of appearance; NULL past the last. Borrowed. Figures are final after finish. */
const struct wg_loop_stats *wg_measure_loop(const struct wg_measure *measure, size_t i);

/* The interval that loop i is in now, as it would be if it ended at the end so far; false: none. */
bool wg_measure_open_wait(const struct wg_measure *measure, size_t i, struct wg_interval *ret);

/* Operations handed in and not yet delivered, as far as is known. */
size_t wg_measure_in_flight(const struct wg_measure *measure);

/* Nothing has happened until now_ns: the end so far, if it is later than the last event. */
void wg_measure_advance(struct wg_measure *measure, int64_t now_ns);

/* Totals of the trace. discarded counts a hole of unknown size as 1. */
uint64_t wg_measure_events(const struct wg_measure *measure); /* without WG_EV_LOST */
uint64_t wg_measure_discarded(const struct wg_measure *measure);
int64_t wg_measure_begin_ns(const struct wg_measure *measure);
int64_t wg_measure_end_ns(const struct wg_measure *measure);

void wg_measure_destroy(struct wg_measure *measure); /* NULL is fine */

/* Sort d and fill its summary. The caller owns d->v. Shared with the histograms. */
void wg_dist_finish(struct wg_dist *d);
int wg_dist_add(struct wg_dist *d, int64_t ns);			   /* 0 or -ENOMEM */
int wg_dist_merge(struct wg_dist *d, const struct wg_dist *other); /* add all; likewise */
/* Count in cells from now on (hist.h), for samples without end; d is empty. 0 or -ENOMEM. */
int wg_dist_bound(struct wg_dist *d);
void wg_dist_fini(struct wg_dist *d);

#endif
