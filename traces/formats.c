/*
 * formats.c: see formats.h. A format says in its own file what it is; here it needs one word.
 */
#include "traces/formats.h"

#include <string.h>

/* In the order of --help. */
#define FORMATS(X) X(csv) X(jsonl) X(chrome) X(perfetto) X(svg) X(html) X(sqlite)

#define DECLARE(name) extern const struct wg_export_format wg__format_##name;
#define ADDRESS(name) &wg__format_##name,

FORMATS(DECLARE)
static const struct wg_export_format *const formats[] = { FORMATS(ADDRESS) NULL };

const struct wg_export_format *wg_export_format_at(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? formats[i] : NULL;
}

const struct wg_export_format *wg_export_format_of(const char *name)
{
	size_t i;

	for (i = 0; formats[i] && strcmp(formats[i]->name, name) != 0; i++)
		;
	return formats[i];
}
