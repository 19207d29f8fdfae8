/*
 * app.c: see app.h. One function per action, small enough to be right by reading.
 */
#include "viz/app/app.h"

#include <errno.h>
#include <string.h>

#include "viz/app/move.h"
#include "viz/app/overview.h"
#include "viz/app/seek.h"

/* Slow motion in powers of ten: a wake-up takes microseconds, and eyes need tenths of a second. */
static const struct {
	const char *name;
	int64_t divisor;
} speeds[] = {
	{ "1/1000000", 1000000 },
	{ "1/100000", 100000 },
	{ "1/10000", 10000 },
	{ "1/1000", 1000 },
	{ "1/100", 100 },
	{ "1/10", 10 },
	{ "1", 1 },
};

#define SPEED_COUNT ((int)(sizeof(speeds) / sizeof(speeds[0])))
/* How long one screen takes to play at the default speed. */
#define SCREEN_NS INT64_C(10000000000)
/* No more pictures a second than people see. */
#define FRAME_NS INT64_C(33000000)

/* ---- beginning ---- */

static void say_verdict(struct wg_app *app)
{
	const struct wg_figures *a = &app->panes[0].figures;
	const struct wg_figures *b = app->pane_count > 1 ? &app->panes[1].figures : NULL;

	(void)wg_verdict(app->verdict, sizeof(app->verdict), a, b, false);
	(void)wg_verdict(app->verdict_short, sizeof(app->verdict_short), a, b, true);
}

int wg_app_init(struct wg_app *app, const struct wg_trace *const *traces, size_t count, int cols,
	int rows, bool ascii)
{
	size_t i;

	memset(app, 0, sizeof(*app));
	app->ascii = ascii;
	app->glyphs = wg_glyphs(ascii);
	app->pane_count = count;
	app->mark_ns[0] = app->mark_ns[1] = WG_NO_TIME;
	for (i = 0; i < count; i++) {
		app->panes[i].trace = traces[i];
		if (wg_figures_init(&app->panes[i].figures, traces[i]) < 0)
			return -ENOMEM;
		wg_lane_list_build(&app->panes[i].list, traces[i]);
	}
	wg_app_align(app);
	say_verdict(app);
	app->scale = (struct wg_scale){ .from_ns = app->begin_ns, .step_ns = 1, .cols = 1 };
	(void)wg_app_resize(app, cols, rows);
	wg_app_fit(app);
	return 0;
}

void wg_app_relist(struct wg_app *app)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		struct wg_pane *pane = &app->panes[i];

		pane->lane = wg_lane_list_again(&pane->list, pane->trace, pane->lane);
	}
}

unsigned wg_app_grown(struct wg_app *app)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	bool fitted = app->scale.step_ns >= fit;
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		struct wg_pane *pane = &app->panes[i];

		/* Out of memory: the older figures stay. They are right for a part of the trace. */
		(void)wg_figures_init(&pane->figures, pane->trace);
		if (pane->op) /* SIZE_MAX, none, becomes 0 */
			pane->op = wg_trace_op_number(pane->trace, pane->op_who, pane->op_id) + 1;
	}
	wg_app_relist(app);
	wg_app_align(app);
	say_verdict(app);
	wg_overview_build(app);
	if (fitted)
		wg_app_fit(app);
	return WG_FX_DRAW;
}

/* ---- size ---- */

bool wg_app_too_small(const struct wg_app *app)
{
	return app->cols < WG_COLS_MIN || app->rows < WG_ROWS_MIN;
}

unsigned wg_app_resize(struct wg_app *app, int cols, int rows)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	int64_t seen = app->scale.step_ns * app->scale.cols, until = wg_scale_end(&app->scale);
	bool fitted = app->scale.step_ns >= fit;

	app->cols = cols > WG_COLS_MAX ? WG_COLS_MAX : cols;
	app->rows = rows > WG_ROWS_MAX ? WG_ROWS_MAX : rows;
	app->name_cols = app->cols >= 76 ? 16 : app->cols >= 60 ? 12 : 9;
	app->scale.cols = app->cols - app->name_cols;
	if (app->scale.cols < 1)
		app->scale.cols = 1;
	/* If all was visible, all stays visible; live, the window keeps its length and its end. */
	if (app->live) {
		app->scale.step_ns = (seen + app->scale.cols - 1) / app->scale.cols;
		app->scale.from_ns = until - app->scale.step_ns * app->scale.cols;
	} else if (fitted) {
		wg_app_fit(app);
	} else {
		wg_app_show(app, app->cursor_ns);
	}
	wg_overview_build(app);
	return WG_FX_DRAW;
}

