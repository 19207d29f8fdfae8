/*
 * json.h: what is read from a record, whether it is there or not.
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

#endif
