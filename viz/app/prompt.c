/*
 * prompt.c: the line at the foot of the screen while a person types, and what it then does (see
 * move.h). Enter takes it, Esc leaves it, Backspace and Ctrl-U erase.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/app/move.h"
#include "traces/base/text_out.h"
#include "traces/base/units.h"

void wg_prompt_open(struct wg_app *app, enum wg_prompt_kind kind)
{
	app->prompt = (struct wg_prompt){ .kind = kind };
	/* A filter is usually changed, not rewritten. */
	if (kind == WG_PROMPT_FILTER) {
		(void)snprintf(app->prompt.text, sizeof(app->prompt.text), "%s", app->filter.text);
		app->prompt.len = strlen(app->prompt.text);
	}
}

/* ---- go to ---- */

static void go_event(struct wg_app *app, const char *text)
{
	const struct wg_pane *pane = &app->panes[app->active];
	uint64_t n;

	if (wg_parse_number(text, 1, pane->trace->event_count, &n) < 0) {
		wg_app_say(app, "events are #1 to #%zu", pane->trace->event_count);
		return;
	}
	wg_app_set_cursor(app, pane->trace->events[n - 1].ts_ns - pane->origin_ns);
}

static void go_op(struct wg_app *app, const char *text)
{
	struct wg_pane *pane = &app->panes[app->active];
	char expression[64];

	(void)snprintf(expression, sizeof(expression), "op=%.40s", text + strspn(text, " "));
	wg_app_find_text(app, expression, true);
	if (pane->op && pane->op->submit_ns != WG_NO_TIME)
		wg_app_set_cursor(app, pane->op->submit_ns - pane->origin_ns);
}

/* "1.5ms" from t=0; "+2ms" and "-2ms" from the cursor; "50%" of everything. */
static void go_time(struct wg_app *app, const char *text)
{
	size_t len = strlen(text);
	int64_t ns;
	char *end;
	double percent;

	if (len > 1 && text[len - 1] == '%') {
		percent = strtod(text, &end);
		if (end != text + len - 1 || !(percent >= 0 && percent <= 100)) {
			wg_app_say(app, "not a percentage: '%s'", text);
			return;
		}
		wg_app_set_cursor(app,
			app->begin_ns +
				(int64_t)((double)(app->end_ns - app->begin_ns) * percent / 100));
		return;
	}
	if (wg_parse_time(text + strspn(text, "+-"), &ns) < 0 || strspn(text, "+-") > 1) {
		wg_app_say(app, "not understood: '%s' (as 1.5ms, +2ms, 50%%, #12, op 12)", text);
		return;
	}
	if (ns > WG_SCALE_LIMIT_NS)
		ns = WG_SCALE_LIMIT_NS;
	wg_app_set_cursor(app, *text == '+'   ? app->cursor_ns + ns
			       : *text == '-' ? app->cursor_ns - ns
					      : ns);
}

static void go(struct wg_app *app, const char *text)
{
	if (*text == '#')
		go_event(app, text + 1);
	else if (strncmp(text, "op", 2) == 0)
		go_op(app, text + 2);
	else if (*text)
		go_time(app, text);
}

/* ---- typing ---- */

static void filter(struct wg_app *app, const char *text)
{
	char why[120];

	if (wg_filter_parse(text, &app->filter, why, sizeof(why)) < 0) {
		wg_app_say(app, "%s", why);
		return;
	}
	if (app->filter.count)
		wg_app_say(app, "what does not match is dim; Esc shows all again");
}

static unsigned take(struct wg_app *app)
{
	struct wg_prompt prompt = app->prompt;

	app->prompt.kind = WG_PROMPT_NONE;
	switch (prompt.kind) {
	case WG_PROMPT_GO: go(app, prompt.text); break;
	case WG_PROMPT_SEARCH:
		/* Nothing typed: the last one again. */
		wg_app_find_text(app, prompt.text[0] ? prompt.text : app->search.text, false);
		break;
	case WG_PROMPT_FILTER: filter(app, prompt.text); break;
	case WG_PROMPT_NAME: wg_app_bookmark(app, prompt.text); return WG_FX_DRAW | WG_FX_SAVE;
	default: break;
	}
	return WG_FX_DRAW;
}

unsigned wg_prompt_key(struct wg_app *app, uint32_t key)
{
	struct wg_prompt *prompt = &app->prompt;
	char utf8[8];
	size_t len;

	if (key == '\n')
		return take(app);
	if (key == 0x1b) {
		prompt->kind = WG_PROMPT_NONE;
	} else if (key == 0x7f || key == '\b') {
		/* One code point, however many bytes. */
		while (prompt->len > 0 &&
			((unsigned char)prompt->text[prompt->len - 1] & 0xc0) == 0x80)
			prompt->len--;
		if (prompt->len > 0)
			prompt->len--;
	} else if (key == ('U' & 0x1f)) {
		prompt->len = 0;
	} else if (key >= ' ' && key < WG_KEY_LEFT) {
		len = strlen(wg_utf8_encode(utf8, key));
		if (prompt->len + len < sizeof(prompt->text)) {
			memcpy(prompt->text + prompt->len, utf8, len);
			prompt->len += len;
		}
	}
	prompt->text[prompt->len] = '\0';
	return WG_FX_DRAW;
}
