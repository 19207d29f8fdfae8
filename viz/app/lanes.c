/*
 * lanes.c: which lanes are seen, and how two traces are laid beside each other (see
 * move.h).
 */

#include "viz/app/move.h"
#include "traces/base/units.h"
#include "viz/app/overview.h"
#include "viz/app/seek.h"

/* ---- alignment ---- */

/* Shift the other pane so that its n-th submit lies where the active one has its own. Operations
 * are numbered by their submits, whatever their processes called them. */
static void align_ops(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active], *other = &app->panes[1 - app->active];
	size_t n = wg_app_op_number(app, app->active) - 1; /* none: SIZE_MAX */
	int64_t here, there;

	if (n >= pane->trace->op_count || n >= other->trace->op_count)
		return;
	here = wg_trace_submit_ns(pane->trace, n);
	there = wg_trace_submit_ns(other->trace, n);
	if (here != WG_NO_TIME && there != WG_NO_TIME)
		other->origin_ns = there - (here - pane->origin_ns);
}

void wg_app_align(struct wg_app *app)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		struct wg_pane *pane = &app->panes[i];

		if (app->align == WG_ALIGN_OP && i != app->active && pane->origin_ns)
			continue; /* its place is relative to the other's */
		if (pane->is_pinned)
			continue;
		pane->origin_ns = app->align == WG_ALIGN_BEGIN ? pane->trace->begin_ns
							       : wg_trace_zero_ns(pane->trace);
	}
	if (app->align == WG_ALIGN_OP && app->pane_count > 1)
		align_ops(app);
	for (i = 0; i < app->pane_count; i++) {
		const struct wg_pane *pane = &app->panes[i];
		int64_t begin = wg_scale_clip(pane->trace->begin_ns - pane->origin_ns);
		int64_t end = wg_scale_clip(pane->trace->end_ns - pane->origin_ns);

		if (i == 0 || begin < app->begin_ns)
			app->begin_ns = begin;
		if (i == 0 || end > app->end_ns)
			app->end_ns = end;
	}
}

static void change_align(struct wg_app *app)
{
	static const char *const said[WG_ALIGN_COUNT] = { "aligned at the first submit",
		"aligned at the first event", "aligned at this operation; c again moves on" };
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	bool fitted = app->scale.step_ns >= fit;
	struct wg_pane *pane = &app->panes[app->active];
	int64_t origin = pane->origin_ns;

	if (pane->is_pinned) {
		wg_app_say(app, "t=0 stays at the first submit seen");
		return;
	}
	app->align = (app->align + 1) % WG_ALIGN_COUNT;
	wg_app_align(app);
	/* The cursor stays on the same thing. */
	wg_app_set_from(app, app->scale.from_ns + origin - pane->origin_ns);
	wg_app_set_cursor(app, app->cursor_ns + origin - pane->origin_ns);
	if (fitted)
		wg_app_fit(app);
	wg_overview_build(app);
	wg_app_say(app, "%s", said[app->align]);
}

/* ---- two panes ---- */

static void swap(int64_t *a, int64_t *b)
{
	int64_t was = *a;

	*a = *b;
	*b = was;
}

/* The other pane becomes the active one; with free cursors it brings its own. */
static void switch_pane(struct wg_app *app)
{
	struct wg_pane *was = &app->panes[app->active];

	if (app->pane_count < 2)
		return;
	app->active = 1 - app->active;
	if (!app->is_free)
		return;
	was->own_from_ns = app->scale.from_ns;
	was->own_cursor_ns = app->cursor_ns;
	swap(&app->scale.from_ns, &app->panes[app->active].own_from_ns);
	swap(&app->cursor_ns, &app->panes[app->active].own_cursor_ns);
	wg_app_set_from(app, app->scale.from_ns);
	wg_app_set_cursor(app, app->cursor_ns);
}

static void change_free(struct wg_app *app)
{
	struct wg_pane *other = &app->panes[1 - app->active];

	if (app->pane_count < 2) {
		wg_app_say(app, "there is one trace");
		return;
	}
	app->is_free = !app->is_free;
	other->own_from_ns = app->scale.from_ns;
	other->own_cursor_ns = app->cursor_ns;
	wg_app_say(app, app->is_free ? "a cursor for each trace" : "one cursor for both traces");
}

static void go_peer(struct wg_app *app)
{
	size_t op = wg_app_op_number(app, app->active);
	struct wg_pane *pane;
	int64_t submit_ns;

	if (app->pane_count < 2) {
		wg_app_say(app, "there is one trace");
		return;
	}
	if (!op) {
		wg_app_say(app, "no operation here");
		return;
	}
	if (op > app->panes[1 - app->active].trace->op_count) {
		wg_app_say(app, "the other trace has only %zu operations",
			app->panes[1 - app->active].trace->op_count);
		return;
	}
	wg_app_select(&app->panes[app->active], op);
	switch_pane(app);
	pane = &app->panes[app->active];
	wg_app_select(pane, op);
	submit_ns = wg_trace_submit_ns(pane->trace, op - 1);
	if (submit_ns != WG_NO_TIME)
		wg_app_set_cursor(app, submit_ns - pane->origin_ns);
	wg_app_say(app, "operation %zu of both, in %c now", op, 'A' + (int)app->active);
}

/* ---- lanes ---- */

static void fold(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];
	size_t at;

	if (!wg_lane_list_fold(&pane->list, pane->trace, pane->lane)) {
		wg_app_say(app, "nothing to fold: fewer than two workers");
		return;
	}
	at = wg_lane_list_find(&pane->list, pane->lane);
	if (at < pane->list.count)
		pane->lane = pane->list.entries[at].lane;
}

static void hide(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];
	size_t at = wg_lane_list_find(&pane->list, pane->lane);

	if (!wg_lane_list_hide(&pane->list, pane->trace, at)) {
		wg_app_say(app, "not hidden: one lane has to stay");
		return;
	}
	/* The next one takes its place; headings do not count. */
	while (at > 0 &&
		(at >= pane->list.count || pane->list.entries[at].kind == WG_ENTRY_PROCESS))
		at--;
	if (pane->list.entries[at].kind == WG_ENTRY_PROCESS && at + 1 < pane->list.count)
		at++;
	pane->lane = pane->list.entries[at].lane;
	wg_app_say(app, "%zu lane%s hidden: V shows all", pane->list.hidden_lanes,
		wg_s(pane->list.hidden_lanes));
}

static void change_order(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];

	pane->list.order = (pane->list.order + 1) % WG_ORDER_COUNT;
	wg_lane_list_build(&pane->list, pane->trace);
	wg_app_say(app, "lanes %s", wg_order_name(pane->list.order));
}

bool wg_app_lanes(struct wg_app *app, enum wg_action action)
{
	struct wg_pane *pane = &app->panes[app->active];

	switch (action) {
	case WG_ACT_FOLD: fold(app); break;
	case WG_ACT_SORT: change_order(app); break;
	case WG_ACT_HIDE: hide(app); break;
	case WG_ACT_SHOW_ALL: wg_lane_list_show_all(&pane->list, pane->trace); break;
	case WG_ACT_PANE: switch_pane(app); break;
	case WG_ACT_PEER: go_peer(app); break;
	case WG_ACT_ALIGN: change_align(app); break;
	case WG_ACT_FREE: change_free(app); break;
	default: return false;
	}
	return true;
}
