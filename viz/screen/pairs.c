/*
 * pairs.c: who woke whom: from the lane of the notifier down or up to the lane of the thread that
 * it woke, at the column of the notify.
 *
 *     server 812   ·······n·····━
 *     flusher 814  ~~~~~~~│~~~~~~
 *     worker 813   :::::::▼█━━━::     the chosen one
 *
 * The pairs of the chosen thread are drawn, as woken and as notifier; where they are dense, only
 * the one at the cursor.
 */
#include "viz/app/thread_words.h"
#include "viz/screen/screen.h"

#define NOT_SHOWN (-1)

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

void wg_draw_pairs(const struct wg_pen *pen, size_t index)
{
	const struct wg_pane *pane = &pen->app->panes[index];
	const struct wg_trace *trace = pane->trace;
	struct wg_wait_rec room;
	const struct wg_wait_rec *here = wg_app_wait(pen->app, index, &room);
	size_t most = (size_t)pen->app->scale.cols / 4, found = 0, i;
	struct wg_pair pair;

	if (index != pen->app->active || trace->thread_count < 2 || pane->lane >= trace->lane_count)
		return;
	for (i = 0; i < trace->wait_count && found <= most; i++)
		found += is_of(pane, &pen->app->scale, WG_WAIT(trace, i), &pair);
	for (i = 0; i < trace->wait_count && found <= most; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(trace, i);

		if (is_of(pane, &pen->app->scale, rec, &pair))
			draw_pair(pen, index, wg_wait_lane(trace, rec), &pair);
	}
	if (found > most && here && is_of(pane, &pen->app->scale, here, &pair))
		draw_pair(pen, index, wg_wait_lane(trace, here), &pair);
}
