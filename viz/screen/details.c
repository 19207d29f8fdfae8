/*
 * details.c: what is at the cursor: the lane's state, the event, and the operation's time cut into
 * the parts it was spent in.
 */
#include <string.h>

#include "viz/app/describe.h"
#include "viz/screen/screen.h"
#include "viz/app/seek.h"
#include "viz/app/thread_words.h"
#include "traces/base/units.h"

/* ---- the operation ---- */

/* "op 12 read 65536 -> 65536: queued 3 us, served 31 us, ready 9.97 ms, to delivery 2 us" */
static void draw_op_line(const struct wg_pen *pen, int y, const struct wg_op_life *op,
	const struct wg_op_part *parts, size_t n)
{
	int x = 1, cols = pen->app->cols;
	char text[96];
	size_t i;

	wg_op_name(text, sizeof(text), op);
	x += wg_canvas_textf(
		pen->canvas, x, y, cols - 2, WG_STYLE_STRONG, "%s%s", text, n > 0 ? ":" : "");
	for (i = 0; i < n; i++) {
		(void)wg_format_time(text, sizeof(text), parts[i].end - parts[i].begin);
		x += wg_canvas_textf(pen->canvas, x, y, cols - x - 1, parts[i].style, " %s%s%s%s",
			parts[i].short_name, parts[i].is_moment ? "" : " ",
			parts[i].is_moment ? "" : text, i + 1 < n ? "," : "");
	}
}

/* One row for each part, with a bar of its share of the whole. */
static void draw_op_bars(const struct wg_pen *pen, struct wg_band band, const struct wg_op_life *op,
	const struct wg_op_part *parts, size_t n)
{
	int room = pen->app->cols - 50;
	int64_t all = 0;
	char text[96];
	size_t i;

	wg_op_name(text, sizeof(text), op);
	(void)wg_canvas_text(pen->canvas, 1, band.y, pen->app->cols - 2, WG_STYLE_STRONG, text);
	for (i = 0; i < n; i++)
		all += parts[i].end - parts[i].begin;
	for (i = 0; i < n && (int)i + 1 < band.h; i++) {
		int64_t ns = parts[i].end - parts[i].begin;
		int y = band.y + 1 + (int)i, width;

		width = all > 0 ? (int)((double)ns / (double)all * room + 0.5) : 0;
		if (ns > 0 && width < 1)
			width = 1;
		(void)wg_canvas_text(pen->canvas, 3, y, 34, WG_STYLE_PLAIN, parts[i].name);
		if (parts[i].is_moment)
			continue;
		(void)wg_format_time(text, sizeof(text), ns);
		(void)wg_canvas_textf(pen->canvas, 38, y, 9, parts[i].style, "%8s", text);
		wg_canvas_fill(pen->canvas, 48, y, width, parts[i].style, pen->app->glyphs->bar);
	}
}

/* ---- the cursor ---- */

/* Events that the tracer discarded somewhere in the cursor's column. */
static bool is_in_hole(const struct wg_app *app, const struct wg_pane *pane)
{
	int64_t left = app->cursor_ns + pane->origin_ns, right = left + app->scale.step_ns;
	size_t i;

	for (i = 0; i < pane->trace->hole_count; i++) {
		const struct wg_hole *hole = &pane->trace->holes[i];

		if (hole->begin_ns < right && hole->end_ns >= left)
			return true;
	}
	return false;
}

