/*
 * live_events.h: all events that a live reader gives, kept for a test to look at.
 */
#ifndef TESTS_VIZ_LIVE_EVENTS_H
#define TESTS_VIZ_LIVE_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "traces/read/live.h"

/* All zero before. v is the caller's to free. */
struct live_events {
	struct wg_event *v;
	size_t count, cap;
	uint64_t lost;	 /* the sum of its holes */
	uint64_t nobody; /* as in struct wg_live_news */
};

/* To the end of the program, which must come; their times must not go back. */
void live_events_take_all(struct wg_live *live, struct live_events *e);

/* Some was lost, and is a hole with an end and a beginning; some was not. Frees e->v. */
void live_events_check_holes(struct live_events *e);

/*
 * A reader that is opened from now on does not look until live_events_let_go(): what is recorded
 * meanwhile fills its buffer. live_events_held() ends it, after the reader is closed.
 */
void live_events_hold(void);
void live_events_let_go(void);
void live_events_held(void);

#endif
