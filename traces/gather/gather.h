/*
 * gather.h: what libwakegap-preload.so left, as records of threads.
 *
 *   G1. A notify pairs with the wait of another thread for the same object that contains it and did
 *       not time out. One sleeper, or a broadcast: exact. Several: the first to wake, likely.
 *   G2. What is written to a descriptor pairs with every wait that contains it and found that
 *       descriptor ready; only the first write in a wait does, the others are coalesced.
 *   G3. A notify for which nobody was asleep woke 0.
 *   G4. What an observer inside the program cannot see is WG_NOT_OBSERVABLE: what a thread did
 *       between two waits, unless it was seen to act; notifies of objects that other programs know.
 *   G5. A wait that did not end is the last record of its thread, without a wake.
 */
#ifndef TRACES_GATHER_GATHER_H
#define TRACES_GATHER_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_gather_stats {
	uint64_t records, waits, notifies;
	uint64_t lost;	    /* for which there was no room */
	uint64_t nobody;    /* notifies that woke nobody and were only counted */
	uint64_t programs;  /* that ran: each exec is one */
	uint64_t processes; /* that have records */
	bool have_lttng;    /* one of the programs was built with lttng-ust */
	bool have_fence;    /* a program confined itself (seccomp): not all was seen */
	bool have_uring;    /* with liburing, so its waits in io_uring were not seen */
};

/*
 * Read the folder and hand out the records, those of one thread in the order of time. The event and
 * its names live until on_event returns; what it returns if not 0 ends all. Blocks for the disk;
 * needs memory for all records. 0 or a negative errno with a line.
 */
int wg_gather(const char *dir, int (*on_event)(void *user, const struct wg_event *event),
	void *user, struct wg_gather_stats *ret_stats, struct wg_error *err);

#endif
