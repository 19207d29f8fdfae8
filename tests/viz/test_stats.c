/*
 * test_stats.c: `wakegap stats` as people and programs call it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/fake_trace.h"
#include "tests/harness/trace_files.h"
#include "traces/measure/summary.h"
#include "viz/stats/stats.h"

static int stats(char **out, char **err, const char *a, const char *b, const char *c)
{
	const char *const argv[] = { wg_build_path("wakegap"), "stats", a, b, c, NULL };

	return wg_run(out, err, argv);
}

static void json_has_the_promised_keys(void)
{
	static const char *const keys[] = { "process", "pid", "loop", "wait", "ops", "waits",
		"asleep_ns", "wakes", "empty_wakes", "late_wakes", "stuck", "polls", "empty_polls",
		"wasted_ns", "gap_ns", "life_ns" };
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

/* What `run --record` leaves is not one trace. */
static void recordings_in_a_folder_are_not_added_up(void)
{
	const char *dir = wg_tmpdir();
	const char *const view[] = { wg_build_path("wakegap"), "view", dir, "--frame", "100x16",
		NULL };
	const char *const export[] = { wg_build_path("wakegap"), "export", "--format", "svg", dir,
		NULL };
	char *out = NULL, *err = NULL, to[512];

	(void)snprintf(to, sizeof(to), "%s/a", dir);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("eventfd"), to), 0);
	(void)snprintf(to, sizeof(to), "%s/b", dir);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("tick"), to), 0);
	CU_ASSERT_EQUAL(stats(&out, &err, dir, NULL, NULL), 0);
	CU_ASSERT(wg_has(err, "holds 2 recordings"));
	CU_ASSERT(wg_has(out, "eventfd slept 155 us with a result ready; tick 121 ms"));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, view), 0);
	/* Long paths are shortened to their names. */
	CU_ASSERT(wg_has(out, "a  B ") && wg_has(out, "B tick"));
	free(out);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, export), 0);
	CU_ASSERT(wg_has(out, "eventfd slept 155 us with a result ready; tick"));
	free(out);
}

/* A terminal would obey what is in a name. */
static void names_are_no_orders_to_the_terminal(void)
{
	char odd[512], *out = NULL, *err = NULL;
	const char *wakegap = wg_build_path("wakegap");
	const char *const check[] = { wakegap, "check", odd, "--max-late-wakes", "0", NULL };
	const char *const text[] = { wakegap, "view", odd, "--text", NULL };

	(void)snprintf(odd, sizeof(odd), "%s/a\033[31m\302\233b", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("tick"), odd), 0);
	CU_ASSERT_EQUAL(stats(&out, NULL, odd, NULL, NULL), 0);
	CU_ASSERT(wg_has(out, "/a\\x1b[31m\\xc2\\x9bb: 85 events") && !wg_has(out, "\033"));
	free(out);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, text), 0);
	CU_ASSERT(wg_has(out, "\\x1b[31m") && !wg_has(out, "\033"));
	free(out);
	wg_cut(odd, "wakegap_0", 654);
	(void)wg_run(&out, &err, check);
	CU_ASSERT(!wg_has(out, "\033") && !wg_has(err, "\033"));
	free(out);
	free(err);
	(void)snprintf(odd, sizeof(odd), "/no\033[31mwhere");
	CU_ASSERT_EQUAL(stats(NULL, &err, odd, NULL, NULL), 1);
	CU_ASSERT(wg_has(err, "/no\\x1b[31mwhere"));
	free(err);
}

/* A path is any bytes; JSON is UTF-8, and says which byte was none. What a terminal would obey has
 * an escape of JSON. */
static void json_has_any_name(void)
{
	const char *dir = wg_tmpdir();
	char *out = NULL, odd[512];
	const char *path;
	json_t *root;

	(void)snprintf(odd, sizeof(odd), "%s/a \xff\"b,\n\x7f\xc2\x9b", dir);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("tick"), odd), 0);
	CU_ASSERT_EQUAL(stats(&out, NULL, "--json", odd, NULL), 0);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	path = json_string_value(
		json_object_get(json_array_get(json_object_get(root, "traces"), 0), "path"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(wg_has(path, "/a \\xff\"b,\n\x7f\xc2\x9b"));
	CU_ASSERT(wg_has(out, "\\u007f\\u009b"));
	json_decref(root);
	free(out);
}

static void two_traces_stand_side_by_side(void)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(stats(&out, NULL, wg_sample("tick"), wg_sample("eventfd"), NULL), 0);
	CU_ASSERT(wg_has(out, "x less"));
	CU_ASSERT(wg_has(out, "tick slept 121 ms with a result ready; eventfd "));
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

/* All that is printed for these options. */
static char *shown(const char *a, const char *b, const char *c)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(stats(&out, NULL, a, b, c), 0);
	return out;
}

