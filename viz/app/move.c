/*
 * move.c: see move.h.
 */
#include "viz/app/move.h"

#include <stdarg.h>
#include <stdio.h>

#include "viz/app/seek.h"
#include "viz/app/thread_words.h"

static int64_t screen_ns(const struct wg_app *app)
{
	return app->scale.step_ns * app->scale.cols;
}

void wg_app_say(struct wg_app *app, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(app->status, sizeof(app->status), fmt, ap);
	va_end(ap);
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

void wg_app_turn(struct wg_app *app)
{
	int col = wg_app_cursor_col(app);

	if (col >= 0 && col < app->scale.cols)
		return;
	app->scale.from_ns = app->cursor_ns - app->scale.cols / 8 * app->scale.step_ns;
	settle(app);
}

/* What is in column col stays there while the time around it grows or shrinks. */
void wg_app_zoom_at(struct wg_app *app, int col, bool in)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	int64_t step = in ? (app->scale.step_ns + 1) / 2 : app->scale.step_ns * 2, t;

	if (step == app->scale.step_ns || (!in && app->scale.step_ns >= fit)) {
		wg_app_say(app, in ? "one column is one nanosecond: no zooming further"
				   : "everything is in sight");
		return;
	}
	t = col == wg_app_cursor_col(app) ? app->cursor_ns : wg_scale_time(&app->scale, col);
	app->scale.step_ns = step < fit ? step : fit;
	app->scale.from_ns = t - col * app->scale.step_ns;
	settle(app);
}

static void zoom(struct wg_app *app, bool in)
{
	wg_app_show(app, app->cursor_ns);
	wg_app_zoom_at(app, wg_app_cursor_col(app), in);
}

void wg_app_set_from(struct wg_app *app, int64_t from_ns)
{
	app->scale.from_ns = from_ns;
	settle(app);
}

/* Make [begin, end] the middle of the screen; share is 1 for all of it, 2 for half. */
static void zoom_to(struct wg_app *app, int64_t begin, int64_t end, int share)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	int64_t step = (end - begin) * share / app->scale.cols + 1;

	app->scale.step_ns = step < fit ? step : fit;
	app->scale.from_ns = begin - (screen_ns(app) - (end - begin)) / 2;
	settle(app);
}

void wg_app_set_cursor(struct wg_app *app, int64_t t)
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
		wg_app_set_cursor(app, wg_scale_time(&app->scale, col));
}

/* ---- the cursor ---- */

/* To the left border of the neighbouring column, so that steps there and back meet. */
static void step_column(struct wg_app *app, int by)
{
	wg_app_show(app, app->cursor_ns);
	wg_app_set_cursor(app, wg_scale_time(&app->scale, wg_app_cursor_col(app) + by));
}

static void step_event(struct wg_app *app, bool forward)
{
	const struct wg_pane *pane = &app->panes[app->active];
	int64_t t = wg_seek_event(pane->trace, app->cursor_ns + pane->origin_ns, forward);

	if (t != WG_NO_TIME)
		wg_app_set_cursor(app, t - pane->origin_ns);
	else
		wg_app_say(app, forward ? "no event after this" : "no event before this");
}

/* ---- lanes, operations ---- */

void wg_app_choose_lane(struct wg_app *app, size_t lane)
{
	struct wg_pane *pane = &app->panes[app->active];

	if (lane < pane->trace->lane_count)
		pane->lane = lane;
}

static void step_lane(struct wg_app *app, int by)
{
	struct wg_pane *pane = &app->panes[app->active];
	struct wg_lane_list *list = &pane->list;
	size_t at = wg_lane_list_find(list, pane->lane);

	if (at >= list->count)
		at = 0;
	/* Headings are passed over. */
	while (by < 0 ? at > 0 : at + 1 < list->count) {
		at = by < 0 ? at - 1 : at + 1;
		if (list->entries[at].kind != WG_ENTRY_PROCESS) {
			pane->lane = list->entries[at].lane;
			return;
		}
	}
}

void wg_app_select(struct wg_pane *pane, size_t op)
{
	struct wg_op_life room;
	const struct wg_op_life *life = op ? wg_trace_op_at(pane->trace, op - 1, &room) : NULL;

	pane->op = op;
	pane->op_who = life ? life->who : 0;
	pane->op_id = life ? life->op : 0;
}

/* To who woke the thread of the wait here, and when. */
static void go_to_notifier(struct wg_app *app, const struct wg_wait_rec *rec)
{
	const struct wg_pane *pane = &app->panes[app->active];
	struct wg_pair pair;

	if (!wg_wait_pair(pane->trace, rec, &pair)) {
		wg_app_say(app, "who woke it is not known");
		return;
	}
	if (pair.from_lane != SIZE_MAX)
		wg_app_choose_lane(app, pair.from_lane);
	if (pair.notify_ns != WG_NO_TIME)
		wg_app_set_cursor(app, pair.notify_ns - pane->origin_ns);
	wg_app_say(app, "%s%u woke it%s", pair.from_lane == SIZE_MAX ? "thread " : "here ",
		pair.by_tid, pair.from_lane == SIZE_MAX ? ": it has no lane" : "");
}

