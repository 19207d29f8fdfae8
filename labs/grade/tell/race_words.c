/*
 * race_words.c: see race_words.h. A pass says what C does not promise. With `races = fail` a race
 * is a check that fails, and its words are those of the check.
 */
#include "labs/grade/tell/race_words.h"

#include <string.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"

#define RACES 4 /* that are told */

json_t *wg_race_words(const json_t *record)
{
	const json_t *races = json_object_get(record, "races"), *each;
	size_t i, count = json_array_size(races);
	json_t *words = json_array();
	int rc = words ? 0 : -1;

	if (strcmp(text_of(record, "verdict"), "fail") == 0)
		count = 0;
	for (i = 0; rc == 0 && i < count && i < RACES; i++) {
		each = json_array_get(races, i);
		rc = json_array_append_new(words,
			json_sprintf("%s: passes here, undefined in C", text_of(each, "message")));
	}
	if (rc == 0 && count > RACES)
		rc = json_array_append_new(words, json_sprintf("and %zu more", count - RACES));
	if (rc == 0)
		return words;
	wg_memory_note_lack();
	json_decref(words);
	return NULL;
}
