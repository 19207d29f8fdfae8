/*
 * test_explore_classics.c: the classic lost wake-ups, in every schedule.
 *
 * A broken program must fail in some schedule and a correct one in none. The counts are printed and
 * must stay as they are. With reduction and with instrumentation the verdicts must be the same.
 */
#include <stdio.h>
#include <string.h>

#include "tests/labs/explorer.h"
#include "tests/harness/harness.h"

static const struct classic {
	const char *name;
	long long failing, schedules; /* with --full */
} classics[] = {
	{ "no_predicate", 6, 17 },
	{ "outside_lock", 3, 8 },
	{ "sampled_late", 1, 13 },
	{ "sampled_before", 0, 17 },
	{ "predicate", 0, 6 },
	{ "predicate_spurious", 0, 31 },
	{ "if_spurious", 1, 7 },
	{ "if_stolen", 2, 30 },
	{ "stop_unlocked", 1, 10 },
	{ "stop_locked", 0, 10 },
	{ "stop_signal", 2, 8 },
	{ "skip_unfenced", 57, 370 },
	{ "skip_fenced", 0, 604 },
};

#define CLASSICS (sizeof(classics) / sizeof(classics[0]))

static void the_counts_are_these(void)
{
	int status;
	json_t *report = EXPLORE("classics", &status, "--full");
	size_t i;

	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(report, "scenarios")), CLASSICS);
	for (i = 0; i < CLASSICS; i++) {
		const json_t *s = wg_explorer_scenario(report, classics[i].name);

		printf("# %s: %lld of %lld schedules fail\n", wg_json_text(s, "title"),
			wg_json_number(s, "failing"), wg_json_number(s, "schedules"));
		CU_ASSERT_EQUAL(wg_json_number(s, "failing"), classics[i].failing);
		CU_ASSERT_EQUAL(wg_json_number(s, "schedules"), classics[i].schedules);
		CU_ASSERT(json_is_true(json_object_get(s, "complete")));
	}
	json_decref(report);
}

/* Fewer schedules, the same verdicts. */
static void reduction_keeps_verdicts(const char *lab)
{
	int status;
	json_t *report = wg_explorer_run(lab, (const char *const[]){ NULL }, &status);
	size_t i;

	CU_ASSERT_EQUAL(status, 1);
	for (i = 0; i < CLASSICS; i++) {
		const json_t *s = wg_explorer_scenario(report, classics[i].name);

		CU_ASSERT(json_is_true(json_object_get(s, "complete")));
		CU_ASSERT_EQUAL(wg_json_number(s, "failing") > 0, classics[i].failing > 0);
		CU_ASSERT(wg_json_number(s, "schedules") > 0);
		CU_ASSERT(wg_json_number(s, "schedules") <= classics[i].schedules);
	}
	json_decref(report);
}

static void sleep_sets_keep_every_verdict(void)
{
	reduction_keeps_verdicts("classics");
}

static void instrumented_accesses_keep_every_verdict(void)
{
	reduction_keeps_verdicts("classics-shared");
}

void suite_explore_classics(void)
{
	WG_TEST(the_counts_are_these);
	WG_TEST(sleep_sets_keep_every_verdict);
	WG_TEST(instrumented_accesses_keep_every_verdict);
}
