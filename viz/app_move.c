/*
 * app_move.c: see app_move.h.
 */
#include "viz/app_move.h"

#include <stdio.h>

#include "viz/seek.h"
#include "traces/units.h"

static int64_t screen_ns(const struct wg_app *app)
{
	return app->scale.step_ns * app->scale.cols;
}

static void say(struct wg_app *app, const char *text)
{
	(void)snprintf(app->status, sizeof(app->status), "%s", text);
}

/* ---- the window ---- */

/* Keep the window on the traces; the left border wins where they are shorter than the screen. */
static void settle(struct wg_app *app)
{
	int64_t last = app->end_ns + app->scale.step_ns - screen_ns(app);

	if (app->scale.from_ns > last)
		app->scale.from_ns = last;
	if (app->scale.from_ns < app->begin_ns)
		app->scale.from_ns = app->begin_ns;
}

void wg_app_fit(struct wg_app *app)
{
	app->scale.from_ns = app->begin_ns;
	app->scale.step_ns = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
}

void wg_app_show(struct wg_app *app, int64_t t)
{
	int col = wg_scale_col(&app->scale, t);

	if (col >= 0 && col < app->scale.cols)
		return;
	app->scale.from_ns = t - app->scale.cols / 3 * app->scale.step_ns;
	settle(app);
}

void wg_app_follow(struct wg_app *app)
{
	int col = wg_app_cursor_col(app);

	if (col >= 0 && col < app->scale.cols)
		return;
	app->scale.from_ns = app->cursor_ns - app->scale.cols / 8 * app->scale.step_ns;
	settle(app);
}

/* The cursor stays in its column while the time around it grows or shrinks. */
static void zoom(struct wg_app *app, bool in)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	int64_t step = in ? (app->scale.step_ns + 1) / 2 : app->scale.step_ns * 2;
	int col;

	wg_app_show(app, app->cursor_ns);
	col = wg_app_cursor_col(app);
	if (step == app->scale.step_ns || (!in && app->scale.step_ns >= fit)) {
		say(app, in ? "one column is one nanosecond: no closer" : "everything is in sight");
		return;
	}
	app->scale.step_ns = step < fit ? step : fit;
	app->scale.from_ns = app->cursor_ns - col * app->scale.step_ns;
	settle(app);
}

/* Make [begin, end] the middle half of the screen. */
static void zoom_to(struct wg_app *app, int64_t begin, int64_t end)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	int64_t step = (end - begin) * 2 / app->scale.cols + 1;

	app->scale.step_ns = step < fit ? step : fit;
	app->scale.from_ns = begin - (screen_ns(app) - (end - begin)) / 2;
	settle(app);
}

static void set_cursor(struct wg_app *app, int64_t t)
{
	app->cursor_ns = t < app->begin_ns ? app->begin_ns : t > app->end_ns ? app->end_ns : t;
	wg_app_show(app, app->cursor_ns);
}

static void pan(struct wg_app *app, int direction)
{
	int64_t by = direction * (screen_ns(app) / 2);
	int col = wg_app_cursor_col(app);

	app->scale.from_ns += by;
	settle(app);
	/* The cursor keeps its place on the screen, so that it is never out of sight. */
	if (col >= 0 && col < app->scale.cols)
		set_cursor(app, wg_scale_time(&app->scale, col));
}

/* ---- the cursor ---- */

/* To the left border of the neighbouring column, so that steps there and back meet. */
static void step_column(struct wg_app *app, int by)
{
	wg_app_show(app, app->cursor_ns);
	set_cursor(app, wg_scale_time(&app->scale, wg_app_cursor_col(app) + by));
}

static void step_event(struct wg_app *app, bool forward)
{
	const struct wg_pane *pane = &app->panes[app->active];
	const struct wg_event *event =
		wg_seek_event(pane->trace, app->cursor_ns + pane->origin_ns, forward);

	if (event)
		set_cursor(app, event->ts_ns - pane->origin_ns);
	else
		say(app, forward ? "no event after this" : "no event before this");
}

static void go_wasted(struct wg_app *app, const struct wg_wait_rec *rec, const char *none)
{
	struct wg_pane *pane = &app->panes[app->active];
	char time[32];
	size_t lane, place, count;

	if (!rec) {
		say(app, none);
		return;
	}
	lane = wg_seek_lane(pane->trace, rec->interval.loop_idx);
	if (lane < pane->trace->lane_count)
		pane->lane = lane;
	pane->op = NULL; /* what is at the cursor is the point now */
	set_cursor(app, rec->interval.gap_begin_ns - pane->origin_ns);
	place = wg_seek_place(pane->trace, rec, &count);
	(void)snprintf(app->status, sizeof(app->status), "wasted %s, interval %zu of %zu",
		wg_format_time(
			time, sizeof(time), rec->interval.wake_ns - rec->interval.gap_begin_ns),
		place, count);
}

