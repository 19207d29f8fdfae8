/*
 * help.c: the screens of text: the help, made from the key table, in as many columns as fit; and
 * what another screen cuts, whole.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "viz/app/words.h"
#include "viz/screen/screen.h"

#define KEYS_WIDTH   13
#define COLUMN_WIDTH 76

static size_t line_count(void)
{
	size_t i = 0;

	while (wg_key_row(i))
		i++;
	return i;
}

static void draw_line(const struct wg_pen *pen, int x, int y, int width, size_t i)
{
	const struct wg_key_row *row = wg_key_row(i);

	if (!row->keys[0]) {
		(void)wg_canvas_text(pen->canvas, x, y, width, WG_STYLE_STRONG, row->help);
		return;
	}
	(void)wg_canvas_text(pen->canvas, x + 2, y, KEYS_WIDTH - 3, WG_STYLE_KEY, row->keys);
	(void)wg_canvas_text(
		pen->canvas, x + KEYS_WIDTH, y, width - KEYS_WIDTH, WG_STYLE_PLAIN, row->help);
}

void wg_draw_help(const struct wg_pen *pen)
{
	int top = pen->layout->title.y + 1, height = pen->layout->footer.y - top - 1;
	int columns = pen->app->cols >= 2 * 60 ? 2 : 1, width = pen->app->cols / columns - 1;
	size_t count = line_count(), first = (size_t)pen->app->top, i;
	size_t room = (size_t)height * (size_t)columns, most = count > room ? count - room : 0;

	if (first > most)
		first = most;
	for (i = first; i < count && i - first < room; i++) {
		int at = (int)(i - first);

		draw_line(pen, 1 + at / height * (width + 1), top + at % height, width, i);
	}
	if (most > 0)
		(void)wg_canvas_textf(pen->canvas, 1, top + height, pen->app->cols, WG_STYLE_ALERT,
			"+%zu above, +%zu below: j and k scroll", first, most - first);
	else
		(void)wg_canvas_text(pen->canvas, 1, top + height, pen->app->cols, WG_STYLE_DIM,
			"? or Esc goes back");
}

int wg_draw_words(const struct wg_pen *pen)
{
	int y = pen->layout->title.y + 1, height = pen->layout->footer.y - y - 1;
	int width = pen->app->cols - 2, lines = wg_words_lines(pen->app), i, len, indent;
	int most = lines > height ? lines - height : 0;
	int first = pen->app->top < most ? pen->app->top : most;
	char *text = wg_words_here(pen->app), line[WG_COLS_MAX * 4 + 1];
	const char *at;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < height; i++) {
		at = wg_words_line(text, width, first + i, &len, &indent);
		if (!at)
			break;
		(void)snprintf(line, sizeof(line), "%.*s", len, at);
		(void)wg_canvas_text(
			pen->canvas, 1 + indent, y + i, width - indent, WG_STYLE_PLAIN, line);
	}
	if (most > 0)
		(void)wg_canvas_textf(pen->canvas, 1, y + height, width, WG_STYLE_ALERT,
			"+%d above, +%d below: j and k scroll", first, most - first);
	else
		(void)wg_canvas_text(
			pen->canvas, 1, y + height, width, WG_STYLE_DIM, "x or Esc goes back");
	free(text);
	return 0;
}
