/*
 * test_figures.c: the figures of a workload's answer fit together: medians, ranks, rates, lateness.
 * How long a pass takes is nobody's promise; that its parts are no longer than the whole is.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/workload/workload.h"
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

static void print_ranks(void)
{
	struct wg_times t;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_times_init(&t, 60), 0);
	for (i = 60; i > 0; i--)
		wg_times_add(&t, i);
	wg_times_print(&t, "of_60");
	wg_times_fini(&t);
	(void)fflush(stdout);
}

/* 99 % of 60 are 59.4: the 60th is the first that so many do not exceed. */
static void a_rank_is_rounded_up(void)
{
	wg_child_says(print_ranks, 0, ",\"of_60\":{\"min\":1,\"p50\":30,\"p99\":60,\"max\":60}");
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

static int64_t children_ns(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_CHILDREN, &r);
	return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * WG_NS_PER_SEC +
	       (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1000;
}

/* A worker copies all of a file and the loop's thread waits, so most of the program's time is the
 * worker's. */
static void processor_time_is_of_all_threads(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 1);
	int64_t before_ns = children_ns();
	json_t *a;

	CU_ASSERT_EQUAL_FATAL(truncate(file, 256 << 20), 0);
	a = ASK("read", "--file", file, "--chunk", "16777216", "--check", "0");
	CU_ASSERT(2 * ns_of(a, "cpu_seconds", "median") > children_ns() - before_ns);
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

/* The file of `mixed` is the program: all of it, a read that finds the end, and two chunks. */
static void after_its_end_a_file_is_read_again(void)
{
	char rounds[32];
	struct stat st;
	json_t *a;

	CU_ASSERT_EQUAL_FATAL(stat(wg_build_path("wakegap-workload"), &st), 0);
	(void)snprintf(rounds, sizeof(rounds), "%ld", (long)(st.st_size + 16383) / 16384 + 3);
	a = ASK("mixed", "--rounds", rounds, "--every-ns", "1");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(a, "bytes_read")), st.st_size + 2 * 16384);
	json_decref(a);
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
	WG_TEST(a_rank_is_rounded_up);
	WG_TEST_TCP(lateness_counts_from_the_deadline);
	WG_TEST_TCP(a_pass_that_only_checks_has_no_figures);
	WG_TEST(processor_time_is_of_all_threads);
	WG_TEST_TCP(rates_are_per_operation);
	WG_TEST(a_short_read_is_not_the_end);
	WG_TEST_TCP(after_its_end_a_file_is_read_again);
	WG_TEST(nobody_reads_the_answer);
}
