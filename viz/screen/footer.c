/*
 * footer.c: see footer.h. What is typed stands here, too.
 */
#include "viz/screen/footer.h"

#include <stdio.h>
#include <string.h>

#include "traces/base/text_out.h"
#include "viz/screen/screen.h"

/* On another screen, only keys that do something there. q leaves that screen, not the viewer. */
static const char *word_of(const struct wg_app *app, const struct wg_key_row *row)
{
	if (row->action == WG_ACT_PANE && app->pane_count < 2)
		return NULL;
	if (app->view == WG_VIEW_LANES)
		return row->footer;
	switch (row->action) {
	case WG_ACT_QUIT: return "back";
	case WG_ACT_HELP: return app->view == WG_VIEW_HELP ? NULL : row->footer;
	case WG_ACT_FINDINGS: return app->view == WG_VIEW_FINDINGS ? NULL : row->footer;
	case WG_ACT_FIGURES: return app->view == WG_VIEW_FIGURES ? NULL : row->footer;
	case WG_ACT_WORDS: return app->view == WG_VIEW_FINDINGS ? "whole" : NULL;
	case WG_ACT_SELECT:
		return app->view == WG_VIEW_HELP || app->view == WG_VIEW_WORDS ? NULL : "go to it";
	case WG_ACT_PANE: return app->view == WG_VIEW_FIGURES ? "the other's" : NULL;
	case WG_ACT_DOWN: return "down";
	case WG_ACT_UP: return "up";
	default: return NULL;
	}
}

size_t wg_footer_labels(const struct wg_app *app, struct wg_label labels[WG_LABELS_MAX])
{
	int x = 1 + (app->status[0] ? wg_canvas_width(app->status) + 3 : 0);
	const struct wg_key_row *row;
	size_t i, n = 0;

	if (app->prompt.kind != WG_PROMPT_NONE)
		return 0;
	for (i = 0; (row = wg_key_row(i)) && n < WG_LABELS_MAX; i++) {
		const char *word = row->action == WG_ACT_NONE ? NULL : word_of(app, row);
		int key_width = (int)strcspn(row->keys, " ");

		if (!word)
			continue;
		labels[n] = (struct wg_label){ .row = row,
			.word = word,
			.x = x,
			.key_width = key_width,
			.width = key_width + 1 + wg_canvas_width(word) };
		if (x + labels[n].width > app->cols)
			break;
		x += labels[n++].width + 2;
	}
	return n;
}

bool wg_footer_hit(const struct wg_app *app, int x, int y, uint32_t *ret_key)
{
	struct wg_label labels[WG_LABELS_MAX];
	size_t n = y == app->rows - 1 ? wg_footer_labels(app, labels) : 0, i;

	for (i = 0; i < n; i++) {
		if (x >= labels[i].x && x < labels[i].x + labels[i].width)
			return wg_key_parse(labels[i].row->keys, (size_t)labels[i].key_width,
				       ret_key) == 0;
	}
	return false;
}

/* The language of a search, right above where it is typed. */
static void draw_explained(const struct wg_pen *pen, int y)
{
	int lines = 0, i;

	while (wg_prompt_explained((size_t)lines))
		lines++;
	for (i = 0; i < lines; i++) {
		wg_canvas_fill(pen->canvas, 0, y - lines + i, pen->app->cols, WG_STYLE_PLAIN, ' ');
		(void)wg_canvas_text(pen->canvas, 1, y - lines + i, pen->app->cols - 1,
			WG_STYLE_KEY, wg_prompt_explained((size_t)i));
	}
}

static void draw_prompt(const struct wg_pen *pen, int y)
{
	static const struct {
		const char *asks, *hint;
	} prompts[] = {
		[WG_PROMPT_GO] = { "go to: ", "1.5ms, +2ms, -2ms, 50%, #event, op 12" },
		[WG_PROMPT_SEARCH] = { "search: ",
			"? explains; gap>1ms reason=timeout; op=12; late" },
		[WG_PROMPT_FILTER] = { "filter: ", "? explains; gap>1ms; nothing for no filter" },
		[WG_PROMPT_NAME] = { "bookmark: ", "its name" },
	};
	const struct wg_prompt *prompt = &pen->app->prompt;
	int cols = pen->app->cols, x = 1, room, at;
	char front[sizeof(prompt->text)];
	const char *text;
	size_t skip = 0;

	x += wg_canvas_text(pen->canvas, x, y, cols - x, WG_STYLE_KEY, prompts[prompt->kind].asks);
	/* Where the next character goes stays in sight. */
	room = cols - x - 2;
	(void)snprintf(front, sizeof(front), "%.*s", (int)prompt->at, prompt->text);
	for (; wg_canvas_width(front + skip) > room; skip = (size_t)(text - front)) {
		text = front + skip;
		(void)wg_utf8_next(&text);
	}
	at = x + wg_canvas_width(front + skip);
	x += wg_canvas_text(pen->canvas, x, y, room, WG_STYLE_STRONG, prompt->text + skip);
	if (prompt->at == prompt->len)
		wg_canvas_put(pen->canvas, at, y, WG_STYLE_KEY | WG_STYLE_REVERSED, '_');
	else
		wg_canvas_reverse(pen->canvas, at, y);
	(void)wg_canvas_text(
		pen->canvas, x + 3, y, cols - x - 4, WG_STYLE_DIM, prompts[prompt->kind].hint);
}

void wg_draw_footer(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_label labels[WG_LABELS_MAX];
	size_t n = wg_footer_labels(app, labels), i;
	int y = pen->layout->footer.y;

	if (app->prompt.kind != WG_PROMPT_NONE) {
		draw_prompt(pen, y);
		if (app->prompt.is_explained)
			draw_explained(pen, y);
		return;
	}
	(void)wg_canvas_text(pen->canvas, 1, y, app->cols - 1, WG_STYLE_ALERT, app->status);
	for (i = 0; i < n; i++) {
		const struct wg_label *label = &labels[i];

		(void)wg_canvas_textf(pen->canvas, label->x, y, app->cols, WG_STYLE_KEY, "%.*s",
			label->key_width, label->row->keys);
		(void)wg_canvas_text(pen->canvas, label->x + label->key_width + 1, y, app->cols,
			WG_STYLE_DIM, label->word);
	}
}