static void select_op(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];
	size_t was = pane->op;
	struct wg_wait_rec room;
	const struct wg_wait_rec *wait = wg_app_wait(app, app->active, &room);

	if (wait) {
		go_to_notifier(app, wait);
		return;
	}

	wg_app_select(pane, 0);
	wg_app_select(pane, wg_app_op_number(app, app->active));
	if (pane->op == was)
		wg_app_select(pane, 0); /* a second press deselects it */
	if (!pane->op && !was)
		wg_app_say(app, "no operation here");
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
	struct wg_op_life op_room;
	struct wg_wait_rec room;
	const struct wg_op_life *op = wg_app_op(app, app->active, &op_room);
	const struct wg_wait_rec *rec = NULL;

	if (!pane->op && pane->lane < pane->trace->lane_count)
		rec = wg_seek_wasted_at(pane->trace, &pane->trace->lanes[pane->lane],
			app->cursor_ns + pane->origin_ns, app->scale.step_ns, &room);
	if (!rec && !pane->op)
		rec = wg_app_wait(app, app->active, &room);
	if (rec && rec->interval.gap_begin_ns < 0) {
		zoom_to(app, rec->interval.wait_ns - pane->origin_ns,
			rec->interval.wake_ns - pane->origin_ns, 2);
	} else if (rec) {
		int64_t step = app->scale.step_ns, from = app->scale.from_ns;

		zoom_to(app, rec->interval.wait_ns - pane->origin_ns,
			rec->interval.wake_ns - pane->origin_ns, 2);
		/* Second press: the gap alone, which may be a short part of a long sleep. */
		if (app->scale.step_ns == step && app->scale.from_ns == from)
			zoom_to(app, rec->interval.gap_begin_ns - pane->origin_ns,
				rec->interval.wake_ns - pane->origin_ns, 2);
		wg_app_set_cursor(app, rec->interval.gap_begin_ns - pane->origin_ns);
	} else if (op && op->submit_ns != WG_NO_TIME) {
		zoom_to(app, op->submit_ns - pane->origin_ns, latest(op) - pane->origin_ns, 2);
		wg_app_show(app, app->cursor_ns);
	} else {
		wg_app_say(app, "no wait and no operation here to zoom to");
	}
}

bool wg_app_is_here(const struct wg_app *app, int64_t t)
{
	return t == app->cursor_ns ||
	       (t != WG_NO_TIME && wg_scale_col(&app->scale, t) == wg_app_cursor_col(app));
}

static void set_mark(struct wg_app *app, int which)
{
	int64_t *mark = &app->mark_ns[which];

	*mark = wg_app_is_here(app, *mark) ? WG_NO_TIME : app->cursor_ns;
	if (*mark == WG_NO_TIME)
		wg_app_say(app, "mark %d removed", which + 1);
}

static void zoom_to_marks(struct wg_app *app)
{
	int64_t a = app->mark_ns[0], b = app->mark_ns[1];

	if (a == WG_NO_TIME || b == WG_NO_TIME) {
		wg_app_say(app, "set marks 1 and 2 first");
		return;
	}
	zoom_to(app, a < b ? a : b, a < b ? b : a, 1);
	app->scale.from_ns = a < b ? a : b; /* the first column, to the nanosecond */
	settle(app);
	wg_app_set_cursor(app, a < b ? a : b);
}

/* One thing at a time: the selection, then the filter, then the marks. */
static void let_go(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];

	if (pane->op)
		wg_app_select(pane, 0);
	else if (app->filter.count)
		app->filter = (struct wg_filter){ 0 };
	else
		app->mark_ns[0] = app->mark_ns[1] = WG_NO_TIME;
}

bool wg_app_move(struct wg_app *app, enum wg_action action)
{
	switch (action) {
	case WG_ACT_LEFT: step_column(app, -1); break;
	case WG_ACT_RIGHT: step_column(app, 1); break;
	case WG_ACT_PAN_LEFT: pan(app, -1); break;
	case WG_ACT_PAN_RIGHT: pan(app, 1); break;
	case WG_ACT_HOME: wg_app_set_cursor(app, app->begin_ns); break;
	case WG_ACT_END: wg_app_set_cursor(app, app->end_ns); break;
	case WG_ACT_ZOOM_IN: zoom(app, true); break;
	case WG_ACT_ZOOM_OUT: zoom(app, false); break;
	case WG_ACT_FIT: wg_app_fit(app); break;
	case WG_ACT_ZOOM_TO: zoom_to_cursor(app); break;
	case WG_ACT_ZOOM_MARKS: zoom_to_marks(app); break;
	case WG_ACT_MARK_1: set_mark(app, 0); break;
	case WG_ACT_MARK_2: set_mark(app, 1); break;
	case WG_ACT_EVENT_NEXT: step_event(app, true); break;
	case WG_ACT_EVENT_PREV: step_event(app, false); break;
	case WG_ACT_DOWN: step_lane(app, 1); break;
	case WG_ACT_UP: step_lane(app, -1); break;
	case WG_ACT_SELECT: select_op(app); break;
	case WG_ACT_CLEAR: let_go(app); break;
	case WG_ACT_FOLLOW:
		wg_app_say(app, app->live ? "the program has ended: no more events"
					  : "a recorded trace does not grow; `wakegap live` "
					    "follows a program");
		break;
	default: return false;
	}
	return true;
}
