/*
 * seek.h: where the next interesting thing is. Pure look-ups in a trace; times are absolute.
 */
#ifndef VIZ_APP_SEEK_H
#define VIZ_APP_SEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/model/model.h"

/* When the first event after t (forward) or the last before it is; WG_NO_TIME if there is none.
 * O(log n). */
int64_t wg_seek_event(const struct wg_trace *trace, int64_t t, bool forward);

/* What is found is put together in room. */

/* The wasted interval whose gap begins next after t, or last before it; NULL if none.
 * O(log n) if gaps are listed (levels.h), else O(waits). */
const struct wg_wait_rec *wg_seek_wasted(
	const struct wg_trace *trace, int64_t t, bool forward, struct wg_wait_rec *room);
/* The longest but `rank`; NULL if there are not so many. O(1) for the first 1024 of
 * a trace that does not grow, else O(waits * rank). */
const struct wg_wait_rec *wg_seek_longest(
	const struct wg_trace *trace, size_t rank, struct wg_wait_rec *room);

/* How many wasted intervals there are, and the place of rec among them by time, from 1. */
size_t wg_seek_place(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, size_t *ret_count);

/* The wasted interval that touches [t, t + step), or NULL; the first if there are several. */
const struct wg_wait_rec *wg_seek_wasted_at(const struct wg_trace *trace,
	const struct wg_lane *lane, int64_t t, int64_t step_ns, struct wg_wait_rec *room);

/* The span of lane that is drawn for [t, t + step): the most important one. NULL if none. */
const struct wg_span *wg_seek_span(
	const struct wg_lane *lane, int64_t t, int64_t step_ns, struct wg_span *room);

/* The operation a person means by pointing at lane in [t, t + step): 1 + its index; 0 if none. */
size_t wg_seek_op(
	const struct wg_trace *trace, const struct wg_lane *lane, int64_t t, int64_t step_ns);

#endif
