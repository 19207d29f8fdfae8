/*
 * details.c: what is at the cursor: the lane's state, the event, and the operation's time cut into
 * the parts it was spent in.
 */
#include <stdio.h>
#include <string.h>

#include "viz/screen.h"
#include "viz/seek.h"
#include "traces/units.h"

/* ---- the operation ---- */

struct part {
	const char *name;
	const char *short_name;
	int64_t begin, end;
	unsigned style;
};

#define PARTS_MAX 4

static size_t add_part(struct part *parts, size_t n, struct part part)
{
	if (part.begin == WG_NO_TIME || part.end == WG_NO_TIME || part.end < part.begin)
		return n;
	parts[n] = part;
	return n + 1;
}

/* Where an operation's time went. What did not happen, or was not seen, is left out. */
static size_t parts_of(const struct wg_op_life *op, int64_t trace_end, struct part *parts)
{
	int64_t begun = op->start_ns != WG_NO_TIME ? op->start_ns : op->submit_ns;
	int64_t woken = op->wake_ns != WG_NO_TIME ? op->wake_ns : op->done_ns;
	size_t n = 0;

	n = add_part(parts, n,
		(struct part){ "queued", "queued", op->submit_ns, op->start_ns, WG_STYLE_DIM });
	n = add_part(parts, n,
		(struct part){ op->start_ns != WG_NO_TIME ? "in service" : "in flight",
			op->start_ns != WG_NO_TIME ? "served" : "in flight", begun, op->done_ns,
			WG_STYLE_WORKING });
	n = add_part(parts, n,
		(struct part){ "ready, until the loop woke", "ready", op->done_ns, op->wake_ns,
			WG_STYLE_WASTED });
	if (op->deliver_ns == WG_NO_TIME && op->wake_ns == WG_NO_TIME)
		return add_part(parts, n,
			(struct part){ "ready, never delivered", "never delivered", op->done_ns,
				trace_end, WG_STYLE_WASTED });
	return add_part(parts, n,
		(struct part){ op->wake_ns != WG_NO_TIME ? "woken, until delivered"
							 : "ready, loop awake, until delivered",
			"to delivery", woken, op->deliver_ns, WG_STYLE_AWAKE });
}

static void name_op(char *buf, size_t len, const struct wg_op_life *op)
{
	if (op->done_ns == WG_NO_TIME)
		(void)snprintf(buf, len, "op %llu %s %lld, no result yet",
			(unsigned long long)op->op, wg_kind_name(op->kind), (long long)op->arg);
	else
		(void)snprintf(buf, len, "op %llu %s %lld -> %lld", (unsigned long long)op->op,
			wg_kind_name(op->kind), (long long)op->arg, (long long)op->result);
}

/* "op 12 read 65536 -> 65536: queued 3 us, served 31 us, ready 9.97 ms, to delivery 2 us" */
static void draw_op_line(const struct wg_pen *pen, int y, const struct wg_op_life *op,
	const struct part *parts, size_t n)
{
	int x = 1, cols = pen->app->cols;
	char text[96];
	size_t i;

	name_op(text, sizeof(text), op);
	x += wg_canvas_textf(
		pen->canvas, x, y, cols - 2, WG_STYLE_STRONG, "%s%s", text, n > 0 ? ":" : "");
	for (i = 0; i < n; i++) {
		(void)wg_format_time(text, sizeof(text), parts[i].end - parts[i].begin);
		x += wg_canvas_textf(pen->canvas, x, y, cols - x - 1, parts[i].style, " %s %s%s",
			parts[i].short_name, text, i + 1 < n ? "," : "");
	}
}

/* One row for each part, with a bar of its share of the whole. */
static void draw_op_bars(const struct wg_pen *pen, struct wg_band band, const struct wg_op_life *op,
	const struct part *parts, size_t n)
{
	int room = pen->app->cols - 50;
	int64_t all = 0;
	char text[96];
	size_t i;

	name_op(text, sizeof(text), op);
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
		(void)wg_format_time(text, sizeof(text), ns);
		(void)wg_canvas_textf(pen->canvas, 38, y, 9, parts[i].style, "%8s", text);
		wg_canvas_fill(pen->canvas, 48, y, width, parts[i].style, pen->app->glyphs->bar);
	}
}

/* ---- the cursor ---- */

static const char *state_text(const struct wg_trace *trace, const struct wg_lane *lane,
	const struct wg_span *span, int64_t t)
{
	static const char *const texts[WG_SPAN_STATE_COUNT] = {
		[WG_SPAN_ASLEEP] = "asleep, nothing ready",
		[WG_SPAN_WASTED] = "asleep with a result ready",
		[WG_SPAN_AWAKE] = "awake",
		[WG_SPAN_WORKING] = "busy",
		[WG_SPAN_LOST] = "unknown: events were lost here",
	};

	if (t > trace->end_ns)
		return "this trace has ended";
	if (t < trace->begin_ns)
		return "this trace has not begun";
	if (!span)
		return lane->kind == WG_LANE_WORKER ? "idle" : "not observed";
	return texts[span->state];
}

