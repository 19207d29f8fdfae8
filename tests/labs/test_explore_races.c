/*
 * test_explore_races.c: data races that no schedule shows are told, by name and line; what a lock,
 * an atomic or a call orders is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/explorer.h"

static const struct {
	const char *scenario, *begins, *ends; /* of the message; NULL: nothing is told */
} cases[] = {
	{ "told_one_lock",
		"`flag` is written at races.c:", " without its lock, and read at races" },
	{ "told_no_lock", "`flag` is read and written at races.c:", " without a lock" },
	{ "told_two_locks", "`flag` is read and written at races.c:", " under different locks" },
	{ "told_member", "`pool.count` is written at", " without its lock, and read at" },
	{ "told_element", "`elements` is read and written at", "two threads, without a lock" },
	{ "told_atomic", "`flag` is read and written at", " without a lock" },
	{ "told_relaxed", "`elements` is read and written at", " without a lock" },
	{ "told_heap", "`size` is read at races.c:", " without a lock" },
	{ "ordered_lock", NULL, NULL },
	{ "ordered_release", NULL, NULL },
	{ "ordered_fences", NULL, NULL },
	{ "ordered_marked", NULL, NULL },
	{ "ordered_neighbours", NULL, NULL },
	{ "ordered_sem", NULL, NULL },
	{ "ordered_once", NULL, NULL },
	{ "ordered_eventfd", NULL, NULL },
	{ "ordered_own", NULL, NULL },
	{ "ordered_signal", NULL, NULL },
};

static void a_race_is_told_by_name_and_line(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "[ot][or]*d_*");
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const json_t *s = wg_explorer_scenario(report, cases[i].scenario);
		const json_t *races = json_object_get(s, "races");
		const char *message = wg_json_text(json_array_get(races, 0), "message");
		bool is_good = cases[i].begins ? wg_has(message, cases[i].begins) &&
							 wg_has(message, cases[i].ends)
					       : races == NULL;

		CU_ASSERT(s && wg_json_number(s, "failing") == 0);
		CU_ASSERT(is_good);
		if (!is_good)
			printf("# %s: '%s'\n", cases[i].scenario, message);
	}
	json_decref(report);
}

/* Asked for, it is a failure like others: with a schedule and its steps. */
static void a_race_fails_if_that_is_asked_for(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status;
		json_t *report =
			EXPLORE("cases", &status, "--races", "--scenario", cases[i].scenario);
		const json_t *s = wg_explorer_scenario(report, cases[i].scenario);
		const json_t *check = wg_explorer_check(s, "race");
		bool is_good = cases[i].begins
				       ? status == 1 && wg_json_number(check, "failing") > 0 &&
						 wg_has(wg_json_text(check, "message"),
							 "nothing orders the two")
				       : status == 0 && wg_json_number(s, "failing") == 0;

		CU_ASSERT(is_good);
		if (!is_good)
			printf("# %s: status %d\n", cases[i].scenario, status);
		json_decref(report);
	}
}

/* The schedule that is named shows both accesses. */
static void a_race_has_a_schedule(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "told_one_lock"), *again;
	const json_t *race = json_array_get(
		json_object_get(wg_explorer_scenario(report, "told_one_lock"), "races"), 0);
	const json_t *step;
	bool is_noted = false;
	size_t i;

	again = EXPLORE("cases", &status, "--scenario", "told_one_lock", "--replay",
		wg_json_text(race, "schedule"));
	json_array_foreach(
		json_object_get(
			json_object_get(wg_explorer_scenario(again, "told_one_lock"), "shortest"),
			"steps"),
		i, step)
	{
		is_noted =
			is_noted || wg_has(wg_json_text(step, "note"), "a data race with races.c");
	}
	CU_ASSERT(is_noted);
	json_decref(report);
	json_decref(again);
}

static void shards_tell_all_races(void)
{
	char script[2400], *out = NULL;
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const char *explore = wg_build_path("wakegap-explore"), *dir = wg_tmpdir();

	(void)snprintf(script, sizeof(script),
		"for i in 1 2; do %s %s/cases.so --scenario 'told_*' --shard $i/2 --fd 3 "
		"3>%s/$i.json; done; %s --merge %s/1.json %s/2.json",
		explore, wg_build_path("labs"), dir, explore, dir, dir);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, "data race: `flag` is written at"));
	CU_ASSERT(wg_has(out, "data race: `pool.count` is written at"));
	free(out);
}

void suite_explore_races(void)
{
	WG_TEST(a_race_is_told_by_name_and_line);
	WG_TEST(a_race_fails_if_that_is_asked_for);
	WG_TEST(a_race_has_a_schedule);
	WG_TEST(shards_tell_all_races);
}
