/*
 * test_explore_report.c: what wakegap-explore prints, and that it can run a schedule again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/labs/explorer.h"
#include "tests/harness/harness.h"

static int explore_text(char **out, char **err, const char *const *args)
{
	const char *argv[12] = { wg_build_path("wakegap-explore") };
	size_t i;

	for (i = 0; i < 10 && args[i]; i++)
		argv[i + 1] = args[i];
	return wg_run(out, err, argv);
}

#define EXPLORE_TEXT(out, err, ...)                                                                \
	explore_text(out, err, (const char *const[]){ __VA_ARGS__, NULL })

static const char *lab(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s.so", wg_build_path("labs"), name);
	return path;
}

static void refused(const char *words, const char *const *args)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(explore_text(&out, &err, args), 2);
	CU_ASSERT(wg_has(out, words) || wg_has(err, words));
	free(out);
	free(err);
}

#define REFUSED(words, ...) refused(words, (const char *const[]){ __VA_ARGS__, NULL })

static void wrong_usage_is_explained(void)
{
	int status;
	json_t *report;

	REFUSED("Usage: ", "--full");
	REFUSED("Usage: ", lab("cases"), "--few", "--full");
	REFUSED("Usage: ", lab("cases"), "--few", "--shard", "1/2");
	REFUSED("Usage: ", lab("cases"), "--replay", "0");
	REFUSED("Usage: ", lab("cases"), "--scenario", "leak", "--trace", "x");
	REFUSED("Usage: ", lab("cases"), "another.so");
	REFUSED("'-1' is not a number", lab("cases"), "--fd", "-1");
	REFUSED("'18446744073709551617' is not", lab("cases"), "--fd", "18446744073709551617");
	REFUSED("cannot load 'no/such/lab.so'", "no/such/lab.so");
	report = EXPLORE("cases", &status, "--scenario", "no_such");
	CU_ASSERT_EQUAL(status, 2);
	CU_ASSERT(wg_has(wg_json_text(report, "trouble"), "no scenario 'no_such'"));
	json_decref(report);
}

/* A report that nobody gets is a failure, in one line, whatever was found. */
static void a_report_that_cannot_be_written_is_a_failure(void)
{
	static const struct {
		const char *words, *said;
		int status;
	} cases[] = {
		{ "--fd 1 >/dev/full", "cannot write the report to descriptor 1: No space", 1 },
		{ "--fd 7 7>/dev/full", "cannot write the report to descriptor 7: No space", 1 },
		{ ">/dev/full", "cannot write to standard output: No space", 1 },
		{ "--fd 9", "--fd: descriptor 9 is not open for writing", 2 },
		{ "--fd 7 7</dev/null", "--fd: descriptor 7 is not open for writing", 2 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char script[1600], *err = NULL;
		const char *argv[] = { "/bin/sh", "-c", script, NULL };

		(void)snprintf(script, sizeof(script), "%s %s --scenario racy_counter %s",
			wg_build_path("wakegap-explore"), lab("cases"), cases[i].words);
		CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), cases[i].status);
		CU_ASSERT(wg_has(err, cases[i].said));
		free(err);
	}
}

/* The steps of the shortest failing schedule, and those of its replay. */
static void a_schedule_can_be_run_again(void)
{
	static const char *const scenarios[] = { "racy_counter", "stale_flag", "spurious_wake",
		"eventfd_drained_late", "interrupt_is_deadly", "any_waiter", "free_too_early",
		"some_crash", "counts" };
	size_t i;

	for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		int status;
		json_t *found = EXPLORE("cases", &status, "--scenario", scenarios[i]), *again;
		const json_t *s = wg_explorer_scenario(found, scenarios[i]), *r;
		const json_t *shortest = json_object_get(s, "shortest");
		const json_t *steps = json_object_get(shortest, "steps");

		CU_ASSERT_EQUAL(status, 1);
		CU_ASSERT(json_array_size(steps) > 0);
		again = EXPLORE("cases", &status, "--scenario", scenarios[i], "--replay",
			wg_json_text(shortest, "id"));
		r = wg_explorer_scenario(again, scenarios[i]);
		CU_ASSERT_EQUAL(status, 1);
		CU_ASSERT_EQUAL(wg_json_number(r, "schedules"), 1);
		CU_ASSERT_STRING_EQUAL(wg_json_text(r, "trouble"), "");
		CU_ASSERT(json_equal(
			steps, json_object_get(json_object_get(r, "shortest"), "steps")));
		CU_ASSERT(wg_json_number(wg_explorer_check(r, wg_json_text(shortest, "check")),
				  "failing") == 1);
		json_decref(found);
		json_decref(again);
	}
}

