/*
 * export.c: see export.h: the table of formats.
 */
#include "traces/export/export.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ROWS	(1u << WG_EXPORT_EVENTS | 1u << WG_EXPORT_INTERVALS | 1u << WG_EXPORT_OPERATIONS)
#define PICTURE (1u << WG_EXPORT_EVENTS)

static const struct wg_export_format formats[] = {
	{ "csv", "csv", "for spreadsheets, sqlite3, pandas: RFC 4180 with a header row", ROWS,
		wg__export_csv },
	{ "jsonl", "jsonl", "for jq and pandas: one JSON object a line", ROWS, wg__export_jsonl },
	{ "chrome", "json", "for Perfetto, chrome://tracing, speedscope: trace-event JSON", PICTURE,
		wg__export_chrome },
	{ "perfetto", "pftrace", "for Perfetto, and several traces at once: protobuf", PICTURE,
		wg__export_perfetto },
	{ "svg", "svg", "a picture of one trace or two, for slides and papers", PICTURE,
		wg__export_svg },
	{ "html", "html", "a page to look around in: one file, no network", PICTURE,
		wg__export_html },
};

static const char *const what_names[] = {
	[WG_EXPORT_EVENTS] = "events",
	[WG_EXPORT_INTERVALS] = "intervals",
	[WG_EXPORT_OPERATIONS] = "operations",
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

const struct wg_export_format *wg_export_format_at(size_t i)
{
	return i < FORMAT_COUNT ? &formats[i] : NULL;
}

const struct wg_export_format *wg_export_format_of(const char *name)
{
	size_t i;

	for (i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}

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
