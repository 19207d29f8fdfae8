/*
 * test_explore_shards.c: the shards of a search are disjoint and together all: their reports,
 * merged, are the report of the whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

/* $0: wakegap-explore, $1: a folder, $2: a lab, $3: a pattern of scenarios, $4: so many shards. */
static int sh(char **out, const char *script, const char *lab, const char *scenario, const char *of)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s.so", wg_build_path("labs"), lab);
	return wg_run(out, NULL,
		(const char *const[]){ "/bin/sh", "-c", script, wg_build_path("wakegap-explore"),
			wg_tmpdir(), path, scenario, of, NULL });
}

#define SHARDS                                                                                     \
	"for i in $(seq $4); do $0 $2 --scenario \"$3\" --shard $i/$4 --fd 3 3>$1/$i.json; done; "
#define LINES " | grep -E 'schedules fail|\\[ok\\]|\\[FAIL\\]' | sed 's/, first .*//' "

/* Counts and verdicts. */
static void the_union_is_the_whole(void)
{
	static const struct {
		const char *lab, *scenario, *of;
	} rows[] = {
		{ "cases", "mp*", "3" },
		{ "classics", "*", "3" },
		{ "cases", "futex*", "2" },
		{ "random", "*", "4" },
		{ "classics", "*", "1" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i += WG_STRIDE) {
		char *out = NULL;
		int status = sh(&out,
			SHARDS "$0 $2 --scenario \"$3\"" LINES
			       ">$1/whole; $0 --merge $1/*.json" LINES
			       ">$1/merged; test -s $1/whole && diff $1/whole $1/merged",
			rows[i].lab, rows[i].scenario, rows[i].of);

		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT_STRING_EQUAL(out, "");
		free(out);
	}
}

/* Each has some of it, and the merged counterexample is one. */
static void a_shard_is_a_part(void)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(
		sh(&out,
			SHARDS "for i in 1 2; do sed -n 's/.*\"schedules\": //p' $1/$i.json; "
			       "done | grep -c '^0,'",
			"classics", "skip_unfenced", "2"),
		1);
	CU_ASSERT_STRING_EQUAL(out, "0\n");
	free(out);
	CU_ASSERT_EQUAL(sh(&out,
				SHARDS "$0 $2 --scenario $3 --replay $($0 --merge $1/*.json | "
				       "sed -n 's/^  schedule //p')",
				"classics", "skip_unfenced", "2"),
		1);
	CU_ASSERT(wg_has(out, "1 of 1 schedules fail"));
	free(out);
}

static void what_is_no_whole_is_refused(void)
{
	static const struct {
		const char *files, *words;
	} rows[] = {
		{ "$1/1.json", "shard 1 of 2, but 1 report is given: name all 2, each once" },
		{ "$1/1.json $1/1.json $1/2.json", "but 3 reports are given" },
		{ "$1/all.json", "all.json' is the report of all, not of a shard" },
		{ "$1/1.json $1/1.json", "are both shard 1" },
		{ "$1/1.json /dev/null", "cannot read the report '/dev/null'" },
		{ "$1/1.json $1/none.json", "cannot read the report" },
		{ "$1/1.json $1/other.json", "has scenario" },
		{ "$1/1.json $1/full.json", "explore all with the same options" },
		{ "$1/1.json $1/wrong.json", "wrong.json' is no report of wakegap-explore" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = NULL, script[800];

		(void)snprintf(script, sizeof(script),
			SHARDS "$0 $2 --scenario $3 --shard 2/2 --full --fd 3 3>$1/full.json; "
			       "sed 's/\"schedules\": /&-1/' $1/2.json >$1/wrong.json; "
			       "$0 $2 --scenario outside_lock --shard 2/2 --fd 3 3>$1/other.json; "
			       "$0 $2 --scenario $3 --fd 3 3>$1/all.json; "
			       "$0 --merge %s 2>&1",
			rows[i].files);
		CU_ASSERT_EQUAL(sh(&out, script, "classics", "no_predicate", "2"), 2);
		CU_ASSERT(wg_has(out, rows[i].words));
		free(out);
	}
}

static void wrong_shards_are_usage(void)
{
	static const char *const wrong[] = { "0/2", "3/2", "1", "1/", "/2", "1/2/3", "a/b",
		"1/9999" };
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(
			sh(NULL, "$0 $2 --shard $4 2>/dev/null", "classics", "x", wrong[i]), 2);
	CU_ASSERT_EQUAL(
		sh(NULL, "$0 $2 --shard 1/2 --list >/dev/null 2>&1", "classics", "x", "x"), 2);
}

void suite_explore_shards(void)
{
	WG_TEST(the_union_is_the_whole);
	WG_TEST(a_shard_is_a_part);
	WG_TEST(what_is_no_whole_is_refused);
	WG_TEST(wrong_shards_are_usage);
}
