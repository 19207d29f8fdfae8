/*
 * test_check.c: each bound at its edge, and `wakegap check` as a CI calls it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/measure/check.h"
#include "traces/measure/summary.h"
#include "viz/stats/check.h"
#include "viz/stats/junit.h"

static int check(char **out, char **err, const char *const *args)
{
	const char *argv[16] = { wg_build_path("wakegap"), "check" };
	size_t i;

	for (i = 0; i < 13 && args[i]; i++)
		argv[i + 2] = args[i];
	return wg_run(out, err, argv);
}

#define CHECK(out, err, ...) check(out, err, (const char *const[]){ __VA_ARGS__, NULL })

/* A figure of its own for each bound, so that no bound can be asked of another's. */
static struct wg_loop_stats stats_of_all_sorts(void)
{
	struct wg_loop_stats s = { .empty_wakes = 101, .late_wakes = 102, .stuck = 1 };
	struct wg_dist *const dists[] = { &s.gap, &s.queued, &s.service, &s.asleep, &s.whole };
	int64_t n = 201;
	size_t i;

	s.wakes[WG_REASON_SPURIOUS] = 103;
	s.empty_polls = 104;
	s.wasted_ns = 105;
	s.delivered = 106;
	/* Of every event there is one, so that every figure is observable. */
	s.polls = s.empty_polls;
	s.saw = UINT32_MAX;
	for (i = 0; i < 5; i++) {
		dists[i]->p50 = n++;
		dists[i]->p90 = n++;
		dists[i]->p99 = n++;
		dists[i]->p999 = n++;
		dists[i]->max = n++;
	}
	return s;
}

static void each_bound_holds_at_its_edge(void)
{
	static const int64_t values[] = { 101, 102, 1, 103, 104, 105, 201, 202, 203, 204, 205, 208,
		210, 213, 215, 218, 220, 223, 225, 106 };
	const struct wg_loop_stats s = stats_of_all_sorts();
	struct wg_answer answers[WG_BOUND_COUNT];
	int64_t b;

	_Static_assert(sizeof(values) / sizeof(values[0]) == WG_BOUND_COUNT, "all bounds");
	for (b = 0; b < WG_BOUND_COUNT; b++) {
		struct wg_bounds bounds = { 0 };
		int better = wg_bound_info((enum wg_bound)b)->is_min ? 1 : -1;

		bounds.is_set[b] = true;
		bounds.limit[b] = values[b];
		CU_ASSERT_EQUAL(wg_check_loop(&bounds, &s, answers), 1);
		CU_ASSERT_EQUAL(answers[0].bound, b);
		CU_ASSERT_EQUAL(answers[0].value, values[b]);
		CU_ASSERT_FALSE(answers[0].is_broken);
		bounds.limit[b] += better;
		CU_ASSERT_EQUAL(wg_check_loop(&bounds, &s, answers), 1);
		CU_ASSERT_TRUE(answers[0].is_broken);
		bounds.limit[b] -= 2 * better;
		CU_ASSERT_EQUAL(wg_check_loop(&bounds, &s, answers), 1);
		CU_ASSERT_FALSE(answers[0].is_broken);
	}
}

/* The same through the command, on a real trace: the figure passes, a nanosecond less does not. */
static void edges_hold_through_the_command(void)
{
	struct wg_summary *s = NULL;
	struct wg_error err;
	char bound[64], *out = NULL;
	int64_t p99;

	CU_ASSERT_EQUAL_FATAL(wg_summary_load(wg_sample("tick"), NULL, false, &s, &err), 0);
	p99 = wg_measure_loop(s->measure, 0)->gap.p99;
	wg_summary_free(s);
	(void)snprintf(bound, sizeof(bound), "--max-gap-p99=%" PRId64 "ns", p99);
	CU_ASSERT_EQUAL(CHECK(&out, NULL, wg_sample("tick"), bound), 0);
	CU_ASSERT(wg_has(out, "ok: 1 bound holds for 1 loop, 12 operations delivered"));
	free(out);
	(void)snprintf(bound, sizeof(bound), "--max-gap-p99=%" PRId64 "ns", p99 - 1);
	CU_ASSERT_EQUAL(CHECK(&out, NULL, wg_sample("tick"), bound), 1);
	/* Three digits would show the same time twice. */
	CU_ASSERT(wg_has(out, " ns > "));
	free(out);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, wg_sample("tick"), "--max-late-wakes", "12"), 0);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, wg_sample("tick"), "--max-late-wakes", "11"), 1);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, wg_sample("tick"), "--min-ops", "12"), 0);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, wg_sample("tick"), "--min-ops", "13"), 1);
}

