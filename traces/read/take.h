/*
 * take.h: what becomes of an event between its decoder and the reader, whichever decoder it is.
 * Private to traces/read.
 */
#ifndef TRACES_READ_TAKE_H
#define TRACES_READ_TAKE_H

#include "traces/read/source.h"
#include "traces/read/twice.h"

/*
 * An event of ours: 1 it counts; 0 it was in another channel as well; -ENOMEM. doubles: NULL if
 * there is one channel only.
 */
int wg__take_event(struct wg__shared *shared, struct wg__doubles *doubles, const void *channel,
	const struct wg_event *event);

/* Discarded events from begin_ns to end_ns in the stream of that file; count 0: not known. */
void wg__take_lost_events(struct wg__shared *shared, const char *file, int64_t begin_ns,
	int64_t end_ns, uint64_t count, struct wg_event *ret_event);

/* So many packets that are not there. The events in them are not known. */
void wg__take_lost_packets(struct wg__shared *shared, const char *file, uint64_t count);

#endif
