/*
 * test_diff.c: `wakegap diff` on folders of recordings, as a CI calls it.
 */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "viz/stats/diff.h"

static int diff(char **out, char **err, const char *const *args)
{
	const char *argv[16] = { wg_build_path("wakegap"), "diff" };
	size_t i;

	for (i = 0; i < 13 && args[i]; i++)
		argv[i + 2] = args[i];
	return wg_run(out, err, argv);
}

#define DIFF(out, err, ...) diff(out, err, (const char *const[]){ __VA_ARGS__, NULL })

/* From any folder. The string is good until the next call. */
static const char *sample_path(const char *sample)
{
	static char path[PATH_MAX];

	CU_ASSERT_PTR_NOT_NULL_FATAL(realpath(wg_sample(sample), path));
	return path;
}

/* A folder with this many runs, all copies of one sample: without noise. */
static const char *runs_of(const char *sample, int count)
{
	const char *dir = wg_tmpdir();
	char script[PATH_MAX + 80];

	(void)snprintf(script, sizeof(script), "for i in $(seq %d); do cp -r %s run$i; done", count,
		sample_path(sample));
	CU_ASSERT_EQUAL(wg_sh_in(dir, script), 0);
	return dir;
}

static void a_change_is_found_and_named(void)
{
	const char *tick = runs_of("tick", 5), *eventfd = runs_of("eventfd", 5);
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(DIFF(&out, &err, eventfd, tick, "--fail-if", "late-wakes+0", "--fail-if",
				"gap-p99+10%", "--fail-if", "wasted+1s"),
		1);
	CU_ASSERT_STRING_EQUAL(err, "");
	CU_ASSERT(wg_has(out, ": 5 runs\nB  "));
	CU_ASSERT(wg_has(out, "late wakes                   0         12       +12"));
	CU_ASSERT(wg_has(out, "FAILED: late-wakes+0: late wakes rose too far: +12 to +12, the "
			      "limit is 0\n"));
	CU_ASSERT(wg_has(out, "FAILED: gap-p99+10%: gap p99 rose too far: "));
	CU_ASSERT(wg_has(out, "ok: wasted+1s: wasted: +121 ms to +121 ms, within +1.00 s\n"));
	free(out);
	free(err);
	/* The other way round all fell. */
	CU_ASSERT_EQUAL(DIFF(&out, NULL, tick, eventfd, "--fail-if", "late-wakes+0", "--fail-if",
				"gap-p99+10%", "--fail-if", "ops-0%"),
		0);
	CU_ASSERT(wg_has(out, "late wakes                  12          0    -100 %"));
	free(out);
	CU_ASSERT_EQUAL(DIFF(&out, NULL, tick, eventfd, "--fail-if", "late-wakes-50%"), 1);
	CU_ASSERT(wg_has(out, "late wakes fell too far: -100 % to -100 %, the limit is -50 %\n"));
	free(out);
}

static void the_same_runs_are_the_same(void)
{
	const char *a = runs_of("tick", 5);
	char *out = NULL;

	CU_ASSERT_EQUAL(DIFF(&out, NULL, a, a, "--fail-if", "gap-p99+0%", "--fail-if", "ops-0"), 0);
	CU_ASSERT(wg_has(out, " same\n"));
	CU_ASSERT_FALSE(wg_has(out, " more\n") || wg_has(out, " less\n"));
	free(out);
}

static void too_few_runs_are_inconclusive(void)
{
	const char *four = runs_of("tick", 4), *five = runs_of("tick", 5);
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(DIFF(&out, NULL, four, five, "--fail-if", "gap-p99+10%"), 77);
	CU_ASSERT(wg_has(out, "INCONCLUSIVE: gap-p99+10%: gap p99: not enough runs: 4 and 5"));
	free(out);
	/* Without a limit nothing is inconclusive, and it is said all the same. */
	CU_ASSERT_EQUAL(DIFF(&out, NULL, wg_sample("tick"), wg_sample("eventfd")), 0);
	CU_ASSERT(wg_has(out, "not enough runs: with fewer than 5"));
	free(out);
	/* One that is not whole is no run. */
	CU_ASSERT_EQUAL(wg_sh_in(five, "truncate -s -100 run3/*_0"), 0);
	CU_ASSERT_EQUAL(DIFF(&out, &err, five, five, "--fail-if", "gap-p99+10%"), 77);
	CU_ASSERT(wg_has(out, ": 4 runs (and 1 left out)\n"));
	CU_ASSERT(wg_has(err, "/run3 is left out: "));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(DIFF(&out, &err, wg_sample("lossy"), four, "--fail-if", "ops-1"), 77);
	CU_ASSERT(wg_has(err, "is left out: 82 events were discarded\n"));
	CU_ASSERT(wg_has(out, "/lossy: 0 runs (and 1 left out)\n"));
	free(out);
	free(err);
}

