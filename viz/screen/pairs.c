/*
 * pairs.c: who woke whom: from the lane of the notifier down or up to the lane of the thread that
 * it woke, at the column of the notify.
 *
 *     server 812   ·······n·····━
 *     flusher 814  ~~~~~~~│~~~~~~
 *     worker 813   :::::::▼█━━━::     the chosen one
 *
 * The pairs of the chosen thread are drawn, as woken and as notifier; where they are dense, or very
 * many waits are in sight, only the one at the cursor.
 */
#include "viz/app/thread_words.h"
#include "viz/screen/screen.h"

#define NOT_SHOWN (-1)

/* A frame must not take longer because a trace is long. */
#define SOUGHT_MAX 20000 /* waits in sight */

/* The row of the screen where a lane is drawn; NOT_SHOWN if it is not. */
static int row_of(const struct wg_pen *pen, size_t index, size_t lane)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	struct wg_band band = pen->layout->pane[index];
	size_t i = wg_layout_top(pane, pen->layout, index);
	struct wg_row row;
	int y = band.y + 1;

	for (; y < band.y + band.h && wg_layout_row(pane, pen->layout->below[index], i, &row);
		i++, y++) {
		if (row.kind == WG_ROW_LANE && lane >= row.lane && lane - row.lane < row.members)
			return y;
	}
	return NOT_SHOWN;
}

static void draw_pair(
	const struct wg_pen *pen, size_t index, size_t to_lane, const struct wg_pair *pair)
{
	const struct wg_app *app = pen->app;
	int col = wg_scale_col(&app->scale, pair->notify_ns - app->panes[index].origin_ns);
	int from = row_of(pen, index, pair->from_lane), to = row_of(pen, index, to_lane);
	int x = app->name_cols + col, step = to > from ? 1 : -1, y;

	if (col < 0 || col >= app->scale.cols || from == NOT_SHOWN || to == NOT_SHOWN)
		return;
	wg_canvas_put(pen->canvas, x, from, WG_STYLE_KEY, 'n');
	for (y = from + step; y != to; y += step)
		wg_canvas_put(pen->canvas, x, y, WG_STYLE_KEY, app->glyphs->up_down);
	wg_canvas_put(
		pen->canvas, x, to, WG_STYLE_KEY, step > 0 ? app->glyphs->down : app->glyphs->up);
}

/* Does it touch the window, and is the chosen thread an end of it? */
static bool is_of(const struct wg_pane *pane, const struct wg_scale *scale,
	const struct wg_wait_rec *rec, struct wg_pair *ret_pair)
{
	int64_t from = scale->from_ns + pane->origin_ns;

	if (!rec->is_thread || rec->notify_ns == WG_NO_TIME || rec->notify_ns < from ||
		rec->notify_ns >= wg_scale_end(scale) + pane->origin_ns)
		return false;
	if (wg_wait_lane(pane->trace, rec) != pane->lane &&
		rec->by_tid != pane->trace->lanes[pane->lane].tid)
		return false;
	return wg_wait_pair(pane->trace, rec, ret_pair) && ret_pair->from_lane != SIZE_MAX &&
	       ret_pair->from_lane != wg_wait_lane(pane->trace, rec) &&
	       (wg_wait_lane(pane->trace, rec) == pane->lane || ret_pair->from_lane == pane->lane);
}

/* The waits whose pairs are drawn. */
struct found {
	size_t wait[WG_COLS_MAX / 4 + 1];
	size_t count, most; /* more than most are dense */
};

static void look_at(const struct wg_pen *pen, size_t index, size_t wait, struct found *found)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	struct wg_pair pair;

	if (wait < pane->trace->wait_count && found->count <= found->most &&
		is_of(pane, &pen->app->scale, WG_WAIT(pane->trace, wait), &pair))
		found->wait[found->count++] = wait;
}

/* The wait that began before t and did not end before it; SIZE_MAX if there is none. */
static size_t wait_across(const struct wg_lane *lane, int64_t t)
{
	size_t i = wg_lane_first(lane, t);

	if (i < lane->span_count && wg_lane_span_ns(lane, i) < t)
		return (size_t)WG_SPAN(lane, i)->wait - 1;
	return i > 0 && WG_SPAN(lane, i - 1)->end_ns == t ? (size_t)WG_SPAN(lane, i - 1)->wait - 1
							  : SIZE_MAX;
}

/* A thread may be notified a moment before it waits: those that begin a column later count, too. */
static void find_pairs(const struct wg_pen *pen, size_t index, struct found *found)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_trace *trace = pane->trace;
	const struct wg_scale *scale = &pen->app->scale;
	int64_t from = scale->from_ns + pane->origin_ns;
	int64_t end = wg_scale_end(scale) + pane->origin_ns + scale->step_ns;
	size_t first = wg_trace_first_wait(trace, from), last = wg_trace_first_wait(trace, end), i;

	if (last - first > SOUGHT_MAX) {
		found->count = found->most + 1;
		return;
	}
	for (i = 0; i < trace->lane_count; i++) {
		if (trace->lanes[i].kind == WG_LANE_THREAD)
			look_at(pen, index, wait_across(&trace->lanes[i], from), found);
	}
	for (i = first; i < last; i++)
		look_at(pen, index, i, found);
}

void wg_draw_pairs(const struct wg_pen *pen, size_t index)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_trace *trace = pane->trace;
	struct wg_wait_rec room;
	const struct wg_wait_rec *here = wg_app_wait(pen->app, index, &room);
	struct found found = { .most = (size_t)pen->app->scale.cols / 4 };
	struct wg_pair pair;
	size_t i;

	if (index != pen->app->active || trace->thread_count < 2 || pane->lane >= trace->lane_count)
		return;
	find_pairs(pen, index, &found);
	if (found.count > found.most) {
		found.count = here ? 1 : 0;
		found.wait[0] = here ? here->number : 0;
	}
	for (i = 0; i < found.count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(trace, found.wait[i]);

		if (is_of(pane, &pen->app->scale, rec, &pair))
			draw_pair(pen, index, wg_wait_lane(trace, rec), &pair);
	}
}