/* ---- playing ---- */

const char *wg_app_speed(const struct wg_app *app)
{
	return speeds[app->speed].name;
}

static void play_from(struct wg_app *app, int64_t now_ns)
{
	app->play_now_ns = now_ns;
	app->play_cursor_ns = app->cursor_ns;
}

static void start_playing(struct wg_app *app, int64_t now_ns)
{
	int64_t screen = app->scale.step_ns * app->scale.cols;

	app->playing = true;
	if (app->cursor_ns >= app->end_ns)
		app->cursor_ns = app->begin_ns;
	if (!app->speed_chosen) {
		app->speed = SPEED_COUNT - 1;
		while (app->speed > 0 && SCREEN_NS / speeds[app->speed].divisor > 3 * screen)
			app->speed--;
	}
	wg_app_show(app, app->cursor_ns);
	play_from(app, now_ns);
}

static void change_speed(struct wg_app *app, int by, int64_t now_ns)
{
	int speed = app->speed + by;

	app->speed_chosen = true;
	if (speed >= 0 && speed < SPEED_COUNT)
		app->speed = speed;
	play_from(app, now_ns);
	wg_app_say(app, "speed %s of real time", wg_app_speed(app));
}

unsigned wg_app_tick(struct wg_app *app, int64_t now_ns)
{
	if (!app->playing)
		return 0;
	app->cursor_ns =
		app->play_cursor_ns + (now_ns - app->play_now_ns) / speeds[app->speed].divisor;
	if (app->cursor_ns >= app->end_ns) {
		app->cursor_ns = app->end_ns;
		app->playing = false;
	}
	wg_app_turn(app);
	return WG_FX_DRAW;
}

int64_t wg_app_next_tick(const struct wg_app *app, int64_t now_ns)
{
	int64_t column;

	if (!app->playing)
		return -1;
	/* Nothing on the screen changes before the cursor enters another column. */
	column = wg_scale_time(&app->scale, wg_app_cursor_col(app) + 1) - app->cursor_ns;
	if (column > SCREEN_NS)
		column = SCREEN_NS;
	column *= speeds[app->speed].divisor;
	if (column > INT64_C(1000000000))
		column = INT64_C(1000000000); /* the time in the details line moves, too */
	return now_ns + (column > FRAME_NS ? column : FRAME_NS);
}

/* ---- keys ---- */

static struct wg_place window(const struct wg_app *app)
{
	return (struct wg_place){ app->scale.from_ns, app->scale.step_ns, app->cursor_ns };
}

static void remember(struct wg_app *app, struct wg_place before)
{
	struct wg_place after = window(app);

	if (before.from_ns != after.from_ns || before.step_ns != after.step_ns ||
		before.cursor_ns != after.cursor_ns)
		wg_history_push(&app->history, before);
}

static void go_back(struct wg_app *app, bool back)
{
	struct wg_place at = window(app);

	if (!(back ? wg_history_back : wg_history_on)(&app->history, &at)) {
		wg_app_say(app, back ? "nothing to go back to" : "nothing to go forward to");
		return;
	}
	app->scale.step_ns = at.step_ns;
	wg_app_set_from(app, at.from_ns);
	wg_app_set_cursor(app, at.cursor_ns); /* the traces may be aligned differently now */
}

static void open_view(struct wg_app *app, enum wg_view view)
{
	app->view = view;
	app->top = app->row = 0;
	app->playing = false; /* it is not on the screen */
}

