/*
 * finding_view.c: the screen of findings: what is wrong, as sentences with a cause.
 */
#include <stdio.h>
#include <string.h>

#include "viz/app/findings.h"
#include "viz/screen/screen.h"

/* A word and a style for how bad it is: never colour alone. */
static const struct {
	const char *word;
	unsigned style;
} severities[] = {
	{ "good", WG_STYLE_AWAKE },
	{ "idle", WG_STYLE_EMPTY },
	{ "WASTE", WG_STYLE_WASTED },
	{ "ALARM", WG_STYLE_ALERT },
};

static int rows_of(const struct wg_pen *pen, const char *text)
{
	int rows = 0;

	for (; *text; rows++) {
		text += wg_wrap(text, pen->app->cols - 14, false);
		text += strspn(text, " ");
	}
	return rows;
}

static int draw_one(
	const struct wg_pen *pen, int y, int bottom, const struct wg_finding *finding, bool chosen)
{
	int rows = rows_of(pen, finding->text), i, used = 0;
	const char *text = finding->text;
	unsigned style = chosen ? WG_STYLE_STRONG : WG_STYLE_PLAIN;

	if (chosen)
		wg_canvas_put(pen->canvas, 0, y, WG_STYLE_KEY, pen->app->glyphs->chosen);
	if (pen->app->pane_count > 1)
		wg_canvas_put(pen->canvas, 2, y, style, (uint32_t)('A' + (int)finding->pane));
	(void)wg_canvas_text(pen->canvas, 4, y, 6, severities[finding->severity].style,
		severities[finding->severity].word);
	for (i = 0; i < rows && y + i < bottom; i++) {
		char line[WG_COLS_MAX * 4 + 1];
		int n = wg_wrap(text, pen->app->cols - 14, i + 1 == rows);

		(void)snprintf(line, sizeof(line), "%.*s", n, text);
		(void)wg_canvas_text(pen->canvas, 11, y + i, pen->app->cols - 13, style, line);
		text += n;
		while (*text == ' ')
			text++;
		used++;
	}
	return used;
}

void wg_draw_findings(const struct wg_pen *pen)
{
	const struct wg_app *app = pen->app;
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t n = wg_app_findings(app, findings, WG_FINDINGS_MAX), i, top;
	int y = 3, bottom = pen->layout->footer.y - 2, room;

	(void)wg_canvas_text(
		pen->canvas, 1, 1, app->cols - 2, WG_STYLE_STRONG, "what is wrong, and why");
	/* Scroll until the chosen one is visible. */
	for (top = 0; (int)top < app->row; top++) {
		for (room = 0, i = top; (int)i <= app->row && i < n; i++)
			room += rows_of(pen, findings[i].text);
		if (room <= bottom - y)
			break;
	}
	if (n == 0)
		(void)wg_canvas_text(pen->canvas, 4, y, app->cols - 5, WG_STYLE_PLAIN,
			"nothing: no result waited, and no wake was empty");
	for (i = top; i < n && y < bottom; i++)
		y += draw_one(pen, y, bottom, &findings[i], (int)i == app->row);
	if (i < n || top > 0)
		(void)wg_canvas_textf(pen->canvas, 1, bottom + 1, app->cols - 2, WG_STYLE_ALERT,
			"%zu of %zu in sight: j and k scroll", i - top, n);
	else if (n > 0)
		(void)wg_canvas_text(pen->canvas, 1, bottom + 1, app->cols - 2, WG_STYLE_DIM,
			app->cols < 70 ? "j k choose  Enter goes there  x whole"
				       : "j k choose  Enter goes to the first, n to the next  "
					 "Esc goes back");
}