static size_t lines_of(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void a_broken_bound_is_one_line(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(CHECK(&out, &err, wg_sample("tick"), "--max-late-wakes", "0",
				"--max-wasted", "10ms", "--max-empty-wakes", "0"),
		1);
	CU_ASSERT_EQUAL(lines_of(out), 2);
	CU_ASSERT(wg_has(out, "late wakes: 12 > 0, first at 10.1 ms: op 1 (stat) was ready for "));
	CU_ASSERT(wg_has(out, "wasted: 121 ms > 10.0 ms, longest at 112 ms: the loop slept on for "
			      "10.2 ms with op 11 (read) ready"));
	CU_ASSERT_STRING_EQUAL(err, "");
	free(out);
	free(err);
	CU_ASSERT_EQUAL(
		CHECK(&out, NULL, wg_sample("tick"), wg_sample("eventfd"), "--max-late-wakes", "0"),
		1);
	CU_ASSERT_EQUAL(lines_of(out), 1);
	CU_ASSERT(wg_has(out, "/tick: wakegap-workloa 12825 loop 1: late wakes: 12 > 0"));
	free(out);
}

static void each_sort_of_answer_has_its_words(void)
{
	static const struct {
		enum wg_bound bound;
		const char *words;
	} table[] = {
		{ WG_BOUND_EMPTY_WAKES, "empty wakes: 3 > 2, first at 5 ns: nothing was there "
					"after 7 ns asleep" },
		{ WG_BOUND_STUCK, "stuck: 3 > 2, since 5 ns: op 9 (read) is ready and the loop "
				  "asleep, to the end (7 ns)" },
		{ WG_BOUND_SPURIOUS, "spurious wakes: 3 > 2, first at 5 ns" },
		{ WG_BOUND_SERVICE_P99,
			"service p99: 3 ns > 2 ns, longest at 5 ns: op 9 (read) took 7 ns" },
		{ WG_BOUND_GAP_MAX, "gap max: 3 ns > 2 ns, longest at 5 ns: the loop slept on for "
				    "7 ns with op 9 (read) ready" },
	};
	char buf[320];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct wg_answer a = { .bound = table[i].bound,
			.value = 3,
			.limit = 2,
			.is_broken = true,
			.sight = { true, 105, 7, 9, WG_KIND_READ } };

		CU_ASSERT_STRING_EQUAL(wg_answer_text(buf, sizeof(buf), &a, 100), table[i].words);
	}
}

static void what_is_not_whole_never_passes(void)
{
	const char *dir = wg_copy_sample("packets");
	char *out = NULL;

	CU_ASSERT_EQUAL(CHECK(&out, NULL, wg_sample("lossy"), "--max-stuck", "1"), 77);
	CU_ASSERT(wg_has(out, "INCONCLUSIVE: "));
	CU_ASSERT(wg_has(out, "82 events were discarded; no bound is confirmed"));
	CU_ASSERT_FALSE(wg_has(out, "ok"));
	free(out);
	CU_ASSERT_EQUAL(CHECK(&out, NULL, wg_sample("lossy"), "--max-gap-p50", "1ns"), 77);
	CU_ASSERT(wg_has(out, "gap p50: "));
	CU_ASSERT(wg_has(
		out, "82 events were discarded; the bounds named above are broken in any case"));
	free(out);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, dir, "--max-stuck", "1"), 0);
	wg_cut(dir, "wakegap_0", wg_file_bytes(dir, "wakegap_0") - 1000);
	CU_ASSERT_EQUAL(CHECK(&out, NULL, dir, "--max-stuck", "1"), 77);
	CU_ASSERT(wg_has(out, "INCONCLUSIVE: "));
	free(out);
	/* A whole trace that breaks a bound is certain, whatever another one is. */
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, dir, wg_sample("tick"), "--max-late-wakes", "0"), 1);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, dir, "/nonexistent", "--max-late-wakes", "0"), 1);
}

/* Each recording below a folder by itself, in the order of names; the worst decides. */
static void a_folder_stands_for_all_below_it(void)
{
	char below[512], *out = NULL, *err = NULL;

	(void)snprintf(below, sizeof(below), "%s", wg_sample("tick"));
	*strrchr(below, '/') = '\0';
	(void)strcat(below, "/**");
	CU_ASSERT_EQUAL(CHECK(&out, &err, below, "--max-late-wakes", "0"), 1);
	CU_ASSERT(wg_has(out, "/lossy: 82 events were discarded"));
	CU_ASSERT(wg_has(out, "/tick: wakegap-workloa 12825 loop 1: late wakes: 12 > 0"));
	CU_ASSERT(wg_has(err, "foreign' has no wakegap events"));
	CU_ASSERT(!wg_has(out, "**"));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(CHECK(NULL, &err, "/nowhere/**", "--max-late-wakes", "0"), 1);
	CU_ASSERT(wg_has(err, "cannot open '/nowhere/**': No such file"));
	free(err);
}

