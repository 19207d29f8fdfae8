/*
 * window.h: the last part of a trace that is still being written: a model that takes events as they
 * come, forgets the oldest, and can be looked at any time.
 *
 *     feed, feed, feed, show -> trace() -> draw;  feed, ...
 *
 *   N1 at most `events` events are kept, and none that is older than 9/8 of `span_ns`. The oldest
 *      are forgotten an eighth at a time, with the spans, operations, waits and holes that ended
 *      before them. So memory is bounded, and so is the cost of an event.
 *   N2 figures forget nothing: they are those of one measure since the first event.
 *   N3 what has not ended yet (a wait, an operation at work) is shown as open, up to now.
 *   N4 a wait or work that has not ended is shown from its beginning. An operation is forgotten
 *      with its last event so far, and comes back whole with the next one.
 *
 * Thread: one at a time. Nothing blocks.
 */
#ifndef TRACES_MODEL_WINDOW_H
#define TRACES_MODEL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"

struct wg_window;

struct wg_window_limits {
	int64_t span_ns;
	size_t events;
};

/* path names it in the trace. 0 or -ENOMEM. */
int wg_window_create(
	const char *path, struct wg_window_limits limits, struct wg_window **ret_window);
void wg_window_destroy(struct wg_window *window); /* NULL is fine */

/*
 * Take events, which come in time order; the strings they point to must outlive the window. What
 * trace() showed is void until the next show. 0 or -ENOMEM.
 */
int wg_window_feed(struct wg_window *window, const struct wg_event *events, size_t count);

/* Nothing happened until now_ns. */
void wg_window_advance(struct wg_window *window, int64_t now_ns);

/* While held, twice as much is kept: somebody is looking at it. */
void wg_window_hold(struct wg_window *window, bool held);

/* No more events come: what is open stays so, and a loop may be stuck. */
void wg_window_end(struct wg_window *window);

/* Bring the trace up to date. 0 or -ENOMEM. */
int wg_window_show(struct wg_window *window);

/*
 * The trace as last shown, borrowed. Its arrays move with the next feed; so does what was found in
 * them. It has no events, lanes or anything before the first show.
 */
const struct wg_trace *wg_window_trace(const struct wg_window *window);

/* How many events were forgotten. */
uint64_t wg_window_forgotten(const struct wg_window *window);

#endif
