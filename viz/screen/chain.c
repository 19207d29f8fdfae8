/*
 * chain.c: the rows under a loop's lane: its events as letters, and one operation as a chain.
 *
 *     loop 1 tick   ━━···████████━·          lane
 *                   s    n       wd          marks
 *                   s╌b▒▒n███████w─d         chain: queued, in service, ready and asleep, delivered
 *
 * Letters are shown only where one can read them. Where events are denser than every second column,
 * the row says how many there are.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "viz/screen/screen.h"

/* ---- marks ---- */

/* With more visible events, letters are left out: a frame must not take longer because a trace is
 * long. */
#define COUNTED_MAX 20000

enum { MARK_SUBMIT, MARK_READY, MARK_NOTIFY, MARK_WAKE, MARK_DELIVER, MARK_COUNT };

static const char letters[MARK_COUNT] = { 's', 'r', 'n', 'w', 'd' };

static int mark_of(const struct wg_event *event)
{
	switch (event->record) {
	case WG_RECORD_NONE: break;
	case WG_RECORD_NOTIFY: return MARK_NOTIFY;
	case WG_RECORD_WAKE: return MARK_WAKE;
	default: return -1;
	}
	switch (event->type) {
	case WG_EV_SUBMIT: return MARK_SUBMIT;
	case WG_EV_DONE: return MARK_READY;
	case WG_EV_NOTIFY: return MARK_NOTIFY;
	case WG_EV_WAKE: return MARK_WAKE;
	case WG_EV_DELIVER: return MARK_DELIVER;
	default: return -1;
	}
}

/* Put one more event into its column: a letter, or the glyph for several. */
static void put_mark(const struct wg_pen *pen, int x, int y, int mark)
{
	uint32_t was = wg_canvas_at(pen->canvas, x, y).ch, now = (uint32_t)letters[mark];

	/* A result and its notify belong together: one letter shows both. */
	if (was != ' ' && was != now && !(was == 'r' && now == 'n'))
		now = pen->app->glyphs->several;
	wg_canvas_put(pen->canvas, x, y, WG_STYLE_MARK, now);
}

static void say_counts(const struct wg_pen *pen, int y, const size_t *counts)
{
	static const char *const names[MARK_COUNT] = { "submits", "results", "notifies", "wakes",
		"deliveries" };
	char text[160] = "";
	size_t i, used = 0;

	for (i = 0; i < MARK_COUNT; i++) {
		/* That nobody notifies is worth a word, if results or wakes are seen at all. */
		bool is_said = counts[i] ||
			       (i == MARK_NOTIFY && (counts[MARK_READY] || counts[MARK_WAKE]));

		if (used < sizeof(text) && is_said)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%zu %s",
				used ? ", " : "", counts[i], names[i]);
	}
	/* If that is too long, show how many there are. */
	if (used + 16 > (size_t)pen->app->scale.cols)
		(void)snprintf(text, sizeof(text), "%zu events",
			counts[0] + counts[1] + counts[2] + counts[3] + counts[4]);
	(void)wg_canvas_textf(pen->canvas, pen->app->name_cols, y, pen->app->scale.cols,
		WG_STYLE_DIM, "%s: + to see each", text);
}

void wg_draw_marks(const struct wg_pen *pen, size_t index, const struct wg_lane *lane, int y)
{
	const struct wg_scale *scale = &pen->app->scale;
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_trace *trace = pane->trace;
	size_t counts[MARK_COUNT] = { 0 }, all = 0, i, first, last;
	int64_t end = wg_scale_end(scale) + pane->origin_ns;
	bool draw;

	first = wg_trace_first_event(trace, scale->from_ns + pane->origin_ns);
	last = wg_trace_first_event(trace, end);
	if (last - first > COUNTED_MAX) {
		(void)wg_canvas_textf(pen->canvas, pen->app->name_cols, y, scale->cols,
			WG_STYLE_DIM, "%zu events in sight: + to see each", last - first);
		return;
	}
	for (i = first; i < last; i++) {
		const struct wg_event *event = WG_EVENT(trace, i);
		int mark = mark_of(event);

		if (mark >= 0 && wg_lane_has_event(lane, event)) {
			counts[mark]++;
			all++;
		}
	}
	draw = all <= (size_t)scale->cols / 2;
	if (!draw) {
		say_counts(pen, y, counts);
		return;
	}
	for (i = first; i < last; i++) {
		const struct wg_event *event = WG_EVENT(trace, i);
		int mark = mark_of(event);

		if (mark >= 0 && wg_lane_has_event(lane, event))
			put_mark(pen,
				pen->app->name_cols +
					wg_scale_col(scale, event->ts_ns - pane->origin_ns),
				y, mark);
	}
}

