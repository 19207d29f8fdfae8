/*
 * since.h: from when on a recording is complete whose oldest packets were written over: a flight
 * recorder, or a recording within a size. Private to traces/.
 *
 * Each stream has lost another part of its beginning. Where one has events and another has not,
 * a loop would seem to sleep beside a result that it took long ago.
 */
#ifndef TRACES_BASE_SINCE_H
#define TRACES_BASE_SINCE_H

#include <stddef.h>
#include <stdint.h>

struct wg__index;

struct wg__since_stream {
	uint64_t stream, instance;
	uint64_t first; /* number of its first packet that is there */
	uint64_t begin; /* of that, in ticks */
};

/* All zero: no stream yet. The streams of one recording, in any order. */
struct wg__since {
	struct wg__since_stream *v;
	size_t count, cap;
};

/* A file of one of its streams. 0 or -ENOMEM. */
int wg__since_add(struct wg__since *since, const struct wg__index *index);

/* The same, of which that packet is the first. */
int wg__since_put(struct wg__since *since, const struct wg__since_stream *first);

/* In ticks; 0: nothing was written over. *ret_packets (or NULL): so many were. */
uint64_t wg__since_begin(const struct wg__since *since, uint64_t *ret_packets);

void wg__since_fini(struct wg__since *since);

#endif
