/*
 * test_stats.c: `wakegap stats` as people and programs call it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/trace_files.h"

static int stats(char **out, char **err, const char *a, const char *b, const char *c)
{
	const char *const argv[] = { wg_build_path("wakegap"), "stats", a, b, c, NULL };

	return wg_run(out, err, argv);
}

static void json_has_the_promised_keys(void)
{
	static const char *const keys[] = { "process", "pid", "loop", "wait", "ops", "waits",
		"asleep_ns", "wakes", "empty_wakes", "late_wakes", "stuck", "polls", "empty_polls",
		"wasted_ns", "gap_ns" };
	char *out = NULL;
	json_t *root, *trace, *loop, *ops, *wakes, *gap;
	size_t i;

	CU_ASSERT_EQUAL(stats(&out, NULL, "--json", wg_sample("tick"), NULL), 0);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	trace = json_array_get(json_object_get(root, "traces"), 0);
	CU_ASSERT(json_is_string(json_object_get(trace, "path")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(trace, "events")), 85);
	CU_ASSERT(json_is_integer(json_object_get(trace, "discarded")));
	CU_ASSERT(json_integer_value(json_object_get(trace, "duration_ns")) > 100000000);
	loop = json_array_get(json_object_get(trace, "loops"), 0);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(json_object_get(loop, keys[i]));
	ops = json_object_get(loop, "ops");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(ops, "submitted")), 12);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(ops, "delivered")), 12);
	wakes = json_object_get(loop, "wakes");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(wakes, "timeout")), 12);
	CU_ASSERT_EQUAL(json_object_size(wakes), 5);
	gap = json_object_get(loop, "gap_ns");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(gap, "count")), 12);
	CU_ASSERT(json_is_integer(json_object_get(gap, "p99")));
	json_decref(root);
	free(out);
}

static void two_traces_stand_side_by_side(void)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(stats(&out, NULL, wg_sample("tick"), wg_sample("eventfd"), NULL), 0);
	CU_ASSERT(wg_has(out, "x less"));
	CU_ASSERT(wg_has(out, "tick slept 121 ms with the answer ready; eventfd "));
	free(out);
}

static void what_is_missing_is_said(void)
{
	const char *dir = wg_copy_sample("packets");
	char *out = NULL;

	CU_ASSERT_EQUAL(stats(&out, NULL, wg_sample("lossy"), NULL, NULL), 0);
	CU_ASSERT(wg_has(out, "82 events are missing, so its figures are incomplete"));
	free(out);
	wg_cut(dir, "wakegap_0", 1000);
	CU_ASSERT_EQUAL(stats(&out, NULL, dir, NULL, NULL), 0);
	CU_ASSERT(wg_has(out, "stream wakegap_0 was cut at byte 0"));
	CU_ASSERT(wg_has(out, "its figures are incomplete"));
	free(out);
}

static void a_trace_that_fails_does_not_hide_the_others(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(stats(&out, &err, "/nonexistent", wg_sample("tick"), NULL), 1);
	CU_ASSERT(wg_has(err, "wakegap: cannot open '/nonexistent'"));
	CU_ASSERT(wg_has(out, "loop 1, tick"));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(stats(&out, &err, wg_sample("foreign"), NULL, NULL), 1);
	CU_ASSERT(wg_has(err, "has no wakegap events (12 events of other providers)"));
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	free(err);
}

static void wrong_calls_are_told(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(stats(NULL, &err, NULL, NULL, NULL), 2);
	CU_ASSERT(wg_has(err, "which trace?"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, "--jason", wg_sample("tick"), NULL), 2);
	CU_ASSERT(wg_has(err, "no option '--jason'"));
	free(err);
	CU_ASSERT_EQUAL(stats(&out, NULL, "--help", NULL, NULL), 0);
	CU_ASSERT(wg_has(out, "usage: wakegap stats"));
	free(out);
}

void suite_stats(void)
{
	WG_TEST(json_has_the_promised_keys);
	WG_TEST(two_traces_stand_side_by_side);
	WG_TEST(what_is_missing_is_said);
	WG_TEST(a_trace_that_fails_does_not_hide_the_others);
	WG_TEST(wrong_calls_are_told);
}