/* ---- chain ---- */

struct step {
	int64_t t;
	char letter;
	unsigned style; /* of the line that leads here */
	uint32_t line;
};

#define STEPS_MAX 6

static size_t steps_of(const struct wg_op_life *op, const struct wg_glyphs *g, struct step *steps)
{
	const struct step all[STEPS_MAX] = {
		{ op->submit_ns, 's', WG_STYLE_DIM, g->link },
		{ op->start_ns, 'b', WG_STYLE_DIM, g->queued },
		{ op->done_ns, 'r', WG_STYLE_WORKING, g->working },
		{ op->notify_ns, 'n', WG_STYLE_WASTED, g->wasted[WG_WASTED_STEPS - 1] },
		{ op->wake_ns, 'w', WG_STYLE_WASTED, g->wasted[WG_WASTED_STEPS - 1] },
		{ op->deliver_ns, 'd', WG_STYLE_AWAKE, g->link },
	};
	size_t i, n = 0;

	for (i = 0; i < STEPS_MAX; i++) {
		if (all[i].t != WG_NO_TIME)
			steps[n++] = all[i];
	}
	return n;
}

/* Lines down from the chain to the worker that served it, through rows where nothing is. */
static void draw_down(
	const struct wg_pen *pen, size_t index, const struct wg_op_life *op, int y, int64_t t)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	size_t top = wg_layout_top(pane, pen->layout, index), i;
	struct wg_band band = pen->layout->pane[index];
	int row_y = band.y + 1, x;
	struct wg_row row;

	if (t == WG_NO_TIME)
		return;
	x = wg_scale_col(&pen->app->scale, t - pane->origin_ns);
	if (x < 0 || x >= pen->app->scale.cols)
		return;
	for (i = top; wg_layout_row(pane, pen->layout->below[index], i, &row); i++, row_y++) {
		if (row_y >= band.y + band.h || row.lane == op->worker_lane)
			return;
		if (row_y > y && row.kind == WG_ROW_LANE && op->worker_lane > row.lane)
			wg_canvas_put(pen->canvas, pen->app->name_cols + x, row_y, WG_STYLE_KEY,
				pen->app->glyphs->up_down);
	}
}

bool wg_draw_chain(const struct wg_pen *pen, size_t index, const struct wg_lane *lane, int y)
{
	const struct wg_scale *scale = &pen->app->scale;
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_glyphs *g = pen->app->glyphs;
	struct wg_op_life room;
	const struct wg_op_life *op = wg_app_op(pen->app, index, &room);
	struct step steps[STEPS_MAX] = { { .t = 0 } };
	size_t n, i;
	int first, last, x, x0 = pen->app->name_cols;

	if (!op || lane->kind != WG_LANE_LOOP || op->loop_idx != lane->loop_idx)
		return false;
	n = steps_of(op, g, steps);
	if (n == 0)
		return false;
	first = wg_scale_col(scale, steps[0].t - pane->origin_ns);
	last = wg_scale_col(scale, steps[n - 1].t - pane->origin_ns);
	if (last < 0 || first >= scale->cols || (!pane->op && last - first < 3))
		return false; /* out of sight, or too small to read and not selected */
	(void)wg_canvas_textf(
		pen->canvas, 2, y, x0 - 3, WG_STYLE_DIM, "op %llu", (unsigned long long)op->op);
	for (i = 1; i < n; i++) {
		int from = wg_scale_col(scale, steps[i - 1].t - pane->origin_ns);
		int to = wg_scale_col(scale, steps[i].t - pane->origin_ns);

		for (x = from < 0 ? 0 : from; x < to && x < scale->cols; x++)
			wg_canvas_put(pen->canvas, x0 + x, y, steps[i].style, steps[i].line);
	}
	for (i = 0; i < n; i++) {
		x = wg_scale_col(scale, steps[i].t - pane->origin_ns);
		if (x >= 0 && x < scale->cols)
			wg_canvas_put(pen->canvas, x0 + x, y, WG_STYLE_KEY,
				(unsigned char)steps[i].letter);
	}
	if (first < 0)
		wg_canvas_put(pen->canvas, x0, y, WG_STYLE_KEY, g->left);
	if (last >= scale->cols)
		wg_canvas_put(pen->canvas, x0 + scale->cols - 1, y, WG_STYLE_KEY, g->right);
	return true;
}

void wg_draw_chain_down(const struct wg_pen *pen, size_t index, int y)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_op_life *op;

	if (!pane->op)
		return;
	op = WG_OP(pane->trace, pane->op - 1);
	if (op->worker_lane == WG_NO_LANE)
		return;
	draw_down(pen, index, op, y, op->start_ns);
	draw_down(pen, index, op, y, op->done_ns);
}
