/*
 * stream.h: what libwakegap-preload.so writes down becomes events while it goes on: G1 to G5 of
 * gather.h.
 *
 *   G6 Pairs are found among what is known when a notify is passed on. A thread that wakes up later
 *      than that still has its waker; but the notify says that nobody knows how many it woke.
 *
 * Private to traces/. One thread.
 */
#ifndef TRACES_GATHER_STREAM_H
#define TRACES_GATHER_STREAM_H

#include <stdint.h>

#include "traces/gather/gather.h"
#include "traces/gather/room.h"

struct wg__stream;

/* Each event, with its names, is the sink's until it returns: 0, or a negative errno that ends all.
 */
typedef int wg__stream_sink(void *user, const struct wg_event *event);

/* Of that room, which stays. NULL: no memory. */
struct wg__stream *wg__stream_create(
	const struct wg__room *room, wg__stream_sink *sink, void *user, int64_t now_ns);
void wg__stream_destroy(struct wg__stream *stream); /* NULL is fine */

/*
 * Read what has come, and hand out what happened until settled_ns, in no order but that of each
 * thread; INT64_MAX: everything, for it is the last look. Times of CLOCK_MONOTONIC; settled_ns is
 * earlier than now_ns by as much as a thread may take to write a record down. 0 or a negative
 * errno.
 */
int wg__stream_look(struct wg__stream *stream, int64_t now_ns, int64_t settled_ns);

/*
 * Or, of files that nobody writes to any more: read until now_ns and so on, with any times. When
 * the first record that was left was written; INT64_MAX: none is left.
 */
void wg__stream_set_over(struct wg__stream *stream);
int64_t wg__stream_next_ns(const struct wg__stream *stream);

/* So far. */
void wg__stream_stats(const struct wg__stream *stream, struct wg_gather_stats *ret);

#endif
