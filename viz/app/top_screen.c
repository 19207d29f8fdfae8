/*
 * top_screen.c: keys while another screen is on top of the lanes: figures, findings, help (see
 * move.h).
 */
#include <stdio.h>
#include <string.h>

#include "viz/app/move.h"
#include "viz/app/figure_rows.h"
#include "viz/app/findings.h"
#include "viz/app/live_title.h"
#include "viz/app/thread_words.h"
#include "viz/app/words.h"

size_t wg_app_findings(const struct wg_app *app, struct wg_finding *findings, size_t max)
{
	const struct wg_live_title *live = app->live;
	size_t n = 0, i, from;

	if (live && live->is_held) {
		n = live->finding_count < max ? live->finding_count : max;
		memcpy(findings, live->findings, n * sizeof(*findings));
		return n;
	}
	for (i = 0; i < app->pane_count; i++) {
		from = n;
		n += wg_findings(app->panes[i].trace, findings + n, max - n);
		for (; from < n; from++)
			findings[from].pane = i;
	}
	return n;
}

static int row_count(const struct wg_app *app)
{
	struct wg_finding findings[WG_FINDINGS_MAX];

	switch (app->view) {
	case WG_VIEW_FIGURES: return (int)wg_figure_row_count();
	case WG_VIEW_FINDINGS: return (int)wg_app_findings(app, findings, WG_FINDINGS_MAX);
	default: return 0;
	}
}

/* n goes on to the next wait of the thread in the same place. */
static void search_alike(struct wg_app *app, const struct wg_lane *lane, int64_t at_ns)
{
	const struct wg_trace *trace = app->panes[app->active].trace;
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec = wg_seek_wait(trace, lane, at_ns, 1, &room);
	char text[64], why[80];

	if (!rec)
		return;
	(void)snprintf(text, sizeof(text), "thread=%u in=%s", lane->tid,
		wg_wait_in_name((enum wg_wait_in)rec->how));
	(void)wg_filter_parse(text, &app->search, why, sizeof(why));
}

/* To the first wait of a finding of a thread. */
static void go_to_wait(struct wg_app *app, const struct wg_finding *finding)
{
	const struct wg_pane *pane = &app->panes[app->active];
	size_t i;

	for (i = 0; i < pane->trace->lane_count; i++) {
		const struct wg_lane *lane = &pane->trace->lanes[i];

		if (lane->kind != WG_LANE_THREAD || lane->tid != finding->tid ||
			lane->pid != finding->pid)
			continue;
		wg_app_choose_lane(app, i);
		wg_app_set_cursor(app, finding->at_ns - pane->origin_ns);
		search_alike(app, lane, finding->at_ns);
		wg_app_say(app, "the first wait of this finding; n goes to the next");
		return;
	}
	wg_app_say(app, "its thread is not in this trace");
}

/* From a row straight to what it is about; the screen on top closes. */
static void go_to_row(struct wg_app *app)
{
	const struct wg_pane *pane = &app->panes[app->active];
	struct wg_finding findings[WG_FINDINGS_MAX];
	char find[64] = "";
	size_t n;

	if (app->view == WG_VIEW_FIGURES) {
		(void)wg_figure_row_find(find, sizeof(find), &pane->figures, (size_t)app->row);
	} else if (app->view == WG_VIEW_FINDINGS) {
		n = wg_app_findings(app, findings, WG_FINDINGS_MAX);
		if ((size_t)app->row < n && findings[app->row].pane != app->active)
			(void)wg_app_lanes(app, WG_ACT_PANE);
		if ((size_t)app->row < n)
			(void)snprintf(find, sizeof(find), "%s", findings[app->row].find);
		if ((size_t)app->row < n && findings[app->row].is_thread)
			go_to_wait(app, &findings[app->row]);
	}
	if (find[0])
		wg_app_find_text(app, find, true);
	if (app->status[0])
		app->view = WG_VIEW_LANES;
	else
		wg_app_say(app, "this figure has no single place to go to");
}

/* Of a screen of text: how many lines it has. */
static int line_count(const struct wg_app *app)
{
	size_t rows = 0;

	if (app->view == WG_VIEW_WORDS)
		return wg_words_lines(app);
	while (wg_key_row(rows))
		rows++;
	return (int)rows;
}

static void move(struct wg_app *app, int by)
{
	int rows = row_count(app), most;

	if (app->view == WG_VIEW_HELP || app->view == WG_VIEW_WORDS) {
		/* Title, the line that says how to scroll, and footer stay. */
		most = line_count(app) - (app->rows - 3);
		app->top += by;
		if (app->top > most)
			app->top = most;
		if (app->top < 0)
			app->top = 0;
		return;
	}
	app->row += by;
	if (app->row >= rows)
		app->row = rows - 1;
	if (app->row < 0)
		app->row = 0;
}

/* Whole, and back to where that was cut. */
static void toggle_words(struct wg_app *app)
{
	if (app->view == WG_VIEW_WORDS) {
		app->view = app->under;
	} else {
		app->under = app->view;
		app->view = WG_VIEW_WORDS;
	}
	app->top = 0;
}

static void toggle(struct wg_app *app, enum wg_view view)
{
	app->view = app->view == view ? WG_VIEW_LANES : view;
	app->top = app->row = 0;
}

unsigned wg_app_view_key(struct wg_app *app, enum wg_action action)
{
	switch (action) {
	case WG_ACT_DOWN: move(app, 1); break;
	case WG_ACT_UP: move(app, -1); break;
	case WG_ACT_PAN_RIGHT: move(app, 8); break;
	case WG_ACT_PAN_LEFT: move(app, -8); break;
	case WG_ACT_HOME: app->top = app->row = 0; break;
	case WG_ACT_END: move(app, WG_ROWS_MAX); break;
	case WG_ACT_SELECT:
		if (app->view == WG_VIEW_HELP || app->view == WG_VIEW_WORDS)
			app->view = WG_VIEW_LANES;
		else
			go_to_row(app);
		break;
	case WG_ACT_PANE:
		(void)wg_app_lanes(app, WG_ACT_PANE);
		move(app, 0);
		break;
	case WG_ACT_HELP: toggle(app, WG_VIEW_HELP); break;
	case WG_ACT_FIGURES: toggle(app, WG_VIEW_FIGURES); break;
	case WG_ACT_FINDINGS: toggle(app, WG_VIEW_FINDINGS); break;
	case WG_ACT_WORDS: toggle_words(app); break;
	case WG_ACT_REDRAW: return WG_FX_DRAW | WG_FX_REDRAW;
	case WG_ACT_QUIT:
	case WG_ACT_CLEAR:
		app->view = app->view == WG_VIEW_WORDS ? app->under : WG_VIEW_LANES;
		break;
	default: wg_app_say(app, "that key works on the lanes: Esc goes back to them");
	}
	return WG_FX_DRAW;
}
