/*
 * trigger.h: does a trace hold a gap that is longer than it may be? What a flight recorder asks of
 * each look at its buffers, which overlap: each gap is found once.
 *
 * Gaps are those of measure.h, of loops, and of threads.h, of threads. A gap that has not ended is
 * none yet.
 */
#ifndef TRACES_MEASURE_TRIGGER_H
#define TRACES_MEASURE_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_gap_found {
	int64_t begin_ns, end_ns;
	uint32_t pid;
	uint32_t tid;  /* of a thread; 0: of a loop */
	uint64_t loop; /* its number */
	char name[32]; /* of its process, or thread */
};

struct wg_threads;

/* All zero but for min_ns: nothing found yet. */
struct wg_trigger {
	int64_t min_ns;
	int64_t until_ns;	     /* gaps that ended by then were found before */
	struct wg_gap_found longest; /* of the last look; of events, since has_found was false */
	bool has_found;		     /* there is one; to be set to false when it has been told */
	uint64_t gaps, looks;	     /* found so far; in so many looks */
	struct wg_threads *threads;  /* private */
};

/*
 * Look at the trace in dir: 1 there is a new gap of at least min_ns, the longest of which is in
 * longest, 0 there is none, or a negative errno with a line. Blocks for the disk.
 */
int wg_trigger_look(struct wg_trigger *trigger, const char *dir, struct wg_error *err);

/*
 * Or look at each event of a recorder of threads as it comes, those of a thread in the order of
 * time. 1: it ends such a gap; 0, or -ENOMEM. Takes a bounded part of memory, for as long as it
 * lasts; wg_trigger_end() frees it.
 */
int wg_trigger_feed(struct wg_trigger *trigger, const struct wg_event *event);
void wg_trigger_end(struct wg_trigger *trigger);

#endif
