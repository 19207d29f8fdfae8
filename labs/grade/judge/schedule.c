/*
 * schedule.c: see schedule.h.
 */
#include "labs/grade/judge/schedule.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WHOLE 24 /* characters of an id that are shown without a cut */
#define HEAD  12 /* of a longer one */
#define KEPT  32 /* in the state: those of some checks back, that a terminal still shows */

/* FNV-1a. Not against malice: the name is looked for among a learner's own. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

const char *wg_schedule_text(const char *schedule, char *buf, size_t len)
{
	const char *slash = strrchr(schedule, '/'), *id = slash ? slash + 1 : schedule;
	int scenario = (int)(id - schedule);

	if (strlen(id) <= WHOLE)
		(void)snprintf(buf, len, "%s", schedule);
	else
		(void)snprintf(buf, len, "%.*s%.*s..%08" PRIx32, scenario, schedule, HEAD, id,
			hash_of(schedule));
	return buf;
}

void wg_schedule_note(struct wg_progress *state, const char *schedule)
{
	char text[WG_SCHEDULE_TEXT];
	json_t *kept = json_object_get(state->root, "schedules");
	const char *whole;

	if (strcmp(wg_schedule_text(schedule, text, sizeof(text)), schedule) == 0)
		return;
	whole = wg_schedule_whole(state, text);
	if (whole && strcmp(whole, schedule) == 0)
		return;
	if (!json_is_array(kept)) {
		kept = json_array();
		(void)json_object_set_new(state->root, "schedules", kept);
	}
	(void)json_array_append_new(kept, json_string(schedule));
	while (json_array_size(kept) > KEPT)
		(void)json_array_remove(kept, 0);
}

const char *wg_schedule_whole(const struct wg_progress *state, const char *shown)
{
	const json_t *kept = json_object_get(state->root, "schedules");
	char text[WG_SCHEDULE_TEXT];
	size_t i;

	if (!strstr(shown, ".."))
		return shown;
	for (i = json_array_size(kept); i > 0; i--) {
		const char *whole = json_string_value(json_array_get(kept, i - 1));

		if (whole && strcmp(wg_schedule_text(whole, text, sizeof(text)), shown) == 0)
			return whole;
	}
	return NULL;
}
