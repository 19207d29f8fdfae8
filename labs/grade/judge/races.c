/*
 * races.c: see races.h. A race between two places of the scenario is not the learner's. One with a
 * place of the scenario is told for a variable that has no other.
 */
#include "labs/grade/judge/races.h"

#include <stdbool.h>
#include <string.h>

#include "labs/grade/base/json.h"

/* How many of its places are the learner's: 2 at most. */
static size_t learners(const struct wg_lab *lab, const json_t *race)
{
	const json_t *each;
	size_t i, count = 0;

	json_array_foreach(json_object_get(race, "places"), i, each)
	{
		count += wg_lab_has_file(lab, text_of(each, "file"));
	}
	return count;
}

static bool is_same_place(const json_t *a, const json_t *b)
{
	return number_of(a, "line") == number_of(b, "line") &&
	       strcmp(text_of(a, "file"), text_of(b, "file")) == 0;
}

/* The same two lines, and the same variable? */
static bool is_same(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "places"), *y = json_object_get(b, "places");
	const json_t *first = json_array_get(x, 0), *second = json_array_get(x, 1);
	bool is_straight = is_same_place(first, json_array_get(y, 0)) &&
			   is_same_place(second, json_array_get(y, 1));
	bool is_crossed = is_same_place(first, json_array_get(y, 1)) &&
			  is_same_place(second, json_array_get(y, 0));

	return (is_straight || is_crossed) && strcmp(text_of(a, "name"), text_of(b, "name")) == 0;
}

static bool is_known(const json_t *races, const json_t *race)
{
	const json_t *each;
	size_t i;

	json_array_foreach(races, i, each)
	{
		if (is_same(each, race))
			return true;
	}
	return false;
}

/* Is there another race of this variable, with more places of the learner's? */
static bool is_outdone(const struct wg_lab *lab, const json_t *races, const json_t *race)
{
	const json_t *each;
	size_t i;

	json_array_foreach(races, i, each)
	{
		if (strcmp(text_of(each, "name"), text_of(race, "name")) == 0 &&
			learners(lab, each) > learners(lab, race))
			return true;
	}
	return false;
}

static void drop_outdone(const struct wg_lab *lab, json_t *races)
{
	size_t i = json_array_size(races);

	while (i-- > 0) {
		if (is_outdone(lab, races, json_array_get(races, i)))
			(void)json_array_remove(races, i);
	}
}

void wg_races_take(json_t *record, const struct wg_lab *lab, const json_t *scenario)
{
	json_t *races = json_object_get(record, "races"), *each;
	size_t i;

	json_array_foreach(json_object_get(scenario, "races"), i, each)
	{
		if (learners(lab, each) == 0 || is_known(races, each))
			continue;
		if (!races) {
			races = json_array();
			(void)json_object_set_new(record, "races", races);
		}
		(void)json_array_append_new(races,
			json_pack("{s:s, s:s, s:O, s:s, s:s}", "name", text_of(each, "name"),
				"message", text_of(each, "message"), "places",
				json_object_get(each, "places"), "scenario",
				text_of(scenario, "name"), "schedule", text_of(each, "schedule")));
	}
	drop_outdone(lab, races);
}