/* Damaged traces, and some whose metadata is none, among others: each has its line in its place,
 * and the others are checked. */
static void the_number_of_jobs_changes_nothing(void)
{
	static const char *const jobs[] = { "--jobs=1", "--jobs=2", "--jobs=7", "--jobs=1024" };
	const char *dir = wg_copy_sample("packets");
	char below[512], *out[2] = { NULL }, *err[2] = { NULL };
	size_t i, copies = 0;

	(void)snprintf(below, sizeof(below), "%s/**", dir);
	CU_ASSERT_EQUAL_FATAL(
		wg_sh_in(dir,
			"mkdir t && mv metadata wakegap_* t/ && for i in 1 2 3 4 5 6 7 8 9; do"
			" cp -r t d$i; cp -r t e$i; rm e$i/metadata; echo x >e$i/metadata;"
			" truncate -s -1000 d$i/wakegap_0; done"),
		0);
	for (i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		bool is_first = i == 0;

		CU_ASSERT_EQUAL(
			CHECK(&out[!is_first], &err[!is_first], below, "--max-stuck", "0", jobs[i]),
			1);
		if (is_first)
			continue;
		CU_ASSERT_STRING_EQUAL(out[0], out[1]);
		CU_ASSERT_STRING_EQUAL(err[0], err[1]);
		free(out[1]);
		free(err[1]);
	}
	for (const char *at = out[0]; (at = strstr(at, "INCONCLUSIVE: ")); at++)
		copies++;
	CU_ASSERT_EQUAL(copies, 9);
	CU_ASSERT_EQUAL(lines_of(err[0]), 9);
	free(out[0]);
	free(err[0]);
}

static void wrong_calls_are_one_line(void)
{
	static const struct {
		const char *args[5], *says;
	} table[] = {
		{ { NULL }, "which trace?" },
		{ { "T" }, "which bound?" },
		{ { "T", "--max-stuck" }, "--max-stuck needs a value" },
		{ { "T", "--max-stuck", "-1" }, "'-1' is not a number" },
		{ { "T", "--max-stuck", "1x" }, "'1x' is not a number" },
		{ { "T", "--max-stuck", "99999999999999999999" }, "is not a number" },
		{ { "T", "--max-gap-p99", "10" }, "'10' is not a time such as 10ms" },
		{ { "T", "--max-gap-p98", "10ms" }, "no option '--max-gap-p98'" },
		{ { "T", "--max-stuck=0", "--kind", "reed" }, "no kind 'reed'" },
		{ { "T", "--max-stuck=0", "--loop", "1,,2" }, "is not a list of at most 32 loops" },
		{ { "T", "--max-stuck=0", "--loop", "18446744073709551616" }, "is not a list" },
		{ { "T", "--max-stuck=0", "--since", "x" }, "'x' is not a time" },
		{ { "T", "--max-stuck=0", "--since=2ms", "--until=2ms" }, "nothing is left" },
		{ { "T", "--max-stuck=0", "--junit" }, "--junit needs a value" },
		{ { "T", "--max-stuck=0", "--jobs=0" }, "--jobs takes a number from 1 to 1024" },
	};
	char *out = NULL, *err = NULL;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CU_ASSERT_EQUAL(check(&out, &err, table[i].args), 2);
		CU_ASSERT_STRING_EQUAL(out, "");
		CU_ASSERT(wg_has(err, table[i].says));
		CU_ASSERT_EQUAL(lines_of(err), 1);
		free(out);
		free(err);
	}
	CU_ASSERT_EQUAL(CHECK(&out, NULL, "--help"), 0);
	for (i = 0; i < WG_BOUND_COUNT; i++)
		CU_ASSERT(wg_has(out, wg_bound_info((enum wg_bound)i)->option));
	free(out);
}

static void parts_are_checked_alone(void)
{
	const char *tick = wg_sample("tick");

	/* The first late wake is at 10.1 ms. */
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=0", "--until", "10ms"), 0);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=0", "--until", "11ms"), 1);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=0", "--kind", "timer"), 0);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=0", "--kind", "timer,read"), 1);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=11", "--loop", "1"), 1);
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, tick, "--max-late-wakes=99", "--loop", "2"), 1);
}

