/*
 * app.c: see app.h. One function per action, small enough to be right by reading.
 */
#include "viz/app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "viz/app_move.h"
#include "viz/seek.h"
#include "traces/units.h"

/* Slow motion by powers of ten; a wake-up takes microseconds, a person some tenths of a second. */
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
/* One screen takes about so long when nobody chose a speed. */
#define SCREEN_NS INT64_C(10000000000)
/* No more pictures a second than people see. */
#define FRAME_NS INT64_C(33000000)

static int64_t clip(int64_t t)
{
	return t < -WG_SCALE_LIMIT_NS  ? -WG_SCALE_LIMIT_NS
	       : t > WG_SCALE_LIMIT_NS ? WG_SCALE_LIMIT_NS
				       : t;
}

static int init_pane(struct wg_pane *pane, const struct wg_trace *trace)
{
	memset(pane, 0, sizeof(*pane));
	pane->trace = trace;
	pane->origin_ns = trace->begin_ns;
	if (trace->op_count > 0 && trace->ops[0].submit_ns != WG_NO_TIME)
		pane->origin_ns = trace->ops[0].submit_ns;
	return wg_figures_init(&pane->figures, trace);
}

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
	for (i = 0; i < count; i++) {
		const struct wg_pane *pane = &app->panes[i];
		int64_t begin, end;

		if (init_pane(&app->panes[i], traces[i]) < 0)
			return -ENOMEM;
		begin = clip(traces[i]->begin_ns - pane->origin_ns);
		end = clip(traces[i]->end_ns - pane->origin_ns);
		if (i == 0 || begin < app->begin_ns)
			app->begin_ns = begin;
		if (i == 0 || end > app->end_ns)
			app->end_ns = end;
	}
	say_verdict(app);
	app->scale = (struct wg_scale){ .from_ns = app->begin_ns, .step_ns = 1, .cols = 1 };
	(void)wg_app_resize(app, cols, rows);
	wg_app_fit(app);
	return 0;
}

/* ---- size ---- */

bool wg_app_too_small(const struct wg_app *app)
{
	return app->cols < WG_COLS_MIN || app->rows < WG_ROWS_MIN;
}

unsigned wg_app_resize(struct wg_app *app, int cols, int rows)
{
	int64_t fit = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols);
	bool fitted = app->scale.step_ns >= fit;

	app->cols = cols > WG_COLS_MAX ? WG_COLS_MAX : cols;
	app->rows = rows > WG_ROWS_MAX ? WG_ROWS_MAX : rows;
	app->name_cols = app->cols >= 76 ? 16 : app->cols >= 60 ? 12 : 9;
	app->scale.cols = app->cols - app->name_cols;
	if (app->scale.cols < 1)
		app->scale.cols = 1;
	/* Who saw everything goes on seeing everything. */
	if (fitted)
		wg_app_fit(app);
	else
		wg_app_show(app, app->cursor_ns);
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
	(void)snprintf(
		app->status, sizeof(app->status), "speed %s of real time", wg_app_speed(app));
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
	wg_app_follow(app);
	return WG_FX_DRAW;
}

int64_t wg_app_next_tick(const struct wg_app *app, int64_t now_ns)
{
	int64_t column;

	if (!app->playing)
		return -1;
	/* Nothing can be seen to move before the cursor enters another column. */
	column = wg_scale_time(&app->scale, wg_app_cursor_col(app) + 1) - app->cursor_ns;
	if (column > SCREEN_NS)
		column = SCREEN_NS;
	column *= speeds[app->speed].divisor;
	if (column > INT64_C(1000000000))
		column = INT64_C(1000000000); /* the time in the details line moves, too */
	return now_ns + (column > FRAME_NS ? column : FRAME_NS);
}

/* ---- keys ---- */

static unsigned key_in_help(struct wg_app *app, enum wg_action action)
{
	switch (action) {
	case WG_ACT_DOWN: app->help_top++; break;
	case WG_ACT_UP:
		if (app->help_top > 0)
			app->help_top--;
		break;
	case WG_ACT_REDRAW: return WG_FX_DRAW | WG_FX_REDRAW;
	case WG_ACT_QUIT:
	case WG_ACT_HELP:
	case WG_ACT_CLEAR: app->help = false; break;
	default: return 0;
	}
	return WG_FX_DRAW;
}

static unsigned act(struct wg_app *app, enum wg_action action, int64_t now_ns)
{
	switch (action) {
	case WG_ACT_QUIT: return WG_FX_QUIT;
	case WG_ACT_REDRAW: return WG_FX_DRAW | WG_FX_REDRAW;
	case WG_ACT_HELP:
		app->help = true;
		app->help_top = 0;
		app->playing = false; /* nobody sees it play */
		break;
	case WG_ACT_PLAY:
		if (app->playing)
			app->playing = false;
		else
			start_playing(app, now_ns);
		break;
	case WG_ACT_FASTER: change_speed(app, 1, now_ns); break;
	case WG_ACT_SLOWER: change_speed(app, -1, now_ns); break;
	default:
		wg_app_move(app, action);
		/* Whoever moves the cursor while it plays sends it on from there. */
		play_from(app, now_ns);
	}
	return WG_FX_DRAW;
}

unsigned wg_app_key(struct wg_app *app, uint32_t key, int64_t now_ns)
{
	enum wg_action action = wg_key_action(key);
	unsigned fx = wg_app_tick(app, now_ns);
	char name[16];

	app->status[0] = '\0';
	if (action == WG_ACT_NONE) {
		(void)snprintf(app->status, sizeof(app->status), "no such key: %s (? for help)",
			wg_key_name(name, sizeof(name), key));
		return fx | WG_FX_DRAW;
	}
	if (app->help)
		return fx | key_in_help(app, action);
	return fx | act(app, action, now_ns);
}

/* ---- what is at the cursor ---- */

int wg_app_cursor_col(const struct wg_app *app)
{
	return wg_scale_col(&app->scale, app->cursor_ns);
}

const struct wg_op_life *wg_app_op(const struct wg_app *app, size_t index)
{
	const struct wg_pane *pane = &app->panes[index];
	int64_t t = app->cursor_ns + pane->origin_ns;

	if (pane->op)
		return pane->op;
	if (pane->lane >= pane->trace->lane_count)
		return NULL;
	return wg_seek_op(pane->trace, &pane->trace->lanes[pane->lane], t, app->scale.step_ns);
}
