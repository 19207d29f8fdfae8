/*
 * test_figures.c: the figures of a workload's answer fit together: medians, ranks, rates, lateness.
 * How long a pass takes is nobody's promise; that its parts are no longer than the whole is.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "tests/core/sockets.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define ASK(...) ask((const char *const[]){ wg_build_path("wakegap-workload"), __VA_ARGS__, NULL })

static json_t *ask(const char *const *argv)
{
	json_t *root;
	char *out;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	free(out);
	return root;
}

/* A member of a group of ns, or of seconds: ns. */
static int64_t ns_of(const json_t *root, const char *group, const char *member)
{
	const json_t *value = json_object_get(json_object_get(root, group), member);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return json_is_real(value) ? llround(json_real_value(value) * (double)WG_NS_PER_SEC)
				   : json_integer_value(value);
}

static void the_median_is_in_the_middle(void)
{
	json_t *a = ASK("sleep", "--timers", "1", "--every-ns", "1000", "--passes", "2");
	int64_t min = ns_of(a, "seconds", "min"), max = ns_of(a, "seconds", "max");
	int i;

	CU_ASSERT_EQUAL(ns_of(a, "seconds", "median"), (min + max) / 2);
	json_decref(a);
	for (i = 0; i < 12; i++) { /* in no order: one may look sorted */
		a = ASK("sleep", "--timers", "1", "--every-ns", "1000", "--passes", "9");
		CU_ASSERT(ns_of(a, "seconds", "min") <= ns_of(a, "seconds", "median"));
		CU_ASSERT(ns_of(a, "seconds", "median") <= ns_of(a, "seconds", "max"));
		json_decref(a);
	}
}

static void ranks_are_of_what_was_measured(void)
{
	json_t *a = ASK("sleep", "--timers", "1", "--every-ns", "1000");
	int64_t min = ns_of(a, "lateness_ns", "min");

	CU_ASSERT_EQUAL(ns_of(a, "lateness_ns", "p50"), min);
	CU_ASSERT_EQUAL(ns_of(a, "lateness_ns", "p99"), min);
	CU_ASSERT_EQUAL(ns_of(a, "lateness_ns", "max"), min);
	json_decref(a);
	a = ASK("sleep", "--timers", "2", "--every-ns", "1000");
	CU_ASSERT_EQUAL(ns_of(a, "lateness_ns", "p50"), ns_of(a, "lateness_ns", "min"));
	CU_ASSERT_EQUAL(ns_of(a, "lateness_ns", "p99"), ns_of(a, "lateness_ns", "max"));
	json_decref(a);
}

/* Each timer lasts 20 ms and is that late, one after the other. */
static void lateness_counts_from_the_deadline(void)
{
	json_t *a = ASK("sleep", "--timers", "3", "--every-ns", "20000000");

	CU_ASSERT(3 * (20 * WG_NS_PER_MS + ns_of(a, "lateness_ns", "min")) <=
		  ns_of(a, "seconds", "max"));
	json_decref(a);
	a = ASK("mixed", "--rounds", "3", "--every-ns", "20000000");
	CU_ASSERT(3 * (20 * WG_NS_PER_MS + ns_of(a, "timer_lateness_ns", "min")) <=
		  ns_of(a, "seconds", "max"));
	json_decref(a);
}

/* The pass that checks for all is not timed: here one timer is, once. */
static void a_pass_that_only_checks_has_no_figures(void)
{
	json_t *a = ASK("mixed", "--rounds", "1", "--every-ns", "1", "--check", "1");

	CU_ASSERT_EQUAL(ns_of(a, "timer_lateness_ns", "min"), ns_of(a, "timer_lateness_ns", "max"));
	json_decref(a);
}

static bool is_about(double value, double wanted)
{
	return fabs(value - wanted) <= 0.06 + wanted * 1e-6;
}

static void rates_are_per_operation(void)
{
	json_t *a = ASK("storm", "--ops", "70", "--inflight", "3");
	double median_ns = (double)ns_of(a, "seconds", "median");

	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(a, "handover_ns")), (json_int_t)median_ns / 70);
	CU_ASSERT(
		is_about(json_real_value(json_object_get(a, "handovers_per_s")), 70e9 / median_ns));
	json_decref(a);
	a = ASK("echo", "--clients", "3", "--requests", "7");
	median_ns = (double)ns_of(a, "seconds", "median");
	CU_ASSERT(is_about(json_real_value(json_object_get(a, "requests_per_s")), 7e9 / median_ns));
	json_decref(a);
}

/* A read may be shorter than asked for and not the last: here the kernel gives a page at most. */
static void a_short_read_is_not_the_end(void)
{
	static const char *const waits[] = { "pread", "eventfd" };
	size_t i;

	if (access("/proc/kallsyms", R_OK) != 0) {
		wg_skip("/proc/kallsyms is not readable");
		return;
	}
	for (i = 0; i < 2; i++) {
		json_t *a = ASK("read", "--file", "/proc/kallsyms", "--wait", waits[i]);

		CU_ASSERT(json_integer_value(json_object_get(a, "ops")) > 1);
		CU_ASSERT(json_integer_value(json_object_get(a, "bytes_read")) > 65536);
		json_decref(a);
	}
}

/* It is said, and is no reason to die. */
static void nobody_reads_the_answer(void)
{
	char fifo[300], *err;

	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(mkfifo(fifo, 0600), 0);
	CU_ASSERT_EQUAL(
		wg_run(NULL, &err,
			(const char *const[]){ "sh", "-c",
				"exec 3<>\"$1\" 4>\"$1\" 3<&-; exec \"$0\" storm --ops 4 >&4 4>&-",
				wg_build_path("wakegap-workload"), fifo, NULL }),
		1);
	CU_ASSERT_STRING_EQUAL(err, "wakegap: cannot write the answer: Broken pipe\n");
	free(err);
}

void suite_figures(void)
{
	WG_TEST(the_median_is_in_the_middle);
	WG_TEST(ranks_are_of_what_was_measured);
	WG_TEST_TCP(lateness_counts_from_the_deadline);
	WG_TEST_TCP(a_pass_that_only_checks_has_no_figures);
	WG_TEST_TCP(rates_are_per_operation);
	WG_TEST(a_short_read_is_not_the_end);
	WG_TEST(nobody_reads_the_answer);
}