static void step_wasted(struct wg_app *app, bool forward)
{
	const struct wg_pane *pane = &app->panes[app->active];

	go_wasted(app, wg_seek_wasted(pane->trace, app->cursor_ns + pane->origin_ns, forward),
		forward ? "no wasted interval after this" : "no wasted interval before this");
}

/* ---- lanes, operations ---- */

static void step_lane(struct wg_app *app, int by)
{
	struct wg_pane *pane = &app->panes[app->active];

	if (by < 0 && pane->lane > 0)
		pane->lane--;
	else if (by > 0 && pane->lane + 1 < pane->trace->lane_count)
		pane->lane++;
}

static void select_op(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];
	const struct wg_op_life *was = pane->op;

	pane->op = NULL;
	pane->op = wg_app_op(app, app->active);
	if (pane->op == was)
		pane->op = NULL; /* once more lets go of it */
	if (!pane->op && !was)
		say(app, "no operation here");
}

static int64_t latest(const struct wg_op_life *op)
{
	int64_t times[] = { op->submit_ns, op->start_ns, op->done_ns, op->notify_ns, op->wake_ns,
		op->deliver_ns };
	int64_t last = times[0];
	size_t i;

	for (i = 1; i < sizeof(times) / sizeof(times[0]); i++) {
		if (times[i] != WG_NO_TIME && times[i] > last)
			last = times[i];
	}
	return last;
}

static void zoom_to_cursor(struct wg_app *app)
{
	const struct wg_pane *pane = &app->panes[app->active];
	const struct wg_op_life *op = wg_app_op(app, app->active);
	const struct wg_wait_rec *rec = NULL;

	if (!pane->op && pane->lane < pane->trace->lane_count)
		rec = wg_seek_wasted_at(pane->trace, &pane->trace->lanes[pane->lane],
			app->cursor_ns + pane->origin_ns, app->scale.step_ns);
	if (rec) {
		zoom_to(app, rec->interval.wait_ns - pane->origin_ns,
			rec->interval.wake_ns - pane->origin_ns);
		set_cursor(app, rec->interval.gap_begin_ns - pane->origin_ns);
	} else if (op && op->submit_ns != WG_NO_TIME) {
		zoom_to(app, op->submit_ns - pane->origin_ns, latest(op) - pane->origin_ns);
		wg_app_show(app, app->cursor_ns);
	} else {
		say(app, "no wait and no operation here to zoom to");
	}
}

void wg_app_move(struct wg_app *app, enum wg_action action)
{
	const struct wg_trace *trace = app->panes[app->active].trace;

	switch (action) {
	case WG_ACT_LEFT: step_column(app, -1); break;
	case WG_ACT_RIGHT: step_column(app, 1); break;
	case WG_ACT_PAN_LEFT: pan(app, -1); break;
	case WG_ACT_PAN_RIGHT: pan(app, 1); break;
	case WG_ACT_HOME: set_cursor(app, app->begin_ns); break;
	case WG_ACT_END: set_cursor(app, app->end_ns); break;
	case WG_ACT_ZOOM_IN: zoom(app, true); break;
	case WG_ACT_ZOOM_OUT: zoom(app, false); break;
	case WG_ACT_FIT: wg_app_fit(app); break;
	case WG_ACT_ZOOM_TO: zoom_to_cursor(app); break;
	case WG_ACT_EVENT_NEXT: step_event(app, true); break;
	case WG_ACT_EVENT_PREV: step_event(app, false); break;
	case WG_ACT_WASTED_NEXT: step_wasted(app, true); break;
	case WG_ACT_WASTED_PREV: step_wasted(app, false); break;
	case WG_ACT_WASTED_LONGEST:
		go_wasted(app, wg_seek_longest(trace), "no time is wasted in this trace");
		break;
	case WG_ACT_DOWN: step_lane(app, 1); break;
	case WG_ACT_UP: step_lane(app, -1); break;
	case WG_ACT_PANE: app->active = (app->active + 1) % app->pane_count; break;
	case WG_ACT_SELECT: select_op(app); break;
	case WG_ACT_CLEAR: app->panes[app->active].op = NULL; break;
	default: break;
	}
}