static void time_of_operations_is_shown(void)
{
	char *out = shown(wg_sample("tick"), NULL, NULL);

	CU_ASSERT(wg_has(out, "ready, asleep     12  121 ms  99.4 % 10.1 ms 10.1 ms 10.2 ms"));
	CU_ASSERT(wg_has(out, "    p99.9           10.2 ms\n"));
	CU_ASSERT(wg_has(out, "loop's CPU time: not recorded"));
	CU_ASSERT(wg_has(out, "tick slept 121 ms of 122 ms (99.4 %) with a result ready"));
	free(out);
	out = shown("--where", wg_sample("tick"), wg_sample("eventfd"));
	CU_ASSERT(wg_has(out, "\neventfd:\n  where an operation's time went\n"));
	CU_ASSERT(wg_has(out, "  ready, asleep      121 ms    155 us  780x less\n"));
	CU_ASSERT(wg_has(out, "; eventfd 155 us: 780 times less\n"));
	free(out);
}

static void groups_are_loops_processes_or_kinds(void)
{
	char *out = shown("--by=kind", wg_sample("tick"), NULL);

	CU_ASSERT(wg_has(out, "\nread\n  submitted               9\n"));
	CU_ASSERT(wg_has(out, "\nclose\n  submitted               1\n"));
	CU_ASSERT_FALSE(wg_has(out, "polls")); /* that is the loop's, not an operation's */
	free(out);
	out = shown("--by=process", wg_sample("tick"), NULL);
	CU_ASSERT(wg_has(out, "\nwakegap-workloa 12825, 1 loop, tick (10.0 ms)\n"));
	free(out);
	out = shown("--by=kind", wg_sample("tick"), wg_sample("eventfd"));
	CU_ASSERT(wg_has(out, "\nopen\n                       tick   eventfd\n"));
	free(out);
	out = shown("--by=loop", wg_sample("tick"), wg_sample("eventfd"));
	CU_ASSERT(wg_has(out, "\nwakegap-workloa #1, loop 1\n                       tick"));
	free(out);
}

static void bars_are_as_wide_as_they_may_be(void)
{
	char *out;

	(void)setenv("COLUMNS", "50", 1);
	out = shown("--histogram", "--ascii", wg_sample("eventfd"));
	CU_ASSERT(wg_has(out, "  gaps: 10\n       5 us ..   10 us         3  ############\n"));
	CU_ASSERT(wg_has(out, "      20 us ..   50 us         4  ################\n"));
	CU_ASSERT(wg_has(out, "  service times: 12\n"));
	CU_ASSERT_FALSE(wg_has(out, "\xe2"));
	free(out);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	out = shown("--histogram", wg_sample("eventfd"), NULL);
	CU_ASSERT(wg_has(out, "\xe2\x96\x88\xe2\x96\x88"));
	free(out);
	(void)setenv("LC_ALL", "C", 1);
	out = shown("--histogram", wg_sample("eventfd"), NULL);
	CU_ASSERT_FALSE(wg_has(out, "\xe2"));
	free(out);
	(void)unsetenv("LC_ALL");
	(void)unsetenv("COLUMNS");
}

static void json_has_parts_kinds_and_stages(void)
{
	char *out = shown("--json", wg_sample("tick"), "--until=30ms");
	json_t *root = json_loads(out, 0, NULL), *trace, *loop, *stage;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	trace = json_array_get(json_object_get(root, "traces"), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(trace, "duration_ns")), 30000000);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(trace, "window"), "until_ns")),
		30000000);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(trace, "kinds")), 3);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(trace, "processes")), 1);
	loop = json_array_get(json_object_get(trace, "loops"), 0);
	CU_ASSERT(json_is_null(json_object_get(loop, "cpu_ns")));
	stage = json_object_get(json_object_get(loop, "stages_ns"), "asleep");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(stage, "count")), 2);
	CU_ASSERT(json_integer_value(json_object_get(stage, "p999")) > 10000000);
	json_decref(root);
	free(out);
}

static void wrong_calls_are_reported(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(stats(NULL, &err, NULL, NULL, NULL), 2);
	CU_ASSERT(wg_has(err, "which trace?"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, "--jason", wg_sample("tick"), NULL), 2);
	CU_ASSERT(wg_has(err, "no option '--jason'"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, "--by=none", wg_sample("tick"), NULL), 2);
	CU_ASSERT(wg_has(err, "--by: no 'none'; there are loop, process and kind"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, wg_sample("tick"), "--since", NULL), 2);
	CU_ASSERT(wg_has(err, "--since needs a value"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, wg_sample("tick"), "--since=1y", NULL), 2);
	CU_ASSERT(wg_has(err, "--since: '1y' is not a time such as 10ms"));
	free(err);
	CU_ASSERT_EQUAL(stats(NULL, &err, wg_sample("tick"), "--since=1s", NULL), 1);
	CU_ASSERT(wg_has(err, "has no event in that part of its time"));
	free(err);
	CU_ASSERT_EQUAL(stats(&out, NULL, "--help", NULL, NULL), 0);
	CU_ASSERT(wg_has(out, "Usage: wakegap stats"));
	free(out);
}

