/*
 * test_compare.c: what the comparison of two sets of runs promises: seldom a false alarm, a real
 * change found, and no word with too few runs.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/measure/compare.h"

enum { MOST = 16, TRIALS = 400 };

static uint64_t seed = 88172645463325252u;

/* From 0 to 1, never 0. */
static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return ((double)(seed >> 11) + 1) / 9007199254740993.0;
}

/* As latencies are: never negative, skewed, and now and then many times too long. */
static double latency(void)
{
	double normal = sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());

	return 1000 * exp(0.1 * normal) * (uniform() < 0.05 ? 5 : 1);
}

static void draw(double *v, size_t count, double factor)
{
	size_t i;

	for (i = 0; i < count; i++)
		v[i] = factor * latency();
}

/* How many of the trials say that the figure rose, or fell. */
static void try_often(size_t runs, double factor, int *ret_rose, int *ret_fell)
{
	double a[MOST], b[MOST];
	struct wg_compared c;
	int i;

	*ret_rose = *ret_fell = 0;
	for (i = 0; i < TRIALS; i++) {
		draw(a, runs, 1);
		draw(b, runs, factor);
		CU_ASSERT_EQUAL(wg_compare(a, runs, b, runs, &c), 0);
		CU_ASSERT_TRUE(c.is_known);
		CU_ASSERT_TRUE(c.ratio.low <= c.ratio.high);
		*ret_rose += c.ratio.low > 0;
		*ret_fell += c.ratio.high < 0;
	}
}

/* 5 % are promised, 2.5 % on each side; the seed is fixed, so this is not a matter of luck. */
static void false_alarms_are_rare(void)
{
	static const size_t runs[] = { 5, 6, 10 };
	size_t i;

	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		int rose, fell;

		try_often(runs[i], 1, &rose, &fell);
		CU_ASSERT(rose + fell <= TRIALS * 5 / 100);
	}
}

static void a_real_change_is_found(void)
{
	int rose, fell;

	try_often(MOST, 1.6, &rose, &fell);
	CU_ASSERT(rose >= TRIALS * 95 / 100);
	CU_ASSERT_EQUAL(fell, 0);
	try_often(MOST, 0.6, &rose, &fell);
	CU_ASSERT(fell >= TRIALS * 95 / 100);
	CU_ASSERT_EQUAL(rose, 0);
}

static void too_few_runs_say_nothing(void)
{
	static const double a[] = { 1, 1, 1, 1, 1 }, b[] = { 9, 9, 9, 9, 9 };
	struct wg_compared c;

	CU_ASSERT_EQUAL(wg_compare(a, 5, b, 5, &c), 0);
	CU_ASSERT_TRUE(c.is_known);
	CU_ASSERT_EQUAL(wg_compare(a, 4, b, 5, &c), 0);
	CU_ASSERT_FALSE(c.is_known);
	CU_ASSERT_EQUAL(c.a, 1);
	CU_ASSERT_EQUAL(c.b, 9);
	CU_ASSERT_EQUAL(wg_compare(a, 5, b, 4, &c), 0);
	CU_ASSERT_FALSE(c.is_known);
	CU_ASSERT_EQUAL(wg_compare(NULL, 0, NULL, 0, &c), 0);
	CU_ASSERT_FALSE(c.is_known);
}

static void the_answer_depends_on_the_runs_alone(void)
{
	static const double a[] = { 10, 12, 11, 13, 9, 10 }, b[] = { 14, 13, 15, 12, 16 };
	struct wg_compared once, again;

	CU_ASSERT_EQUAL(wg_compare(a, 6, b, 5, &once), 0);
	CU_ASSERT_EQUAL(wg_compare(a, 6, b, 5, &again), 0);
	CU_ASSERT_EQUAL(once.a, 10.5);
	CU_ASSERT_EQUAL(once.b, 14);
	CU_ASSERT_EQUAL(once.ratio.low, again.ratio.low);
	CU_ASSERT_EQUAL(once.ratio.high, again.ratio.high);
	CU_ASSERT_EQUAL(once.difference.high, again.difference.high);
	CU_ASSERT(once.difference.low >= 12 - 13 && once.difference.high <= 16 - 9);
}

/* From nothing to something is more than any per cent. */
static void nothing_has_no_per_cent(void)
{
	static const double none[] = { 0, 0, 0, 0, 0 }, some[] = { 2, 2, 3, 2, 2 };
	struct wg_compared c;

	CU_ASSERT_EQUAL(wg_compare(none, 5, some, 5, &c), 0);
	CU_ASSERT_TRUE(isinf(c.ratio.low) && c.ratio.low > 0);
	CU_ASSERT_EQUAL(c.difference.low, 2);
	CU_ASSERT_EQUAL(wg_compare(none, 5, none, 5, &c), 0);
	CU_ASSERT_EQUAL(c.ratio.low, 0);
	CU_ASSERT_EQUAL(c.ratio.high, 0);
	CU_ASSERT_EQUAL(wg_compare(some, 5, none, 5, &c), 0);
	CU_ASSERT_EQUAL(c.ratio.high, -1);
}

static void a_limit_is_held_broken_or_not_settled(void)
{
	const struct wg_interval_95 i = { 0.05, 0.10 };

	CU_ASSERT_EQUAL(wg_compare_limit(&i, 0.04), WG_LIMIT_BROKEN);
	CU_ASSERT_EQUAL(wg_compare_limit(&i, 0.05), WG_LIMIT_UNKNOWN);
	CU_ASSERT_EQUAL(wg_compare_limit(&i, 0.09), WG_LIMIT_UNKNOWN);
	CU_ASSERT_EQUAL(wg_compare_limit(&i, 0.10), WG_LIMIT_HELD);
}

void suite_compare(void)
{
	WG_TEST(false_alarms_are_rare);
	WG_TEST(a_real_change_is_found);
	WG_TEST(too_few_runs_say_nothing);
	WG_TEST(the_answer_depends_on_the_runs_alone);
	WG_TEST(nothing_has_no_per_cent);
	WG_TEST(a_limit_is_held_broken_or_not_settled);
}
