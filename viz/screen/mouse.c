/*
 * mouse.c: what a person does with the mouse: select, zoom with the wheel, pan by dragging (see
 * app.h); a key in the bottom line is pressed by pointing at it. Everything can be done with keys,
 * too.
 */
#include "viz/app/move.h"
#include "viz/screen/footer.h"
#include "viz/app/layout.h"
#include "viz/app/overview.h"

static bool is_in(struct wg_band band, int y)
{
	return y >= band.y && y < band.y + band.h;
}

/* The cursor must stay visible: a drag moves it along at the edge. */
static void keep_cursor(struct wg_app *app)
{
	int col = wg_app_cursor_col(app);

	if (col < 0)
		app->cursor_ns = app->scale.from_ns;
	else if (col >= app->scale.cols)
		app->cursor_ns = wg_scale_time(&app->scale, app->scale.cols - 1);
	if (app->cursor_ns > app->end_ns)
		app->cursor_ns = app->end_ns;
}

static void press(struct wg_app *app, int x, int y)
{
	int col = x - app->name_cols;
	struct wg_layout layout;
	struct wg_row row;
	size_t pane;

	wg_layout_init(&layout, app);
	if (is_in(layout.overview, y) && col >= 0) {
		struct wg_scale all = wg_overview_scale(app);
		int64_t t = wg_scale_time(&all, col);

		wg_app_set_from(app, t - app->scale.cols / 2 * app->scale.step_ns);
		wg_app_set_cursor(app, t);
		return;
	}
	if (wg_layout_hit(app, &layout, y, &pane, &row)) {
		if (pane != app->active)
			(void)wg_app_lanes(app, WG_ACT_PANE);
		wg_app_choose_lane(app, row.lane);
	} else if (!is_in(layout.axis, y)) {
		return;
	}
	if (col < 0)
		return;
	wg_app_set_cursor(app, wg_scale_time(&app->scale, col));
	app->dragging = true;
	app->drag_col = col;
	app->drag_from_ns = app->scale.from_ns;
}

static unsigned wheel(struct wg_app *app, int x, bool up)
{
	int col = x - app->name_cols;

	if (app->view != WG_VIEW_LANES)
		return wg_app_view_key(app, up ? WG_ACT_UP : WG_ACT_DOWN);
	wg_app_zoom_at(app, col < 0 ? 0 : col, up);
	keep_cursor(app);
	return WG_FX_DRAW;
}

unsigned wg_app_mouse(struct wg_app *app, enum wg_mouse what, int x, int y, int64_t now_ns)
{
	unsigned fx = wg_app_tick(app, now_ns);
	struct wg_place before = { app->scale.from_ns, app->scale.step_ns, app->cursor_ns };
	uint32_t key;

	if (wg_app_too_small(app) || app->prompt.kind != WG_PROMPT_NONE)
		return fx;
	if (what == WG_MOUSE_PRESS && wg_footer_hit(app, x, y, &key))
		return fx | wg_app_key(app, key, now_ns);
	switch (what) {
	case WG_MOUSE_UP:
	case WG_MOUSE_DOWN:
		app->status[0] = '\0';
		fx |= wheel(app, x, what == WG_MOUSE_UP);
		if (app->scale.step_ns != before.step_ns)
			wg_history_push(&app->history, before);
		break;
	case WG_MOUSE_PRESS:
		if (app->view != WG_VIEW_LANES)
			return fx;
		app->status[0] = '\0';
		app->playing = false;
		press(app, x, y);
		return fx | WG_FX_DRAW;
	case WG_MOUSE_MOVE:
		if (!app->dragging)
			return fx;
		wg_app_set_from(app, app->drag_from_ns - (x - app->name_cols - app->drag_col) *
								 app->scale.step_ns);
		keep_cursor(app);
		return fx | WG_FX_DRAW;
	default: app->dragging = false;
	}
	return fx;
}
