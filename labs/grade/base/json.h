/*
 * json.h: read from a record what may be absent, and write what may be no text.
 */
#ifndef LABS_GRADE_BASE_JSON_H
#define LABS_GRADE_BASE_JSON_H

#include <jansson.h>

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

/* "?" if it is not UTF-8. The caller's; NULL: out of memory. */
static inline json_t *wg_json_text(const char *text)
{
	json_t *s = json_string(text);

	return s ? s : json_string("?");
}

#endif
