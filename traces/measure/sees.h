/*
 * sees.h: which figure needs which events, in one table.
 *
 * A program may emit only some of the events. A figure that needs one of the others is not 0: it is
 * not observable, and is left out wherever figures are shown. That an event is not emitted shows in
 * others that it belongs to: a wake before which there was no wait, a result that was delivered and
 * never done.
 */
#ifndef TRACES_MEASURE_SEES_H
#define TRACES_MEASURE_SEES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg_loop_stats;

enum wg_sees {
	WG_SEES_SUBMITTED,
	WG_SEES_DONE,
	WG_SEES_DELIVERED,
	WG_SEES_WORKED, /* the time of workers, M8 service */
	WG_SEES_WAITS,
	WG_SEES_ASLEEP, /* the time from waits to wakes */
	WG_SEES_WAKES,
	WG_SEES_EMPTY_WAKES,
	WG_SEES_LATE_WAKES,
	WG_SEES_STUCK,
	WG_SEES_POLLS,
	WG_SEES_NOTIFIES,
	WG_SEES_GAPS, /* and wasted */
	WG_SEES_QUEUED,
	WG_SEES_READY_ASLEEP, /* M8 asleep */
	WG_SEES_DELIVERY,
	WG_SEES_WHOLE,
	WG_SEES_COUNT
};

/* The events, 1u << WG_EV_..., that this loop does not emit although it does what they tell of. */
uint32_t wg_stats_missing(const struct wg_loop_stats *stats);

/* Is the figure observable? Of a sum: for any of its loops. */
bool wg_stats_sees(const struct wg_loop_stats *stats, enum wg_sees figure);

/* 1u << figure for each that is not observable. */
uint32_t wg_stats_all_unseen(const struct wg_loop_stats *stats);

/* As a person says it: "late wakes", always more than one; static. */
const char *wg_sees_name(enum wg_sees figure);

/* "not observable: no deliver events"; NULL if it is observable. Else returns buf. */
char *wg_stats_unseen(
	char *buf, size_t len, const struct wg_loop_stats *stats, enum wg_sees figure);

/* Of several loops: `missing` is what some do not emit, `unseen` has 1u << figure where none shows
 * the figure. NULL if it is observable; else the words, in buf. */
char *wg_sees_words(char *buf, size_t len, uint32_t missing, uint32_t unseen, enum wg_sees figure);

/* The first event that the figure needs and the loop does not emit, as an enum wg_event_type; or
 * -1. */
int wg_stats_lacks(const struct wg_loop_stats *stats, enum wg_sees figure);

#endif
