/*
 * prompt.c: the line at the foot of the screen while a person types, and what it then does (see
 * move.h). Enter takes it, Esc leaves it; the keys in between are those of readline.
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
		app->prompt.len = app->prompt.at = strlen(app->prompt.text);
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
	wg_app_set_cursor(app, wg_trace_event_ns(pane->trace, n - 1) - pane->origin_ns);
}

static void go_op(struct wg_app *app, const char *text)
{
	struct wg_pane *pane = &app->panes[app->active];
	char expression[64];

	(void)snprintf(expression, sizeof(expression), "op=%.40s", text + strspn(text, " "));
	wg_app_find_text(app, expression, true);
	if (pane->op && wg_trace_submit_ns(pane->trace, pane->op - 1) != WG_NO_TIME)
		wg_app_set_cursor(
			app, wg_trace_submit_ns(pane->trace, pane->op - 1) - pane->origin_ns);
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

/* ---- filter ---- */

static size_t matches_in(const struct wg_app *app, size_t pane)
{
	struct wg_found found = { 0 };

	(void)wg_filter_next(&app->filter, app->panes[pane].trace, INT64_MIN, true, &found);
	return found.count;
}

static void filter(struct wg_app *app, const char *text)
{
	bool two = app->pane_count > 1;
	char why[120], other[48] = "";
	size_t a, b;

	if (wg_filter_parse(text, &app->filter, why, sizeof(why)) < 0) {
		wg_app_say(app, "%s", why);
		return;
	}
	if (app->filter.count == 0)
		return;
	a = matches_in(app, 0);
	b = two ? matches_in(app, 1) : 0;
	if (two)
		(void)snprintf(other, sizeof(other), ", %zu in B", b);
	if (a + b == 0)
		wg_app_say(
			app, "no match in A%s: all is dim; Esc shows it again", two ? " or B" : "");
	else
		wg_app_say(app, "%zu match%s in A%s; the rest is dim; Esc shows all", a,
			a == 1 ? "" : "es", other);
}

const char *wg_prompt_explained(size_t line)
{
	static const char *const lines[] = {
		"all must be true: gap>1ms kind=read",
		"one of several: reason=timeout|notified",
		"operation: kind op result loop pid",
		"  thread worker",
		"  queued served ready total (times)",
		"wait: reason gap wait",
		"  late empty stuck wasted stand alone",
		"of a thread: in class by certainty thread",
		"event: event=notify",
		"= != < <= > >=  times: 5us 1ms 2s",
	};

	return line < sizeof(lines) / sizeof(lines[0]) ? lines[line] : NULL;
}

/* ---- what was typed before ---- */

static struct wg_lines *lines_of(struct wg_app *app, enum wg_prompt_kind kind)
{
	return kind == WG_PROMPT_GO	? &app->gone
	       : kind == WG_PROMPT_NAME ? &app->named
					: &app->searched;
}

static void remember(struct wg_lines *lines, const char *text)
{
	if (!text[0] || (lines->count && strcmp(lines->v[lines->count - 1], text) == 0))
		return;
	if (lines->count == WG_LINES_MAX)
		memmove(lines->v[0], lines->v[1], sizeof(lines->v[0]) * --lines->count);
	(void)snprintf(lines->v[lines->count++], sizeof(lines->v[0]), "%s", text);
}

static void recall(struct wg_app *app, bool older)
{
	const struct wg_lines *lines = lines_of(app, app->prompt.kind);
	struct wg_prompt *prompt = &app->prompt;

	if (older ? prompt->back == lines->count : prompt->back == 0)
		return;
	if (prompt->back == 0)
		memcpy(prompt->begun, prompt->text, sizeof(prompt->begun));
	prompt->back = older ? prompt->back + 1 : prompt->back - 1;
	(void)snprintf(prompt->text, sizeof(prompt->text), "%s",
		prompt->back ? lines->v[lines->count - prompt->back] : prompt->begun);
	prompt->len = prompt->at = strlen(prompt->text);
}

/* ---- typing ---- */

static unsigned take(struct wg_app *app)
{
	struct wg_prompt prompt = app->prompt;

	app->prompt.kind = WG_PROMPT_NONE;
	remember(lines_of(app, prompt.kind), prompt.text);
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

/* One code point from `at`, however many bytes. */
static size_t before(const struct wg_prompt *prompt, size_t at)
{
	while (at > 0 && ((unsigned char)prompt->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t after(const struct wg_prompt *prompt, size_t at)
{
	if (at < prompt->len)
		at++;
	while (at < prompt->len && ((unsigned char)prompt->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t word_before(const struct wg_prompt *prompt)
{
	size_t at = prompt->at;

	while (at > 0 && prompt->text[at - 1] == ' ')
		at--;
	while (at > 0 && prompt->text[at - 1] != ' ')
		at--;
	return at;
}

static void erase(struct wg_prompt *prompt, size_t from, size_t to)
{
	memmove(prompt->text + from, prompt->text + to, prompt->len - to + 1);
	prompt->len -= to - from;
	prompt->at = from;
}

static void insert(struct wg_prompt *prompt, uint32_t ch)
{
	char utf8[8];
	size_t len = strlen(wg_utf8_encode(utf8, ch));

	if (prompt->len + len >= sizeof(prompt->text))
		return;
	memmove(prompt->text + prompt->at + len, prompt->text + prompt->at,
		prompt->len - prompt->at + 1);
	memcpy(prompt->text + prompt->at, utf8, len);
	prompt->len += len;
	prompt->at += len;
}

#define CTRL(letter) ((letter)&0x1f)

unsigned wg_prompt_key(struct wg_app *app, uint32_t key)
{
	struct wg_prompt *prompt = &app->prompt;
	bool is_search = prompt->kind == WG_PROMPT_SEARCH || prompt->kind == WG_PROMPT_FILTER;

	switch (key) {
	case '\n': return take(app);
	case 0x1b: prompt->kind = WG_PROMPT_NONE; break;
	case WG_KEY_LEFT: prompt->at = before(prompt, prompt->at); break;
	case WG_KEY_RIGHT: prompt->at = after(prompt, prompt->at); break;
	case WG_KEY_HOME:
	case CTRL('A'): prompt->at = 0; break;
	case WG_KEY_END:
	case CTRL('E'): prompt->at = prompt->len; break;
	case WG_KEY_UP: recall(app, true); break;
	case WG_KEY_DOWN: recall(app, false); break;
	case 0x7f:
	case '\b': erase(prompt, before(prompt, prompt->at), prompt->at); break;
	case WG_KEY_DELETE:
	case CTRL('D'): erase(prompt, prompt->at, after(prompt, prompt->at)); break;
	case CTRL('U'): erase(prompt, 0, prompt->at); break;
	case CTRL('K'): erase(prompt, prompt->at, prompt->len); break;
	case CTRL('W'): erase(prompt, word_before(prompt), prompt->at); break;
	default:
		if (key == '?' && is_search)
			prompt->is_explained = !prompt->is_explained;
		else if (key >= ' ' && key < WG_KEY_LEFT)
			insert(prompt, key);
	}
	return WG_FX_DRAW;
}
