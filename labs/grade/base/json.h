/*
 * json.h: read from a record what may be absent, and write what may be no text.
 */
#ifndef LABS_GRADE_BASE_JSON_H
#define LABS_GRADE_BASE_JSON_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/text_out.h"

/* "" if it is absent, or no text. Borrowed. */
static inline const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* 0 if it is absent, or no number. */
static inline json_int_t number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* A byte that is not UTF-8 becomes \xNN. The caller's; NULL: out of memory. */
static inline json_t *wg_json_text(const char *text)
{
	json_t *s = json_string(text);
	size_t room = 4 * strlen(text) + 1;
	char *clean = s ? NULL : malloc(room);

	if (clean) {
		(void)wg_utf8_clean(text, clean, room);
		s = json_string(clean);
	}
	free(clean);
	return s;
}

#endif
