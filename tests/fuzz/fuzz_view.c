/*
 * fuzz_view.c: what reaches the viewer from outside: keys, the terminal's bytes, bookmarks that
 * came with a trace, searches, and the numbers of options and variables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/targets.h"
#include "traces/base/text_out.h"
#include "traces/base/units.h"
#include "traces/model/filter.h"
#include "viz/app/app.h"
#include "viz/app/bookmarks.h"
#include "viz/app/script.h"
#include "viz/canvas/canvas.h"
#include "viz/canvas/palette.h"
#include "viz/run/catalogue.h"
#include "viz/screen/screen.h"
#include "viz/term/input.h"
#include "viz/term/sgr.h"

/* Bytes 0 and 1 are the size of the screen. False: none of it. */
static bool open_app(struct wg_app *app, const uint8_t *data, size_t len)
{
	const struct wg_trace *borrowed[1] = { fuzz_trace_tick() };
	int cols = len > 0 ? data[0] : 80, rows = len > 1 ? data[1] % 100 : 24;

	return cols > 0 && rows > 0 && wg_app_init(app, borrowed, 1, cols, rows, false) == 0;
}

static void draw(const struct wg_app *app)
{
	struct wg_canvas canvas;

	if (wg_canvas_init(&canvas, app->cols, app->rows, false) == 0) {
		(void)wg_screen_draw(app, &canvas);
		wg_canvas_fini(&canvas);
	}
}

static void run_keys(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_app app;
	char script[4096], bad[64];

	(void)dir;
	if (!open_app(&app, data, len))
		return;
	fuzz_text(data + (len < 2 ? len : 2), len < 2 ? 0 : len - 2, script, sizeof(script));
	(void)wg_script_run(&app, script, bad, sizeof(bad));
	draw(&app);
}

/* As viz/term/term.c takes them. A byte 0xFF stands for a pause. */
static void run_terminal(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_input input = { 0 };
	struct wg_sgr sgr = { 0 };
	struct wg_app app;
	char text[4096];
	const char *at = text;

	(void)dir;
	if (!open_app(&app, data, len))
		return;
	fuzz_text(data + (len < 2 ? len : 2), len < 2 ? 0 : len - 2, text, sizeof(text));
	while (*at) {
		bool is_pause = (unsigned char)*at == 0xff;
		uint32_t key = wg_utf8_next(&at);
		enum wg_mouse what;
		int x, y;

		if (sgr.active) {
			if (wg_sgr_feed(&sgr, key, &what, &x, &y))
				(void)wg_app_mouse(&app, what, x, y, 0);
			continue;
		}
		key = is_pause ? wg_input_pause(&input) : wg_input_feed(&input, key);
		if (input.is_pasting && key && key < ' ')
			abort(); /* pasted text is no command */
		if (key == WG_INPUT_SGR)
			wg_sgr_begin(&sgr);
		else if (key && !(input.is_pasting && app.prompt.kind == WG_PROMPT_NONE))
			(void)wg_app_key(&app, key, 0);
	}
	draw(&app);
}

/* What can be read is in order, and is the same when it was written and read again. */
static void run_marks(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_bookmarks marks = { .count = 0 }, again = { .count = 0 };
	size_t i;

	fuzz_write(dir, WG_BOOKMARKS_FILE, data, len);
	if (wg_bookmarks_load(&marks, dir) < 0) {
		if (marks.count)
			abort(); /* refused, and taken */
		return;
	}
	for (i = 1; i < marks.count; i++) {
		if (marks.v[i - 1].t >= marks.v[i].t)
			abort();
	}
	if (wg_bookmarks_save(&marks, dir) < 0 || wg_bookmarks_load(&again, dir) < 0 ||
		again.count != marks.count)
		abort();
	for (i = 0; i < marks.count; i++) {
		if (again.v[i].t != marks.v[i].t || strcmp(again.v[i].name, marks.v[i].name) != 0)
			abort();
	}
}

static void run_filter(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_filter filter;
	struct wg_found found;
	char text[4096], why[120] = "";

	(void)dir;
	fuzz_text(data, len, text, sizeof(text));
	if (wg_filter_parse(text, &filter, why, sizeof(why)) < 0) {
		if (!why[0])
			abort(); /* refused without a reason */
		return;
	}
	if (filter.count > WG_TERMS_MAX)
		abort();
	(void)wg_filter_next(&filter, fuzz_trace_tick(), INT64_MIN, true, &found);
	(void)wg_filter_next(&filter, fuzz_trace_tick(), INT64_MAX, false, &found);
}

/* What is taken lies within its bounds, and what is written for people can be written. */
static void run_words(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_run_param p = { .min = 3, .max = 4000000000 };
	char text[4096], shown[64];
	uint64_t value;
	int64_t ns;
	int unit;

	(void)dir;
	fuzz_text(data, len, text, sizeof(text));
	if (wg_parse_number(text, 5, 500, &value) == 0 && (value < 5 || value > 500))
		abort();
	if (wg_parse_size(text, &value) == 0)
		(void)wg_format_size(shown, sizeof(shown), value);
	if (wg_parse_time(text, &ns) == 0) {
		if (ns < 0)
			abort();
		(void)wg_format_time(shown, sizeof(shown), ns);
	}
	for (unit = WG_UNIT_COUNT; unit < WG_UNIT_FILE; unit++) {
		p.unit = (enum wg_unit)unit;
		if (wg_param_parse(&p, text, &value) < 0)
			continue;
		if (value < p.min || value > p.max ||
			wg_param_parse(
				&p, wg_param_text(shown, sizeof(shown), p.unit, value), &value) < 0)
			abort();
	}
	(void)wg_background_is_light(text);
}

const struct fuzz_target fuzz_keys = { "keys", run_keys, NULL };
const struct fuzz_target fuzz_terminal = { "terminal", run_terminal, NULL };
const struct fuzz_target fuzz_marks = { "marks", run_marks, NULL };
const struct fuzz_target fuzz_filter = { "filter", run_filter, NULL };
const struct fuzz_target fuzz_words = { "words", run_words, NULL };