/* A line each; one that cannot be read stops no other, and the number of jobs changes nothing. */
static void many_traces_are_a_line_each(void)
{
	static const char *const jobs[] = { "--jobs=1", "--jobs=2", "--jobs=9" };
	const char *dir = wg_copy_sample("tick");
	char below[512], *out[2] = { NULL }, *err[2] = { NULL };
	size_t i;

	(void)snprintf(below, sizeof(below), "%s/**", dir);
	CU_ASSERT_EQUAL_FATAL(
		wg_sh_in(dir,
			"mkdir t && mv metadata wakegap_* t/ && for i in 1 2 3 4 5 6 7 8 9; do"
			" cp -r t h$i; done; echo x >h5/metadata"),
		0);
	for (i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		size_t k = i > 0;
		const char *argv[] = { wg_build_path("wakegap"), "stats", below, jobs[i], NULL };

		CU_ASSERT_EQUAL(wg_run(&out[k], &err[k], argv), 1);
		if (k == 0)
			continue;
		CU_ASSERT_STRING_EQUAL(out[0], out[1]);
		CU_ASSERT_STRING_EQUAL(err[0], err[1]);
		free(out[1]);
		free(err[1]);
	}
	CU_ASSERT(wg_has(out[0], "  10.2 ms  all 9\n"));
	CU_ASSERT(wg_has(out[0], "      108      108        0      108        0 "));
	CU_ASSERT(wg_has(out[0], "/h9\n"));
	CU_ASSERT(!wg_has(out[0], "/h5\n"));
	CU_ASSERT(wg_has(err[0], "/h5': "));
	free(out[0]);
	free(err[0]);
}

static void threads_have_a_line_too(void)
{
	const char *argv[12] = { wg_build_path("wakegap"), "stats", "traces/samples/tick" };
	char *out;
	size_t i;

	for (i = 3; i < 11; i++)
		argv[i] = "traces/samples/server"; /* threads, no loop */
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, "        43        -       20       15        0        -     0 ns"));
	CU_ASSERT(wg_has(out, "       429       12      172      120       12        0   121 ms"));
	free(out);
}

/* A loop that waits for sockets sleeps longer than its tick. */
static void the_interval_asked_for_is_named(void)
{
	static const struct {
		int64_t asked[2];
		const char *title;
	} loops[] = { { { 50000000, 50000000 }, "tick (50.0 ms)" },
		{ { 50000000, 10000000 }, "tick (10.0 ms to 50.0 ms)" },
		{ { -1, 0 }, "tick (10.0 ms)" } };
	size_t i, k;

	for (i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		struct fake *fake = fake_create();
		struct wg_summary summary = { 0 };
		struct stats_trace trace = { .path = "x", .summary = &summary };
		struct stats_groups groups;
		struct wg_trace *t;

		fake_loop(fake, 0, 1, "tick", 10000000);
		for (k = 0; k < 2; k++) {
			fake_wait(fake, (int64_t)k * 100000000 + 10, 1, loops[i].asked[k], 0);
			fake_wake(fake, (int64_t)k * 100000000 + 60000000, 1, WG_REASON_TIMEOUT, 0);
		}
		t = fake_finish(fake, "x");
		summary.measure = t->measure;
		CU_ASSERT_EQUAL_FATAL(wg_stats_groups_init(&groups, &trace, STATS_BY_LOOP), 0);
		CU_ASSERT(wg_has(groups.group[0].title, loops[i].title));
		wg_stats_groups_fini(&groups);
		fake_trace_free(t);
	}
}

void suite_stats(void)
{
	WG_TEST(json_has_the_promised_keys);
	WG_TEST(json_has_any_name);
	WG_TEST(names_are_no_orders_to_the_terminal);
	WG_TEST(two_traces_stand_side_by_side);
	WG_TEST(recordings_in_a_folder_are_not_added_up);
	WG_TEST(what_is_missing_is_said);
	WG_TEST(a_trace_that_fails_does_not_hide_the_others);
	WG_TEST(time_of_operations_is_shown);
	WG_TEST(groups_are_loops_processes_or_kinds);
	WG_TEST(bars_are_as_wide_as_they_may_be);
	WG_TEST(json_has_parts_kinds_and_stages);
	WG_TEST(wrong_calls_are_reported);
	WG_TEST(many_traces_are_a_line_each);
	WG_TEST(threads_have_a_line_too);
	WG_TEST(the_interval_asked_for_is_named);
}
