/*
 * script.c: see script.h.
 */
#include "viz/script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/units.h"

/* "Wait:500ms" -> 500000000. Returns 1 if word is such a word, 0 if not, -EINVAL for a bad time. */
static int parse_timed(const char *word, const char *prefix, int64_t *ret_ns)
{
	size_t len = strlen(prefix);

	if (strncmp(word, prefix, len) != 0)
		return 0;
	return wg_parse_time(word + len, ret_ns) < 0 ? -EINVAL : 1;
}

static int run_word(struct wg_app *app, const char *word, int64_t *now_ns)
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
	if (rc == 1) {
		*now_ns += ns;
		(void)wg_app_tick(app, *now_ns);
		return 0;
	}
	rc = wg_key_parse(word, strlen(word), &key);
	if (rc == 0)
		(void)wg_app_key(app, key, *now_ns);
	return rc;
}

int wg_script_run(struct wg_app *app, const char *script, char *bad, size_t len)
{
	int64_t now_ns = 0;

	while (*(script += strspn(script, " \t\n"))) {
		size_t n = strcspn(script, " \t\n");
		char word[64];

		(void)snprintf(word, sizeof(word), "%.*s", (int)(n < 60 ? n : 60), script);
		if (n >= 60 || run_word(app, word, &now_ns) < 0) {
			(void)snprintf(bad, len, "%s", word);
			return -EINVAL;
		}
		script += n;
	}
	return 0;
}