static void draw_cursor_line(const struct wg_pen *pen, int y)
{
	const struct wg_app *app = pen->app;
	const struct wg_pane *pane = &app->panes[app->active];
	const struct wg_lane *lane;
	const struct wg_span *span;
	struct wg_span room;
	int64_t t = app->cursor_ns + pane->origin_ns;
	char time[48], event[96], name[96];
	size_t merged;
	int x = 1;

	x += wg_canvas_textf(pen->canvas, x, y, app->cols - 2, WG_STYLE_STRONG, "at %s",
		wg_scale_exact(time, sizeof(time), app->cursor_ns));
	if (pane->lane >= pane->trace->lane_count) {
		(void)wg_canvas_text(
			pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN, "  no lanes");
		return;
	}
	lane = &pane->trace->lanes[pane->lane];
	span = wg_seek_span(lane, t, app->scale.step_ns, &room);
	x += wg_canvas_textf(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN, "  %c %s: %s",
		'A' + (int)app->active, wg_lane_title(name, sizeof(name), pane->trace, lane),
		wg_state_text(pane->trace, lane, span, t));
	(void)wg_span_lasts(time, sizeof(time), pane->trace, lane, span);
	if (*time && lane->kind != WG_LANE_WORKER)
		x += wg_canvas_textf(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN, "%s%s",
			time, span->open ? " (to the end)" : "");
	merged = wg_spans_merged(app, pane);
	if (merged > 1)
		x += wg_canvas_textf(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_DIM,
			", worst of %zu spans here", merged);
	if (is_in_hole(app, pane))
		x += wg_canvas_text(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_ALERT,
			"  EVENTS WERE LOST HERE");
	wg_event_text(app, pane, event, sizeof(event));
	if (event[0])
		(void)wg_canvas_textf(
			pen->canvas, x, y, app->cols - x - 1, WG_STYLE_DIM, "  %s", event);
}

/* A thread's wait: a row a line, or as many in one row as fit. */
static void draw_wait(const struct wg_pen *pen, struct wg_band band, const struct wg_wait_rec *rec)
{
	const struct wg_trace *trace = pen->app->panes[pen->app->active].trace;
	char lines[WG_WAIT_LINES][WG_WAIT_LINE];
	size_t n = wg_wait_lines(trace, rec, lines), i;
	int x = 1, cols = pen->app->cols;

	for (i = 0; i < n && (int)n <= band.h; i++)
		(void)wg_canvas_text(pen->canvas, 1, band.y + (int)i, cols - 2,
			i ? WG_STYLE_PLAIN : WG_STYLE_STRONG, lines[i]);
	for (; i < n && x < cols - 1; i++)
		x += wg_canvas_textf(pen->canvas, x, band.y, cols - 1 - x,
			i ? WG_STYLE_PLAIN : WG_STYLE_STRONG, "%s%s", i ? "; " : "", lines[i]);
}

/* The step of a schedule; the band shrinks by its rows. */
static void draw_step(const struct wg_pen *pen, struct wg_band *band)
{
	char lines[WG_STEP_LINES][WG_STEP_LINE];
	size_t n = wg_step_lines(pen->app, &pen->app->panes[pen->app->active], lines), i;

	for (i = 0; i < n && band->h > 0; i++) {
		(void)wg_canvas_text(pen->canvas, i ? 3 : 1, band->y, pen->app->cols - (i ? 4 : 2),
			i ? WG_STYLE_PLAIN : WG_STYLE_STRONG, lines[i]);
		band->y++;
		band->h--;
	}
}

static bool is_thread(const struct wg_pen *pen)
{
	const struct wg_pane *pane = &pen->app->panes[pen->app->active];

	return pane->lane < pane->trace->lane_count &&
	       pane->trace->lanes[pane->lane].kind == WG_LANE_THREAD;
}

void wg_draw_details(const struct wg_pen *pen)
{
	struct wg_band band = pen->layout->details;
	struct wg_op_life op_room;
	struct wg_wait_rec wait_room;
	const struct wg_op_life *op = wg_app_op(pen->app, pen->app->active, &op_room);
	const struct wg_wait_rec *wait = wg_app_wait(pen->app, pen->app->active, &wait_room);
	struct wg_op_part parts[WG_PARTS_MAX];
	size_t n;

	if (band.h < 1)
		return;
	draw_cursor_line(pen, band.y);
	if (band.h < 2)
		return;
	band.y++;
	band.h--;
	draw_step(pen, &band);
	if (band.h < 1)
		return;
	if (wait) {
		draw_wait(pen, band, wait);
		return;
	}
	if (!op) {
		(void)wg_canvas_text(pen->canvas, 1, band.y, pen->app->cols - 2, WG_STYLE_DIM,
			is_thread(pen) ? "no wait here" : "no operation here");
		return;
	}
	n = wg_op_parts(op, pen->app->panes[pen->app->active].trace->end_ns, parts);
	if (band.h >= 5 && pen->app->cols >= 60)
		draw_op_bars(pen, band, op, parts, n);
	else
		draw_op_line(pen, band.y, op, parts, n);
}