static int name_event(char *buf, size_t len, const struct wg_event *event)
{
	int n = snprintf(buf, len, "%s", wg_event_type_name(event->type));

	if (n < 0 || (size_t)n >= len)
		return n;
	buf += n;
	len -= (size_t)n;
	switch (event->type) {
	case WG_EV_WAKE:
		return snprintf(buf, len, " (%s, %u ready)", wg_reason_name(event->wake.reason),
			event->wake.ready);
	case WG_EV_WAIT:
		if (event->wait.timeout_ns < 0)
			return snprintf(buf, len, " (for ever, %u ready)", event->wait.ready);
		return snprintf(buf, len, " (%.6g ms, %u ready)",
			(double)event->wait.timeout_ns / 1e6, event->wait.ready);
	case WG_EV_POLL: return snprintf(buf, len, " (found %u)", event->poll.found);
	case WG_EV_NOTIFY:
		return snprintf(buf, len, event->notify.sent ? " op %llu" : " op %llu (not sent)",
			(unsigned long long)event->op);
	case WG_EV_LOST:
		return snprintf(buf, len, " %llu events", (unsigned long long)event->lost.count);
	default:
		return event->op ? snprintf(buf, len, " op %llu", (unsigned long long)event->op)
				 : 0;
	}
}

/* The event at the very cursor, or how many its column holds. */
static void event_text(const struct wg_app *app, const struct wg_pane *pane, char *buf, size_t len)
{
	const struct wg_trace *trace = pane->trace;
	int64_t t = app->cursor_ns + pane->origin_ns, left, right;
	size_t i = wg_trace_first_event(trace, t), n;

	buf[0] = '\0';
	if (i < trace->event_count && trace->events[i].ts_ns == t) {
		(void)name_event(buf, len, &trace->events[i]);
		return;
	}
	left = wg_scale_time(&app->scale, wg_app_cursor_col(app)) + pane->origin_ns;
	right = left + app->scale.step_ns;
	n = wg_trace_first_event(trace, right) - wg_trace_first_event(trace, left);
	if (n > 0)
		(void)snprintf(buf, len, "%zu event%s in this column", n, n == 1 ? "" : "s");
}

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
	int64_t t = app->cursor_ns + pane->origin_ns;
	char time[48], event[96];
	int x = 1;

	x += wg_canvas_textf(pen->canvas, x, y, app->cols - 2, WG_STYLE_STRONG, "at %s",
		wg_scale_exact(time, sizeof(time), app->cursor_ns));
	if (pane->lane >= pane->trace->lane_count) {
		(void)wg_canvas_text(
			pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN, "  no lanes");
		return;
	}
	lane = &pane->trace->lanes[pane->lane];
	span = wg_seek_span(lane, t, app->scale.step_ns);
	x += wg_canvas_textf(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN, "  %c %s: %s",
		'A' + (int)app->active, lane->name, state_text(pane->trace, lane, span, t));
	if (span && lane->kind == WG_LANE_LOOP)
		x += wg_canvas_textf(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_PLAIN,
			" for %s%s",
			wg_format_time(time, sizeof(time), span->end_ns - span->begin_ns),
			span->open ? " (to the end)" : "");
	if (is_in_hole(app, pane))
		x += wg_canvas_text(pen->canvas, x, y, app->cols - x - 1, WG_STYLE_ALERT,
			"  EVENTS WERE LOST HERE");
	event_text(app, pane, event, sizeof(event));
	if (event[0])
		(void)wg_canvas_textf(
			pen->canvas, x, y, app->cols - x - 1, WG_STYLE_DIM, "  %s", event);
}

void wg_draw_details(const struct wg_pen *pen)
{
	struct wg_band band = pen->layout->details;
	const struct wg_op_life *op = wg_app_op(pen->app, pen->app->active);
	struct part parts[PARTS_MAX];
	size_t n;

	if (band.h < 1)
		return;
	draw_cursor_line(pen, band.y);
	if (band.h < 2)
		return;
	band.y++;
	band.h--;
	if (!op) {
		(void)wg_canvas_text(pen->canvas, 1, band.y, pen->app->cols - 2, WG_STYLE_DIM,
			"no operation here");
		return;
	}
	n = parts_of(op, pen->app->panes[pen->app->active].trace->end_ns, parts);
	if (band.h >= 5 && pen->app->cols >= 60)
		draw_op_bars(pen, band, op, parts, n);
	else
		draw_op_line(pen, band.y, op, parts, n);
}