static unsigned act(struct wg_app *app, enum wg_action action, int64_t now_ns)
{
	unsigned fx = WG_FX_DRAW;

	switch (action) {
	case WG_ACT_QUIT: return WG_FX_QUIT;
	case WG_ACT_REDRAW: return WG_FX_DRAW | WG_FX_REDRAW;
	case WG_ACT_HELP: open_view(app, WG_VIEW_HELP); break;
	case WG_ACT_FIGURES: open_view(app, WG_VIEW_FIGURES); break;
	case WG_ACT_FINDINGS: open_view(app, WG_VIEW_FINDINGS); break;
	case WG_ACT_WORDS:
		app->under = WG_VIEW_LANES;
		open_view(app, WG_VIEW_WORDS);
		break;
	case WG_ACT_UNDO: go_back(app, true); break;
	case WG_ACT_REDO: go_back(app, false); break;
	case WG_ACT_GO: wg_prompt_open(app, WG_PROMPT_GO); break;
	case WG_ACT_SEARCH: wg_prompt_open(app, WG_PROMPT_SEARCH); break;
	case WG_ACT_FILTER: wg_prompt_open(app, WG_PROMPT_FILTER); break;
	case WG_ACT_BOOKMARK_NAME: wg_prompt_open(app, WG_PROMPT_NAME); break;
	case WG_ACT_PLAY:
		if (app->playing)
			app->playing = false;
		else
			start_playing(app, now_ns);
		break;
	case WG_ACT_FASTER: change_speed(app, 1, now_ns); break;
	case WG_ACT_SLOWER: change_speed(app, -1, now_ns); break;
	default:
		if (!wg_app_find(app, action, &fx) && !wg_app_lanes(app, action))
			(void)wg_app_move(app, action);
	}
	return fx;
}

unsigned wg_app_key(struct wg_app *app, uint32_t key, int64_t now_ns)
{
	unsigned fx = wg_app_tick(app, now_ns);
	enum wg_action action = WG_ACT_NONE;
	struct wg_place before = window(app);
	char name[16];

	app->status[0] = '\0';
	if (app->prompt.kind != WG_PROMPT_NONE) {
		fx |= wg_prompt_key(app, key);
	} else {
		action = wg_key_action(key);
		if (action != WG_ACT_WASTED_LONGEST)
			app->longest = 0;
		if (action == WG_ACT_NONE) {
			wg_app_say(app, "no such key%s%s (? for help)",
				key == WG_KEY_OTHER ? "" : ": ",
				key == WG_KEY_OTHER ? "" : wg_key_name(name, sizeof(name), key));
			fx |= WG_FX_DRAW;
		} else if (app->view != WG_VIEW_LANES) {
			fx |= wg_app_view_key(app, action);
		} else {
			fx |= act(app, action, now_ns);
		}
	}
	/* Only zooms and jumps are remembered. */
	if (!wg_key_moves(action, WG_HOW_STEP))
		remember(app, before);
	/* A key that moves the cursor during play: it plays on from there. */
	if (app->playing && app->cursor_ns != before.cursor_ns)
		play_from(app, now_ns);
	return fx;
}

/* ---- what is at the cursor ---- */

int wg_app_cursor_col(const struct wg_app *app)
{
	return wg_scale_col(&app->scale, app->cursor_ns);
}

size_t wg_app_op_number(const struct wg_app *app, size_t index)
{
	const struct wg_pane *pane = &app->panes[index];
	int64_t cursor =
		app->is_free && index != app->active ? pane->own_cursor_ns : app->cursor_ns;
	int64_t t = cursor + pane->origin_ns;
	size_t at = wg_lane_list_find(&pane->list, pane->lane), op = pane->op, i;

	if (op || at >= pane->list.count)
		return op;
	/* Of lanes folded into one, the first that has something there. */
	for (i = 0; i < pane->list.entries[at].members && !op; i++) {
		const struct wg_lane *lane = &pane->trace->lanes[pane->list.entries[at].lane + i];

		op = wg_seek_op(pane->trace, lane, t, app->scale.step_ns);
	}
	return op;
}

const struct wg_op_life *wg_app_op(const struct wg_app *app, size_t index, struct wg_op_life *room)
{
	size_t op = wg_app_op_number(app, index);

	return op ? wg_trace_op_at(app->panes[index].trace, op - 1, room) : NULL;
}
