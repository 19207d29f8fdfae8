/*
 * script.c: see script.h.
 */
#include "viz/app/script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/units.h"
#include "traces/base/text_out.h"

/* "Wait:500ms" -> 500000000. Returns 1 if word is such a word, 0 if not, -EINVAL for a bad time. */
static int parse_timed(const char *word, const char *prefix, int64_t *ret_ns)
{
	size_t len = strlen(prefix);

	if (strncmp(word, prefix, len) != 0)
		return 0;
	return wg_parse_time(word + len, ret_ns) < 0 ? -EINVAL : 1;
}

static void type(struct wg_app *app, const char *text, int64_t now_ns)
{
	while (*text)
		(void)wg_app_key(app, wg_utf8_next(&text), now_ns);
}

/* "Press:40,9". Returns 1 if it is such a word, 0 if not. */
static int run_mouse(struct wg_app *app, const char *word, int64_t now_ns)
{
	static const struct {
		const char *name;
		enum wg_mouse what;
	} words[] = { { "Press:", WG_MOUSE_PRESS }, { "Move:", WG_MOUSE_MOVE },
		{ "Release:", WG_MOUSE_RELEASE }, { "Up:", WG_MOUSE_UP },
		{ "Down:", WG_MOUSE_DOWN } };
	char copy[64], *x, *y = copy;
	uint64_t col, row;
	size_t i;

	(void)snprintf(copy, sizeof(copy), "%s", word);
	(void)strsep(&y, ":");
	x = strsep(&y, ",");
	if (!y || wg_parse_number(x, 0, WG_COLS_MAX, &col) < 0 ||
		wg_parse_number(y, 0, WG_ROWS_MAX, &row) < 0)
		return 0;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strncmp(word, words[i].name, strlen(words[i].name)) == 0) {
			(void)wg_app_mouse(app, words[i].what, (int)col, (int)row, now_ns);
			return 1;
		}
	}
	return 0;
}

static int run_word(struct wg_app *app, const char *word, int64_t *now_ns, unsigned *fx)
{
	int64_t ns = 0;
	uint32_t key;
	int rc = parse_timed(word, "Wait:", &ns);

	if (rc == 0) {
		rc = parse_timed(word, "Play:", &ns);
		if (rc == 1 && !app->playing)
			(void)wg_app_key(app, ' ', *now_ns);
		if (rc == 1) {
			*now_ns += ns;
			if (app->playing)
				(void)wg_app_key(app, ' ', *now_ns);
			return 0;
		}
	}
	if (rc < 0)
		return rc;
	if (strncmp(word, "Type:", 5) == 0) {
		type(app, word + 5, *now_ns);
		return 0;
	}
	if (rc == 0 && run_mouse(app, word, *now_ns))
		return 0;
	if (rc == 1) {
		*now_ns += ns;
		(void)wg_app_tick(app, *now_ns);
		return 0;
	}
	rc = wg_key_parse(word, strlen(word), &key);
	if (rc == 0)
		*fx |= wg_app_key(app, key, *now_ns);
	return rc;
}

int wg_script_feed(struct wg_app *app, const char *script, unsigned *ret_fx, char *bad, size_t len)
{
	int64_t now_ns = 0;

	while (*(script += strspn(script, " \t\n"))) {
		size_t n = strcspn(script, " \t\n");
		char word[64];

		(void)snprintf(word, sizeof(word), "%.*s", (int)(n < 60 ? n : 60), script);
		if (n >= 60 || run_word(app, word, &now_ns, ret_fx) < 0) {
			(void)snprintf(bad, len, "%s", word);
			return -EINVAL;
		}
		script += n;
	}
	return 0;
}

int wg_script_run(struct wg_app *app, const char *script, char *bad, size_t len)
{
	unsigned fx = 0;

	return wg_script_feed(app, script, &fx, bad, len);
}
