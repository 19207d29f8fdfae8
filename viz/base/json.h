/*
 * json.h: what the files that print JSON with jansson share.
 */
#ifndef VIZ_BASE_JSON_H
#define VIZ_BASE_JSON_H

#include <jansson.h>

#include "traces/base/text_out.h"

#define WG_TEXT_MAX 4096 /* of a path, a name or a note */
#define I(value)    ((json_int_t)(value))

/* Out of memory for a part: the whole is freed and NULL, so none of it is shown. */
static inline void wg__json_set(json_t **o, const char *key, json_t *value)
{
	if (json_object_set_new(*o, key, value) < 0) {
		json_decref(*o);
		*o = NULL;
	}
}

static inline void wg__json_append(json_t **list, json_t *value)
{
	if (json_array_append_new(*list, value) < 0) {
		json_decref(*list);
		*list = NULL;
	}
}

/* A name may be any bytes and JSON is UTF-8: others are written as the exports write them. */
static inline json_t *wg__json_text(const char *text)
{
	char clean[WG_TEXT_MAX];

	(void)wg_utf8_clean(text, clean, sizeof(clean));
	return json_string(clean);
}

/* The same; NULL and "" are null. */
static inline json_t *wg__json_text_or_null(const char *text)
{
	return text && *text ? wg__json_text(text) : json_null();
}

#endif
