/*
 * test_explore_random.c: a search that skips schedules reaches the same ends as one that does not,
 * on generated programs (labs/explore/random).
 */
#include <stdio.h>
#include <string.h>

#include "tests/labs/explorer.h"
#include "tests/harness/harness.h"

/* Is every end of a also one of b? */
static bool ends_are_among(const json_t *a, const json_t *b)
{
	const json_t *each;
	bool are_all = true;
	size_t i;

	json_array_foreach(json_object_get(a, "checks"), i, each)
	{
		are_all = are_all && wg_explorer_check(b, wg_json_text(each, "id"));
	}
	return are_all;
}

static void a_reduced_search_reaches_every_end(void)
{
	int status;
	json_t *some = wg_explorer_run("random", (const char *const[]){ NULL }, &status);
	json_t *all = EXPLORE("random", &status, "--full");
	long long fewer = 0, more = 0;
	const json_t *s;
	size_t i, ends = 0;

	CU_ASSERT(json_array_size(json_object_get(some, "scenarios")) > 0);
	json_array_foreach(json_object_get(some, "scenarios"), i, s)
	{
		const json_t *t = wg_explorer_scenario(all, wg_json_text(s, "name"));

		CU_ASSERT(json_is_true(json_object_get(s, "complete")));
		CU_ASSERT(json_is_true(json_object_get(t, "complete")));
		CU_ASSERT(ends_are_among(s, t));
		CU_ASSERT(ends_are_among(t, s));
		CU_ASSERT(wg_json_number(s, "schedules") <= wg_json_number(t, "schedules"));
		fewer += wg_json_number(s, "schedules") + wg_json_number(s, "redundant");
		more += wg_json_number(t, "schedules");
		ends += json_array_size(json_object_get(s, "checks"));
	}
	printf("# %zu ends of %zu programs: %lld schedules instead of %lld\n", ends, i, fewer,
		more);
	CU_ASSERT(ends > i);
	CU_ASSERT(fewer * 10 < more);
	json_decref(some);
	json_decref(all);
}

void suite_explore_random(void)
{
	WG_TEST(a_reduced_search_reaches_every_end);
}
