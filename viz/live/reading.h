/*
 * reading.h: the viewer on traces that are still being read: what has been read so far is on the
 * screen, and more of it with every picture.
 *
 *     reader -> wg_reading_take() -> load.h -> app -> screen
 *
 * A file is a source as a running program is (live_view.h), but it comes as fast as it is read, all
 * of it is kept, and in the end the screen is the one that a trace read whole has.
 *
 * Everything is on one thread: a piece is read, then keys are looked at. The decoders work ahead on
 * other processors.
 */
#ifndef VIZ_LIVE_READING_H
#define VIZ_LIVE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/cache.h"
#include "viz/app/app.h"
#include "viz/app/feed.h"

/* A trace that is read in so short a time is never seen half read. */
#define WG_READING_FIRST_NS INT64_C(150000000)

struct wg_reading {
	struct wg_app app;
	struct wg_load *load[WG_PANES_MAX]; /* owned */
	size_t count;
	struct wg_error end; /* why it cannot go on; code 0: it can */
	struct wg_feed feed; /* for wg_term_run_fed(); Esc stops reading */
	size_t lanes;	     /* so many are listed */
	int64_t began_ns;    /* when the last picture was begun, */
	int64_t drawn_ns;    /* and when it was on the screen */
	bool is_drawing;     /* it is not yet */
};

/* All zero is none. Open one more trace, and read its first event: so what cannot be read at all is
 * an error here. limits: with the cache, if there is one (cache.h); NULL: without. Errors of
 * wg_trace_load(). */
int wg_reading_add(struct wg_reading *reading, const char *path,
	const struct wg_cache_limits *limits, struct wg_error *err);

/*
 * Read for so long, or to the end, and make the app of it. Frees with fini, also after an error:
 * 0, or an error of wg_trace_load().
 */
int wg_reading_init(struct wg_reading *reading, int64_t for_ns, int cols, int rows, bool ascii);
void wg_reading_fini(struct wg_reading *reading);

/* Is all of it there? */
bool wg_reading_is_over(const struct wg_reading *reading);

/* Read some events more of each, and show them. For tests; feed.take() reads as much as a picture
 * has time for. Returns WG_FX_*. */
unsigned wg_reading_step(struct wg_reading *reading, size_t events);

#endif