static void a_schedule_that_does_not_fit_is_refused(void)
{
	static const char *const ids[] = { "", "x1", "a", "a0", "b9b9c9z1", "n1", "Sa1", ".7",
		"a2.1" };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		int status;
		json_t *report = EXPLORE(
			"cases", &status, "--scenario", "locked_counter", "--replay", ids[i]);
		const json_t *s = wg_explorer_scenario(report, "locked_counter");

		CU_ASSERT_EQUAL(status, 1);
		CU_ASSERT(wg_has(wg_json_text(s, "trouble"), "schedule"));
		json_decref(report);
	}
}

/* The first step of the shortest (or replayed) schedule with this call; NULL: there is none. */
static const json_t *step_of(const json_t *report, const char *scenario, const char *call)
{
	const json_t *shortest =
		json_object_get(wg_explorer_scenario(report, scenario), "shortest");
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(shortest, "steps"), i, step)
	{
		if (strcmp(wg_json_text(step, "call"), call) == 0)
			return step;
	}
	return NULL;
}

static void steps_have_thread_place_call_and_note(void)
{
	int status;
	json_t *report = EXPLORE("classics", &status, "--scenario", "no_predicate");
	const json_t *s = wg_explorer_scenario(report, "no_predicate");
	const json_t *step = step_of(report, "no_predicate", "pthread_cond_signal");

	CU_ASSERT(wg_has(wg_json_text(wg_explorer_check(s, "stuck"), "message"), "predicate.c:"));
	CU_ASSERT_STRING_EQUAL(wg_json_text(step, "thread"), "T2");
	CU_ASSERT_STRING_EQUAL(wg_json_text(step, "file"), "predicate.c");
	CU_ASSERT(wg_json_number(step, "line") > 0);
	CU_ASSERT_STRING_EQUAL(wg_json_text(step, "function"), "publish_then_notify");
	CU_ASSERT(wg_has(wg_json_text(step, "note"), "forgotten"));
	json_decref(report);
}

/* For every size. */
static void atomics_have_the_names_of_c(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "atomic_counter", "--replay", "0");

	CU_ASSERT_PTR_NOT_NULL(step_of(report, "atomic_counter", "atomic_fetch_add"));
	CU_ASSERT_PTR_NOT_NULL(step_of(report, "atomic_counter", "atomic_load"));
	json_decref(report);
}

/* A step of the machine, and the one that breaks the check, name the learner's line. */
static void steps_are_not_only_calls(void)
{
	static const struct {
		const char *scenario, *call, *file, *note;
	} steps[] = { { "spurious_wake", "spurious wake-up", "waits.c", "" },
		{ "spurious_wake", "pthread_cond_wait returns", "waits.c", "" },
		{ "interrupt_is_deadly", "signal", "waits.c", "interrupts sem_wait" },
		{ "interrupt_is_deadly", "sem_wait", "waits.c", "EINTR" },
		{ "stale_flag", "store buffer", "memory.c", "reaches memory" },
		{ "some_crash", "crash", "crash.c", "check `crash` is broken" },
		{ "recursion", "crash", "crash.c", "check `crash` is broken" },
		{ "aborts", "abort", "crash.c", "check `crash` is broken" },
		{ "asserts", "assert", "crash.c", "check `crash` is broken" },
		{ "other_syscall", "syscall", "futex.c", "check `not-modelled` is broken" },
		{ "vanishes", "LAB_STORE", "crash.c", "sum = 1" },
		{ "crash_in_library", "crash", "crash.c", "check `crash` is broken" } };
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int status;
		json_t *report = EXPLORE("cases", &status, "--scenario", steps[i].scenario);
		const json_t *step = step_of(report, steps[i].scenario, steps[i].call);

		CU_ASSERT_PTR_NOT_NULL(step);
		CU_ASSERT_STRING_EQUAL(wg_json_text(step, "file"), steps[i].file);
		CU_ASSERT(wg_has(wg_json_text(step, "note"), steps[i].note));
		json_decref(report);
	}
}