/* Not runs of one program: the strategies of `wakegap run --record`. */
static void several_strategies_are_no_runs(void)
{
	const char *both = runs_of("tick", 1);
	char *err = NULL, script[PATH_MAX + 80], such_as[PATH_MAX + 80];

	(void)snprintf(script, sizeof(script), "cp -r %s eventfd", sample_path("eventfd"));
	CU_ASSERT_EQUAL(wg_sh_in(both, script), 0);
	(void)snprintf(such_as, sizeof(such_as),
		"strategies (eventfd, tick): name one, such as '%s/run1'", both);
	CU_ASSERT_EQUAL(DIFF(NULL, &err, both, both), 1);
	CU_ASSERT(wg_has(err, "holds recordings of several wait strategies (eventfd, tick)"));
	CU_ASSERT(wg_has(err, such_as));
	free(err);
	/* As shells complete it: one slash is enough. */
	(void)snprintf(script, sizeof(script), "%s/", both);
	CU_ASSERT_EQUAL(DIFF(NULL, &err, script, script), 1);
	CU_ASSERT(wg_has(err, such_as));
	free(err);
}

static void json_has_it_all(void)
{
	const char *tick = runs_of("tick", 5), *eventfd = runs_of("eventfd", 5);
	char *out = NULL;
	json_t *o, *limit;

	CU_ASSERT_EQUAL(DIFF(&out, NULL, eventfd, tick, "--json", "--fail-if", "late-wakes+0"), 1);
	o = json_loads(out, 0, NULL);
	free(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_object_get(o, "b"), "runs")), 5);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(o, "figures")), WG_BOUND_COUNT);
	limit = json_array_get(json_object_get(o, "limits"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(limit, "limit")), "late-wakes+0");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(limit, "answer")), "broken");
	json_decref(o);
}

static void the_report_is_junit(void)
{
	const char *tick = runs_of("tick", 5), *eventfd = runs_of("eventfd", 5);
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(DIFF(&out, &err, eventfd, tick, "--fail-if", "late-wakes+0", "--fail-if",
				"ops-1", "--junit", "-"),
		1);
	CU_ASSERT_EQUAL(strncmp(out, "<?xml", 5), 0);
	CU_ASSERT(wg_has(out, "<testsuites name=\"wakegap diff\" "));
	CU_ASSERT(wg_has(out, "<failure message=\"late wakes rose too far"));
	CU_ASSERT(wg_has(out, "tests=\"2\" failures=\"1\""));
	CU_ASSERT(wg_has(err, "FAILED: late-wakes+0"));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(DIFF(NULL, &err, eventfd, tick, "--junit", "/nonexistent/x.xml"), 1);
	CU_ASSERT(wg_has(
		err, "cannot write '/nonexistent/x.xml': there is no folder '/nonexistent'"));
	free(err);
}

static void wrong_calls_are_one_line(void)
{
	static const struct {
		const char *args[5], *says;
	} table[] = {
		{ { NULL }, "which recordings? A and B" },
		{ { "A" }, "'A' is A; which is B?" },
		{ { "A", "B", "C" }, "'C' is one too many: put the recordings of each version" },
		{ { "A", "B", "--fail-if" }, "--fail-if needs a value" },
		{ { "A", "B", "--fail-if", "gap" }, "'gap' is not a figure and a limit" },
		{ { "A", "B", "--fail-if", "" }, "'' is not a figure and a limit" },
		{ { "A", "B", "--fail-if", "gap-p99" }, "'gap-p99' needs a limit such as +10%" },
		{ { "A", "B", "--fail-if", "gap-p98+10%" }, "no figure 'gap-p98'; did you mean" },
		{ { "A", "B", "--fail-if", "gap-p99+10" }, "'+10' is not a limit such as +10% or" },
		{ { "A", "B", "--fail-if", "gap-p99+%" }, "'+%' is not a limit" },
		{ { "A", "B", "--fail-if", "gap-p99+1.2.3%" }, "'+1.2.3%' is not a limit" },
		{ { "A", "B", "--fail-if", "late-wakes+1ms" }, "'+1ms' is not a limit such as" },
		{ { "A", "B", "--fail-if", "ops+-1" }, "no figure 'ops+'" },
	};
	char *out = NULL, *err = NULL;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CU_ASSERT_EQUAL(diff(&out, &err, table[i].args), 2);
		CU_ASSERT_STRING_EQUAL(out, "");
		CU_ASSERT(wg_has(err, table[i].says));
		free(out);
		free(err);
	}
	CU_ASSERT_EQUAL(DIFF(NULL, &err, "/nonexistent", wg_sample("tick")), 1);
	CU_ASSERT(wg_has(err, "/nonexistent"));
	free(err);
}

static void every_figure_has_a_name_of_its_own(void)
{
	struct diff_limit limit;
	char text[80], why[200];
	const char *option;
	int i;

	for (i = 0; (option = wg_diff_figure_option(i)); i++) {
		(void)snprintf(text, sizeof(text), "%s-12.5%%", option);
		CU_ASSERT_EQUAL(wg_diff_limit_parse(text, &limit, why, sizeof(why)), 0);
		CU_ASSERT_EQUAL(limit.figure, i);
		CU_ASSERT_TRUE(limit.is_fall && limit.is_percent);
		CU_ASSERT_EQUAL(limit.by, 0.125);
	}
	CU_ASSERT_EQUAL(i, DIFF_FIGURES);
}

void suite_diff(void)
{
	WG_TEST(a_change_is_found_and_named);
	WG_TEST(the_same_runs_are_the_same);
	WG_TEST(too_few_runs_are_inconclusive);
	WG_TEST(several_strategies_are_no_runs);
	WG_TEST(json_has_it_all);
	WG_TEST(the_report_is_junit);
	WG_TEST(wrong_calls_are_one_line);
	WG_TEST(every_figure_has_a_name_of_its_own);
}
