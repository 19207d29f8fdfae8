/*
 * format.c: see format.h.
 */
#include "traces/base/format.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const what_names[] = {
	[WG_EXPORT_EVENTS] = "events",
	[WG_EXPORT_INTERVALS] = "intervals",
	[WG_EXPORT_OPERATIONS] = "operations",
	[WG_EXPORT_THREADS] = "threads",
};

const char *wg_export_what_name(enum wg_export_what what)
{
	return what < WG_EXPORT_WHAT_COUNT ? what_names[what] : "?";
}

enum wg_export_what wg_export_what_of(const char *name)
{
	enum wg_export_what what;

	for (what = 0; what < WG_EXPORT_WHAT_COUNT; what++) {
		if (strcmp(what_names[what], name) == 0)
			break;
	}
	return what;
}

/* The last part of a path, slashes at its end left out. */
static void last_part(const char *path, const char **ret, size_t *ret_len)
{
	size_t end = strlen(path), begin;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/'; begin--)
		;
	*ret = path + begin;
	*ret_len = end - begin;
}

char *wg_export_label(const struct wg_export *ex, size_t i, char *ret, size_t len)
{
	const char *mine, *other;
	size_t mine_len, other_len, k;
	bool is_unique = true;

	last_part(ex->paths[i], &mine, &mine_len);
	for (k = 0; k < ex->path_count; k++) {
		last_part(ex->paths[k], &other, &other_len);
		if (k != i && other_len == mine_len && memcmp(mine, other, mine_len) == 0)
			is_unique = false;
	}
	if (is_unique && mine_len)
		(void)snprintf(ret, len, "%.*s", (int)mine_len, mine);
	else
		(void)snprintf(ret, len, "%s", ex->paths[i]);
	return ret;
}

void wg_export_say(const struct wg_export *ex, const char *label, const char *line)
{
	char text[1024];

	if (!ex->say)
		return;
	(void)snprintf(text, sizeof(text), "%s: %s", label, line);
	ex->say(ex->user, text);
}
