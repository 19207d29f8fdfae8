/*
 * test_lab_real.c: `wakegap lab check --real`: what real threads say, and how far they are
 * believed.
 *
 * Luck is kept out: the files of tests/data/real are right or wrong in each of their rounds. What a
 * busy machine may make of a verdict is INCONCLUSIVE, so that is let pass; the other verdict never
 * is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"

#define REAL "tests/data/real/01-chain"

/* Check `file` on real threads; the status. */
static int check_real(const char *file)
{
	char path[100];

	wg_learner_init_in("tests/data/real");
	(void)snprintf(path, sizeof(path), REAL "/%s", file);
	wg_learner_writes(path, NULL);
	return LAB("check", "--real", learner.dir);
}

static bool says(const char *verdict)
{
	char line[64];

	(void)snprintf(line, sizeof(line), " real threads: %s: ", verdict);
	return wg_learner_says(line);
}

/* Without LTTng there is nothing to test. */
static bool is_recorded(void)
{
	bool is_there = !wg_learner_says("session daemon");

	if (!is_there)
		wg_skip("no session daemon");
	return is_there;
}

static void what_is_right_passes(void)
{
	int status = check_real("solution.c");

	if (is_recorded()) {
		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT(says("PASS") || says("INCONCLUSIVE"));
		CU_ASSERT(!says("PASS") || wg_learner_says(" rounds, none hung; "));
	}
	wg_learner_fini();
}

/* It passes in every schedule, so what real threads say makes it inconclusive, and no more. */
static void they_never_decide_alone(void)
{
	int status = check_real("traitor.c");

	if (is_recorded()) {
		CU_ASSERT(wg_learner_says("round 1, 'chain', breaks 'delivered': result -1 "));
		CU_ASSERT(says("FAIL") || wg_learner_says("our solution does not pass on"));
		CU_ASSERT_EQUAL(status, says("FAIL") ? 77 : 0);
		CU_ASSERT(!says("FAIL") ||
			  wg_learner_says("every schedule passes, but real threads fail"));
	}
	wg_learner_fini();
}

static void a_hang_is_seen_and_ended(void)
{
	CU_ASSERT_EQUAL(check_real("hangs.c"), 1);
	if (is_recorded()) {
		CU_ASSERT(says("FAIL") || says("INCONCLUSIVE"));
		CU_ASSERT(!says("FAIL") ||
			  wg_learner_says("hangs in round 1, 'chain': 0 of 1 operations"));
	}
	wg_learner_fini();
}

static void a_death_is_told(void)
{
	(void)check_real("dies.c");
	if (is_recorded())
		CU_ASSERT(wg_learner_says("it ended with status 134 and no answer"));
	wg_learner_fini();
}

/* It delivers all there is, in time for every check but the clock's. */
static void who_polls_does_not_pass(void)
{
	const char *gaps;

	(void)check_real("loop.c");
	if (is_recorded()) {
		gaps = learner.out ? strstr(learner.out, "none hung; ") : NULL;
		CU_ASSERT(!says("FAIL"));
		/* Fewer than 200 in its time: then the machine is too busy for the rule. */
		CU_ASSERT(says("INCONCLUSIVE") || (gaps && strtol(gaps + 11, NULL, 10) < 200));
		CU_ASSERT(!says("INCONCLUSIVE") ||
			  wg_learner_says("a quarter of 2 ms, 95 % must be: it polls, or"));
	}
	wg_learner_fini();
}

/* Which interval should the gaps be compared with? */
static void without_an_interval_there_is_no_gap_rule(void)
{
	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", "--real", learner.dir), 0);
	if (is_recorded())
		CU_ASSERT(!wg_learner_says("a quarter of"));
	wg_learner_fini();
}

static void the_recording_can_be_kept(void)
{
	char trace[300];
	const char *argv[] = { wg_build_path("wakegap"), "stats", trace, NULL };
	char *out = NULL;

	wg_learner_init_in("tests/data/real");
	wg_learner_writes(REAL "/solution.c", NULL);
	(void)snprintf(trace, sizeof(trace), "%s/trace", learner.home);
	CU_ASSERT_EQUAL(LAB("check", "--trace", trace, learner.dir), 2);
	CU_ASSERT(wg_has(learner.err, "--trace keeps the recording of --real"));
	CU_ASSERT_EQUAL(LAB("check", "--real", "--trace", trace, learner.dir), 0);
	if (is_recorded()) {
		CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
		CU_ASSERT(wg_has(out, "condvar"));
		free(out);
		/* There is something now, and it is not written over. */
		CU_ASSERT_EQUAL(LAB("check", "--real", "--trace", trace, learner.dir), 0);
		CU_ASSERT(says("INCONCLUSIVE") && wg_learner_says(trace));
	}
	wg_learner_fini();
}

static void soak_counts_verdicts(void)
{
	int status;

	wg_learner_init_in("tests/data/real");
	status = LAB("soak", "--runs", "1", "1");
	if (status == 77) {
		wg_skip("no session daemon");
	} else {
		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT(wg_learner_says("1 runs alone and 1 beside"));
		CU_ASSERT(wg_learner_says("| 01 | 1 | 0 | 0 | ") ||
			  wg_learner_says("| 01 | 0 | 1 | 0 | "));
	}
	CU_ASSERT_EQUAL(LAB("soak", "--runs", "0"), 2);
	CU_ASSERT_EQUAL(LAB("soak", "7"), 2);
	CU_ASSERT(wg_has(learner.err, "no lab '7'"));
	wg_learner_fini();
}

static void the_linker_is_told_of_every_call(void)
{
	const char *made[] = { "/bin/sh", "labs/explore/mkopts.sh", "labs/real", NULL };
	const char *kept[] = { "cat", "labs/real/wrap.opts", NULL };
	char *out = NULL, *listed = NULL;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, made), 0);
	CU_ASSERT_EQUAL(wg_run(&listed, NULL, kept), 0);
	CU_ASSERT_STRING_EQUAL(out, listed);
	free(out);
	free(listed);
}

void suite_lab_real(void)
{
	WG_TEST(what_is_right_passes);
	WG_TEST(they_never_decide_alone);
	WG_TEST(a_hang_is_seen_and_ended);
	WG_TEST(a_death_is_told);
	WG_TEST(who_polls_does_not_pass);
	WG_TEST(without_an_interval_there_is_no_gap_rule);
	WG_TEST(the_recording_can_be_kept);
	WG_TEST(soak_counts_verdicts);
	WG_TEST(the_linker_is_told_of_every_call);
}
