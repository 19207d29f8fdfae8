/*
 * screen_args.c: see screen_args.h.
 */
#include "viz/cmd/screen_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/base/units.h"
#include "viz/app/app.h"
#include "viz/app/script.h"
#include "viz/base/tty.h"
#include "viz/canvas/canvas.h"
#include "viz/canvas/palette.h"
#include "viz/screen/screen.h"

enum { KEY_FRAME = 0x2000, KEY_KEYS, KEY_TEXT, KEY_ASCII, KEY_BACKGROUND, KEY_NO_MOUSE };

static const struct argp_option options[] = {
	{ "frame", KEY_FRAME, "COLSxROWS", 0,
		"print one screen as text and exit; needs no terminal", 0 },
	{ "keys", KEY_KEYS, "KEYS", 0,
		"press these keys first: names as in the help screen, with blanks between them, as "
		"in \"w z Right\"; Play:500ms plays so long, and Type:TEXT types",
		0 },
	{ "text", KEY_TEXT, NULL, 0,
		"the screen in lines of words, for screen readers and pipes; on a terminal `view` "
		"asks for keys, a line at a time",
		0 },
	{ "ascii", KEY_ASCII, NULL, 0, "draw with ASCII characters only", 0 },
	{ "background", KEY_BACKGROUND, "light|dark", 0,
		"of the terminal; the default is what COLORFGBG says, or dark", 0 },
	{ "no-mouse", KEY_NO_MOUSE, NULL, 0, "leave the mouse to the terminal", 0 },
	{ 0 },
};

static error_t take_frame(struct wg_screen_args *args, char *arg, struct argp_state *state)
{
	const char *x = strchr(arg, 'x');
	char cols[8];
	uint64_t width, height;

	(void)snprintf(cols, sizeof(cols), "%.*s", x ? (int)(x - arg) : 0, arg);
	if (!x || x - arg >= (int)sizeof(cols) ||
		wg_parse_number(cols, 1, WG_COLS_MAX, &width) < 0 ||
		wg_parse_number(x + 1, 1, WG_ROWS_MAX, &height) < 0)
		return wg_option_fail(state, "--frame takes COLSxROWS up to %dx%d, not '%s'",
			WG_COLS_MAX, WG_ROWS_MAX, arg);
	if (width < WG_COLS_MIN || height < WG_ROWS_MIN)
		return wg_option_fail(state, "--frame: %s is too small: at least %dx%d", arg,
			WG_COLS_MIN, WG_ROWS_MIN);
	args->has_frame = true;
	args->cols = (int)width;
	args->rows = (int)height;
	return 0;
}

/* The size that a pipe's screen has: the environment's, if both make sense. */
static void size_from_environment(struct wg_screen_args *args)
{
	const char *cols = getenv("COLUMNS"), *rows = getenv("LINES");
	uint64_t width = 100, height = 30;

	if ((cols && *cols && wg_parse_number(cols, WG_COLS_MIN, WG_COLS_MAX, &width) < 0) ||
		(rows && *rows && wg_parse_number(rows, WG_ROWS_MIN, WG_ROWS_MAX, &height) < 0)) {
		width = 100;
		height = 30;
	}
	args->cols = (int)width;
	args->rows = (int)height;
}

static void fill_in(struct wg_screen_args *args)
{
	if (!args->has_frame)
		size_from_environment(args);
	if (!args->has_background)
		args->light = wg_background_is_light(getenv("COLORFGBG"));
	if (!wg_tty_is_utf8())
		args->ascii = true;
	args->on_terminal = !args->has_frame && !args->text && isatty(STDOUT_FILENO);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_screen_args *args = state->input;
	char hint[80];

	switch (key) {
	case KEY_FRAME: return take_frame(args, arg, state);
	case KEY_KEYS: args->keys = arg; return 0;
	case KEY_TEXT: args->text = true; return 0;
	case KEY_ASCII: args->ascii = true; return 0;
	case KEY_BACKGROUND:
		args->has_background = true;
		args->light = strcmp(arg, "light") == 0;
		if (args->light || strcmp(arg, "dark") == 0)
			return 0;
		return wg_option_fail(state, "--background: no '%s'%s", arg,
			wg_near_hint(hint, sizeof(hint), arg, "light dark"));
	case KEY_NO_MOUSE: args->no_mouse = true; return 0;
	case ARGP_KEY_END: fill_in(args); return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_screen_argp = { .options = options, .parser = take };

void wg_screen_args_apply(const struct wg_screen_args *args, struct wg_app *app)
{
	app->no_mouse = args->no_mouse;
	app->light = args->light;
}

int wg_screen_args_press(const struct wg_screen_args *args, struct wg_app *app, const char *who)
{
	char bad[64], names[200];
	const char *near;

	if (!args->keys || wg_script_run(app, args->keys, bad, sizeof(bad)) == 0)
		return 0;
	near = wg_near_hint(names, sizeof(names), bad, wg_key_names());
	return wg_say_usage(who, "--keys: no key is called '%s'%s", bad, near);
}

int wg_frame_print(const struct wg_app *app)
{
	struct wg_canvas canvas;
	int rc;

	if (wg_canvas_init(&canvas, app->cols, app->rows, app->ascii) < 0)
		return wg_say("cannot draw: out of memory");
	rc = wg_screen_draw(app, &canvas);
	if (rc < 0)
		wg_say("cannot draw: %s", strerror(-rc));
	else
		wg_canvas_print(&canvas, stdout);
	wg_canvas_fini(&canvas);
	return wg_say_flushed(rc < 0 ? WG_EXIT_FAILED : WG_EXIT_OK);
}