/* At the end: every thread that cannot go on, where, in what call, and why. */
static void blocked_threads_are_listed(void)
{
	static const char *const expected[][3] = {
		{ "T0", "pthread_join", "T1 has not ended" },
		{ "T1", "pthread_cond_wait", "notified, but T2 holds the mutex" },
		{ "T2", "pthread_cond_wait", "waits for a notify" },
	};
	int status;
	json_t *report =
		EXPLORE("cases", &status, "--scenario", "notified_and_locked_out", "--replay", "0");
	const json_t *s = wg_explorer_scenario(report, "notified_and_locked_out");
	const json_t *blocked = json_object_get(json_object_get(s, "shortest"), "blocked");
	size_t i;

	CU_ASSERT(wg_has(wg_json_text(wg_explorer_check(s, "stuck"), "message"),
		"for ever, notified, but T2 holds the mutex"));
	CU_ASSERT_EQUAL(json_array_size(blocked), 3);
	for (i = 0; i < 3; i++) {
		const json_t *each = json_array_get(blocked, i);

		CU_ASSERT_STRING_EQUAL(wg_json_text(each, "thread"), expected[i][0]);
		CU_ASSERT(wg_json_number(each, "line") > 0);
		CU_ASSERT_STRING_EQUAL(wg_json_text(each, "call"), expected[i][1]);
		CU_ASSERT_STRING_EQUAL(wg_json_text(each, "note"), expected[i][2]);
	}
	json_decref(report);
	report = EXPLORE("cases", &status, "--scenario", "some_crash");
	s = wg_explorer_scenario(report, "some_crash");
	CU_ASSERT_PTR_NULL(json_object_get(json_object_get(s, "shortest"), "blocked"));
	json_decref(report);
}

/* A loop without a step costs 2 s. One is enough for a verdict: nothing runs after it. */
static void one_endless_loop_is_enough(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--max-schedules", "20");
	const json_t *scenarios = json_object_get(report, "scenarios"), *each;
	bool is_after = false;
	size_t i;

	CU_ASSERT_EQUAL(status, 1);
	json_array_foreach(scenarios, i, each)
	{
		if (is_after) {
			CU_ASSERT_EQUAL(wg_json_number(each, "schedules"), 0);
			CU_ASSERT(json_is_false(json_object_get(each, "complete")));
			CU_ASSERT_STRING_EQUAL(wg_json_text(each, "bound"),
				"not tried: 'spin' has a loop without a step");
		} else {
			/* UBSan ends the process in one case; that is no such loop. */
			CU_ASSERT(wg_json_number(each, "schedules") > 0 ||
				  *wg_json_text(each, "trouble"));
		}
		if (strcmp(wg_json_text(each, "name"), "spin") == 0) {
			is_after = true;
			CU_ASSERT_EQUAL(wg_json_number(each, "schedules"), 1);
			CU_ASSERT(json_is_true(json_object_get(each, "endless")));
			CU_ASSERT(json_object_get(each, "shortest") != NULL);
		}
	}
	CU_ASSERT(is_after);
	json_decref(report);
}

/* With --few at once, and so in half of the time: no schedule is run in another order first. */
static void a_search_that_was_cut_short_says_so(void)
{
	static const char *const ways[] = { NULL, "--few" };
	int status;
	size_t i;

	for (i = 0; i < 2; i++) {
		json_t *report = EXPLORE("cases", &status, "--scenario", "big", ways[i]);
		const json_t *s = wg_explorer_scenario(report, "big");

		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT(json_is_false(json_object_get(s, "complete")));
		CU_ASSERT(wg_has(
			wg_json_text(s, "bound"), "every schedule with fewer than 3 preemptions"));
		json_decref(report);
	}
}

/* A scenario that is complete otherwise: what --few skips is seen. */
static void few_alone_promises_no_more(void)
{
	int status;
	json_t *report = EXPLORE("classics", &status, "--scenario", "outside_lock", "--few");
	const json_t *s = wg_explorer_scenario(report, "outside_lock");

	CU_ASSERT(json_is_false(json_object_get(s, "complete")));
	CU_ASSERT(wg_has(wg_json_text(s, "bound"), "preemptions"));
	json_decref(report);
}

/* One early switch in long schedules: depth first would need years to reach it. */
static void few_switches_come_before_many(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "needle");
	const json_t *s = wg_explorer_scenario(report, "needle");

	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(wg_json_number(wg_explorer_check(s, "counted"), "failing") > 0);
	CU_ASSERT(strlen(wg_json_text(json_object_get(s, "shortest"), "id")) <= 6);
	json_decref(report);
}

