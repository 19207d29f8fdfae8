/*
 * recent.h: of what libwakegap-preload.so writes down only the last seconds are kept: a flight
 * recorder.
 *
 * What it wrote is read some times a second, becomes events, and goes into a trace in memory whose
 * oldest records go (write/memory.h). So the arenas are empty almost always, the program pays what
 * it pays for any recording, and a gap is seen soon after its end. Private to traces/.
 */
#ifndef TRACES_GATHER_RECENT_H
#define TRACES_GATHER_RECENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/gather/gather.h"
#include "traces/gather/in_order.h"
#include "traces/gather/room.h"
#include "traces/record/flight.h"
#include "traces/write/memory.h"

#define WG__RECENT_LEFT (INT64_C(64) << 20) /* bytes of arenas that are not read yet */

struct wg__recent {
	struct wg__memory memory;
	struct wg__stream *stream;
	struct wg__flight flight;
	struct wg__flight_from from;
	pid_t only; /* 0: all */
	struct wg__in_order event;
	uint64_t added;	 /* events so far */
	int64_t look_ms; /* the next look */
	bool is_over;	 /* the last look has been */
	int rc;		 /* it cannot be recorded on: an error */
};

/* All zero at first; the arenas are in that room, the snapshots go to that folder. 0 or a negative
 * errno with a line; in any case close it. */
int wg__recent_open(struct wg__recent *recent, const struct wg_flight *options,
	const struct wg__room *room, struct wg__folder *folder, struct wg_error *err);

/* Read, answer who asks, keep what is to be kept. In how many ms it wants to be called again. */
int64_t wg__recent_step(struct wg__recent *recent);

/* The last look, and the end is kept. 0 or a negative errno with a line. */
int wg__recent_end(
	struct wg__recent *recent, struct wg_gather_stats *ret_stats, struct wg_error *err);

void wg__recent_close(struct wg__recent *recent);

#endif
