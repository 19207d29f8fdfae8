/*
 * live_view.h: the screen of a running program: the viewer's app on a window that grows.
 *
 *     reader thread -> queue -> wg_live_view_take() -> window -> app -> screen
 *
 * It follows: the newest event is at the right border, and keys that zoom keep it there. Space, and
 * every key that goes somewhere, pauses: lanes, figures and findings stand still, while events are
 * taken in and twice as much is kept. Space again or the key for the last event follows again.
 */
#ifndef VIZ_LIVE_LIVE_VIEW_H
#define VIZ_LIVE_LIVE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/record/command.h"
#include "traces/read/live.h"
#include "traces/model/window.h"
#include "viz/app/app.h"
#include "viz/app/live_title.h"

struct wg_live_view {
	struct wg_app app;
	struct wg_live_title title;
	struct wg_window *window;
	struct wg_live *live;	    /* borrowed; NULL in tests that feed by hand */
	struct wg_command *command; /* borrowed, or NULL: a session that wakegap did not start */
	struct wg_command_status status;
	struct wg_event *batch;
	size_t batch_count;   /* taken, and not on the screen yet */
	int fd;		      /* readable when take() has something to do */
	int64_t rate_from_ns; /* per_second is counted since then */
	uint64_t rate_events;
	bool is_of_threads; /* set by the caller: it records what threads wait in */
	bool has_origin, has_read_all;
	uint64_t nobody;	/* notifies that woke nobody and are no events */
	int64_t tail_discarded; /* the tracer's own count says more than the stream did */
	struct wg_error end;	/* how the session ended: code 0 properly */
	struct wg_dist lag;	/* of every event: from when it happened to when it was shown */
};

/* If all that came takes less than the screen, show it as wide as the screen. */
void wg_live_view_fit(struct wg_live_view *view);

/* live and command may be NULL. 0 or a negative errno. */
int wg_live_view_init(struct wg_live_view *view, const char *name, struct wg_window_limits limits,
	int cols, int rows, bool ascii);
int wg_live_view_connect(
	struct wg_live_view *view, struct wg_live *live, struct wg_command *command);
void wg_live_view_fini(struct wg_live_view *view);

/* Feed events by hand, and show. For take(), and for tests. 0 or -ENOMEM. */
int wg_live_view_feed(
	struct wg_live_view *view, const struct wg_event *events, size_t count, int64_t now_ns);

/*
 * For a struct wg_feed whose user is the view: take in what has come, without waiting; what was
 * taken is on the screen now; one key; what the mouse did. They return WG_FX_*.
 */
unsigned wg_live_view_take(void *user, int64_t now_ns);
void wg_live_view_drawn(void *user, int64_t now_ns);
unsigned wg_live_view_key(void *user, uint32_t key, int64_t now_ns);
unsigned wg_live_view_mouse(void *user, enum wg_mouse what, int x, int y, int64_t now_ns);

#endif