static void text_shows_what_json_has(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(
		EXPLORE_TEXT(&out, &err, lab("classics"), "--scenario", "outside_lock", "--full"),
		1);
	CU_ASSERT(wg_has(out, "outside_lock: 3 of 8 schedules fail (every schedule)"));
	CU_ASSERT(wg_has(out, "[FAIL] stuck: 3, first "));
	CU_ASSERT(wg_has(out, "predicate.c:"));
	CU_ASSERT_STRING_EQUAL(err, "");
	free(out);
	free(err);
}

static void a_schedule_is_a_trace(void)
{
	char dir[300], *out = NULL, *err = NULL;
	int status;
	json_t *report;

	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	report = EXPLORE("cases", &status, "--scenario", "counts", "--replay", "0", "--trace", dir);
	CU_ASSERT_EQUAL(status, 1);
	json_decref(report);
	CU_ASSERT_EQUAL(wg_run(&out, &err,
				(const char *const[]){
					wg_build_path("wakegap"), "stats", dir, "--json", NULL }),
		0);
	report = json_loads(out, 0, NULL);
	{
		const json_t *trace = json_array_get(json_object_get(report, "traces"), 0);
		const json_t *loop = json_array_get(json_object_get(trace, "loops"), 0);

		CU_ASSERT_EQUAL(wg_json_number(trace, "discarded"), 0);
		CU_ASSERT_EQUAL(wg_json_number(loop, "late_wakes"), 1);
		CU_ASSERT_EQUAL(wg_json_number(loop, "waits"), 1);
		CU_ASSERT_STRING_EQUAL(wg_json_text(loop, "wait"), "tick");
		CU_ASSERT_EQUAL(wg_json_number(json_object_get(loop, "ops"), "delivered"), 1);
		/* 10 ms of virtual time, less the steps of a microsecond each. */
		CU_ASSERT(wg_json_number(loop, "wasted_ns") > 9900000);
	}
	json_decref(report);
	free(out);
	free(err);
	/* Now the folder is not empty. */
	CU_ASSERT_EQUAL(EXPLORE_TEXT(&out, &err, lab("cases"), "--scenario", "counts", "--replay",
				"0", "--trace", dir),
		2);
	CU_ASSERT(wg_has(err, "cannot write a trace"));
	free(out);
	free(err);
}

static void findings_survive_a_crash_of_the_process(void)
{
	int status;
	json_t *report = EXPLORE("cases", &status, "--scenario", "crash_in_library");
	const json_t *s = wg_explorer_scenario(report, "crash_in_library");

	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(json_is_false(json_object_get(s, "complete")));
	CU_ASSERT(wg_has(wg_json_text(s, "trouble"), "crashed in a library"));
	CU_ASSERT(json_array_size(json_object_get(json_object_get(s, "shortest"), "steps")) > 0);
	json_decref(report);
}

static void wrap_opts_lists_every_call(void)
{
	char *out = NULL, *err = NULL, listed[16384] = "";
	FILE *f = fopen("labs/explore/wrap.opts", "re");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fread(listed, 1, sizeof(listed) - 1, f) > 0);
	(void)fclose(f);
	CU_ASSERT_EQUAL(wg_run(&out, &err,
				(const char *const[]){ "/bin/sh", "labs/explore/mkopts.sh", NULL }),
		0);
	CU_ASSERT_STRING_EQUAL(out, listed);
	free(out);
	free(err);
}

void suite_explore_report(void)
{
	WG_TEST(wrap_opts_lists_every_call);
	WG_TEST(wrong_usage_is_explained);
	WG_TEST(a_report_that_cannot_be_written_is_a_failure);
	WG_TEST(a_schedule_can_be_run_again);
	WG_TEST(a_schedule_that_does_not_fit_is_refused);
	WG_TEST(steps_have_thread_place_call_and_note);
	WG_TEST(atomics_have_the_names_of_c);
	WG_TEST(steps_are_not_only_calls);
	WG_TEST(blocked_threads_are_listed);
	WG_TEST(one_endless_loop_is_enough);
	WG_TEST(a_search_that_was_cut_short_says_so);
	WG_TEST(few_alone_promises_no_more);
	WG_TEST(few_switches_come_before_many);
	WG_TEST(findings_survive_a_crash_of_the_process);
	WG_TEST(text_shows_what_json_has);
	WG_TEST(a_schedule_is_a_trace);
}
