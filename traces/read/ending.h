/*
 * ending.h: up to when a trace is whole. Private to traces/.
 *
 * LTTng writes a packet of a stream when it is full. So of a session that records, one stream is on
 * the disk up to now, another one up to a minute ago, and a third one not at all: a copy has
 * notifies without their wakes. `lttng stop` first ends the events, then writes the last packet of
 * each stream. So in a trace that is whole, no event is later than the end of any stream.
 *
 * Chunks of a rotation are one trace: its streams go on from one chunk to the next.
 */
#ifndef TRACES_READ_ENDING_H
#define TRACES_READ_ENDING_H

#include <stddef.h>
#include <stdint.h>

#include "traces/read/packets.h"

struct wg__ending {
	uint8_t uuid[16]; /* of the trace */
	uint64_t stream, instance;
	uint64_t end; /* of its last packet, in ticks; 0: none was written yet */
	char *name;   /* of its file */
};

/* All zero: no stream yet. The streams of all traces, in any order. */
struct wg__endings {
	struct wg__ending *v;
	size_t count, cap;
};

/* A file of a stream; name is that for a person. Those that are damaged are said otherwise, and do
 * not count. 0 or -ENOMEM. */
int wg__endings_add(struct wg__endings *endings, const struct wg__metadata *metadata,
	const struct wg__health *health, const char *prefix, const char *name);

/* The stream of the trace with that uuid that ends first; NULL: none is known. */
const struct wg__ending *wg__endings_first(
	const struct wg__endings *endings, const uint8_t uuid[16]);

void wg__endings_fini(struct wg__endings *endings);

#endif
