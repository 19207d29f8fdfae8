/*
 * safe.c: see safe.h.
 */
#include "labs/grade/tell/safe.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "labs/grade/base/memory.h"

/* C0 but tab and line feed, DEL; and C1, two bytes in UTF-8. */
static bool is_control(const unsigned char *at)
{
	return (*at < 0x20 && *at != '\t' && *at != '\n') || *at == 0x7f ||
	       (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0);
}

static json_t *safe_text(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	char *copy = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&copy, &len);
	json_t *safe;

	for (; out && *at; at++) {
		if (!is_control(at))
			(void)fputc(*at, out);
		else if (*at == 0xc2)
			(void)fprintf(out, "\\x%02x", *++at);
		else
			(void)fprintf(out, "\\x%02x", *at);
	}
	if (!out || fclose(out) != 0) {
		wg_memory_note_lack();
		free(copy);
		return json_string("");
	}
	safe = json_string(copy);
	free(copy);
	return safe;
}

json_t *wg_safe(const json_t *value)
{
	const json_t *each;
	const char *key;
	json_t *copy;
	size_t i;

	if (json_is_string(value))
		return safe_text(json_string_value(value));
	if (json_is_array(value)) {
		copy = json_array();
		json_array_foreach(value, i, each)
		{
			(void)json_array_append_new(copy, wg_safe(each));
		}
		return copy;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	copy = json_object();
	json_object_foreach((json_t *)(uintptr_t)value, key, each)
	{
		(void)json_object_set_new(copy, key, wg_safe(each));
	}
	return copy;
}