/* What xmllint makes of an XPath expression, or NULL without xmllint. */
static char *xpath(const char *file, const char *expression)
{
	const char *const argv[] = { "/usr/bin/xmllint", "--xpath", expression, file, NULL };
	char *out = NULL;

	if (access(argv[0], X_OK) != 0) {
		wg_skip("xmllint (package libxml2-utils)");
		return NULL;
	}
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	return out;
}

static void expect_xpath(const char *file, const char *expression, const char *wanted)
{
	char *got = xpath(file, expression);

	if (got) {
		got[strcspn(got, "\n")] = '\0';
		CU_ASSERT_STRING_EQUAL(got, wanted);
	}
	free(got);
}

static void the_report_is_junit(void)
{
	char file[256];
	struct stat st;

	(void)snprintf(file, sizeof(file), "%s/report.xml", wg_tmpdir());
	CU_ASSERT_EQUAL(CHECK(NULL, NULL, wg_sample("tick"), wg_sample("lossy"), "/nonexistent",
				"--max-late-wakes=3", "--max-spurious=0", "--junit", file),
		1);
	CU_ASSERT_EQUAL_FATAL(stat(file, &st), 0);
	expect_xpath(file, "string(/testsuites/@name)", "wakegap check");
	expect_xpath(file, "count(/testsuites/testsuite)", "3");
	expect_xpath(file, "count(//testcase)", "5");
	expect_xpath(file, "string(/testsuites/@tests)", "5");
	expect_xpath(file, "string(//testsuite[1]/@failures)", "1");
	expect_xpath(file, "string(//testsuite[2]/@skipped)", "2");
	expect_xpath(file, "string(//testsuite[3]/@errors)", "1");
	expect_xpath(file, "string(//testcase[failure]/@name)", "late wakes <= 3");
	expect_xpath(
		file, "starts-with(//failure/@message, 'late wakes: 12 > 3, first at ')", "true");
}

static void any_name_makes_a_sound_report(void)
{
	struct junit_suite suite = { .name = "a<b>&\"c'\x01\xff\xc0\xaf\xed\xa0\x80]]>",
		.duration_ns = 1500000000 };
	struct junit junit = { .name = "<&>", .suites = &suite, .suite_count = 1 };
	const struct junit_case c = { 0, "\xc3\xa9\xf0\x9f\x90\xa7\n\t", "--", NULL, JUNIT_PASSED };
	char file[256];

	(void)snprintf(file, sizeof(file), "%s/odd.xml", wg_tmpdir());
	junit_add(&junit, &c);
	CU_ASSERT_EQUAL(junit_write(&junit, file, NULL), 0);
	junit_fini(&junit);
	expect_xpath(file, "string(/testsuites/@name)", "<&>");
	expect_xpath(file, "string(//testsuite/@name)",
		"a<b>&\"c'??"
		"??"
		"???"
		"]]>");
	expect_xpath(file, "string(//testcase/@classname)", "\xc3\xa9\xf0\x9f\x90\xa7??");
	expect_xpath(file, "string(//testsuite/@time)", "1.500000000");
}

static void a_report_that_cannot_be_written_fails(void)
{
	char *err = NULL, *out = NULL;

	CU_ASSERT_EQUAL(CHECK(NULL, &err, wg_sample("eventfd"), "--max-stuck=0", "--junit",
				"/nonexistent/report.xml"),
		1);
	CU_ASSERT(wg_has(
		err, "cannot write '/nonexistent/report.xml': there is no folder '/nonexistent'"));
	free(err);
	/* On standard output the report is alone. */
	CU_ASSERT_EQUAL(
		CHECK(&out, &err, wg_sample("eventfd"), "--max-stuck=0", "--junit", "-"), 0);
	CU_ASSERT_EQUAL(strncmp(out, "<?xml", 5), 0);
	CU_ASSERT(wg_has(err, "ok: "));
	free(out);
	free(err);
}

void suite_check(void)
{
	WG_TEST(each_bound_holds_at_its_edge);
	WG_TEST(edges_hold_through_the_command);
	WG_TEST(a_broken_bound_is_one_line);
	WG_TEST(each_sort_of_answer_has_its_words);
	WG_TEST(what_is_not_whole_never_passes);
	WG_TEST(a_folder_stands_for_all_below_it);
	WG_TEST(the_number_of_jobs_changes_nothing);
	WG_TEST(wrong_calls_are_one_line);
	WG_TEST(parts_are_checked_alone);
	WG_TEST(the_report_is_junit);
	WG_TEST(any_name_makes_a_sound_report);
	WG_TEST(a_report_that_cannot_be_written_fails);
}
