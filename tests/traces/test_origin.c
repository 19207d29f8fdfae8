/*
 * test_origin.c: several traces below one folder: whose pids, whose clock, and what is there twice.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/measure/summary.h"
#include "traces/model/model.h"
#include "traces/read/twice.h"

/* A folder with copies of two samples; the harness's. */
struct two {
	char dir[256], a[280], b[280];
};

static void put(const char *sample, const char *to)
{
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample(sample), to), 0);
}

static struct two two_of(const char *a, const char *b)
{
	struct two two;

	(void)snprintf(two.dir, sizeof(two.dir), "%s", wg_tmpdir());
	(void)snprintf(two.a, sizeof(two.a), "%s/a", two.dir);
	(void)snprintf(two.b, sizeof(two.b), "%s/b", two.dir);
	put(a, two.a);
	put(b, two.b);
	return two;
}

/* Another recording of the same session would have another uuid; samples have one packet each. */
static void another_uuid(const char *dir)
{
	static const unsigned char uuid[16] = { 0xaa };

	wg_edit_metadata(dir, "1073ff12-5027-4378-88af-1f14670fe56e",
		"aa000000-0000-0000-0000-000000000000");
	wg_overwrite(dir, "wakegap_0", 4, uuid, sizeof(uuid));
	wg_overwrite(dir, "wakegap_1", 4, uuid, sizeof(uuid));
}

static struct wg_summary *load(const char *path)
{
	struct wg_summary *s = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, NULL, false, &s, &err), 0);
	return s;
}

static const struct wg_loop_stats *loop(const struct wg_summary *s, size_t i)
{
	return wg_measure_loop(s->measure, i);
}

static void a_copy_is_counted_once(void)
{
	struct two two = two_of("eventfd", "eventfd");
	struct wg_summary *one = load(wg_sample("eventfd")), *s = load(two.dir);

	CU_ASSERT_EQUAL(wg_measure_events(s->measure), wg_measure_events(one->measure));
	CU_ASSERT_PTR_NULL(loop(s, 1));
	CU_ASSERT_EQUAL(loop(s, 0)->delivered, loop(one, 0)->delivered);
	CU_ASSERT_EQUAL(loop(s, 0)->wasted_ns, loop(one, 0)->wasted_ns);
	CU_ASSERT_EQUAL_FATAL(s->fault_count, 1);
	CU_ASSERT(wg_has(s->notes[0], "93 events are both in"));
	CU_ASSERT(wg_has(s->notes[0], "counted once"));
	wg_summary_free(s);
	wg_summary_free(one);
}

/* The losses of a copy are the same ones, too. */
static void the_holes_of_a_copy_are_counted_once(void)
{
	struct two two = two_of("lossy", "lossy");
	struct wg_summary *one = load(wg_sample("lossy")), *s = load(two.dir);

	CU_ASSERT(wg_measure_discarded(one->measure) > 0);
	CU_ASSERT_EQUAL(wg_measure_discarded(s->measure), wg_measure_discarded(one->measure));
	CU_ASSERT_EQUAL(wg_measure_events(s->measure), wg_measure_events(one->measure));
	wg_summary_free(s);
	wg_summary_free(one);
}

static void three_copies_are_counted_once(void)
{
	struct two two = two_of("tick", "tick");
	struct wg_summary *one = load(wg_sample("tick")), *s;
	char c[300];

	(void)snprintf(c, sizeof(c), "%s/c", two.dir);
	put("tick", c);
	s = load(two.dir);
	CU_ASSERT_EQUAL(wg_measure_events(s->measure), wg_measure_events(one->measure));
	wg_summary_free(s);
	wg_summary_free(one);
}

/* Two recordings of one boot: nothing is twice, and their pids are of different processes. */
static void other_traces_are_whole(void)
{
	struct two two = two_of("eventfd", "tick");
	struct wg_summary *a = load(two.a), *b = load(two.b), *s = load(two.dir);

	CU_ASSERT_EQUAL(wg_measure_events(s->measure),
		wg_measure_events(a->measure) + wg_measure_events(b->measure));
	CU_ASSERT_EQUAL(s->note_count, 0);
	wg_summary_free(a);
	wg_summary_free(b);
	wg_summary_free(s);
}

/* The same pid in the traces of two sessions: two processes, neither begins anew. */
static void a_pid_belongs_to_its_trace(void)
{
	struct two two = two_of("eventfd", "eventfd");
	struct wg_summary *s;

	another_uuid(two.b);
	wg_another_boot(two.b, 100);
	s = load(two.dir);
	CU_ASSERT_FATAL(loop(s, 1) && !loop(s, 2));
	CU_ASSERT_EQUAL(loop(s, 0)->pid, loop(s, 1)->pid);
	CU_ASSERT(loop(s, 0)->who != loop(s, 1)->who);
	CU_ASSERT(loop(s, 0)->life == 1 && loop(s, 1)->life == 1);
	CU_ASSERT_EQUAL(loop(s, 0)->delivered, 12);
	CU_ASSERT_EQUAL(loop(s, 1)->delivered, 12);
	CU_ASSERT_EQUAL(s->fault_count, 0);
	wg_summary_free(s);
}

/* Buffers of each process: its trace says who it is, its events need not. */
static void an_environment_says_the_process(void)
{
	const char *dir = wg_copy_sample("eventfd");
	struct wg_summary *s;

	wg_edit_metadata(dir, "_vpid;", "_unused;");
	wg_edit_metadata(dir, "_procname[17];", "_unnamed[17];");
	wg_edit_metadata(
		dir, "hostname = \"vm\";", "hostname = \"vm\"; vpid = 77; procname = \"solo\";");
	s = load(dir);
	CU_ASSERT_FATAL(loop(s, 0) && !loop(s, 1));
	CU_ASSERT_EQUAL(loop(s, 0)->pid, 77);
	CU_ASSERT_STRING_EQUAL(loop(s, 0)->process, "solo");
	wg_summary_free(s);
}

/* Here every thread is in a pid namespace of its own, so each has another process of that pid. */
static void a_pid_namespace_tells_processes_apart(void)
{
	const char *dir = wg_copy_sample("eventfd");
	struct wg_summary *s;

	wg_edit_metadata(dir, "_vtid;", "_pid_ns;");
	s = load(dir);
	CU_ASSERT_FATAL(loop(s, 0) && loop(s, 1));
	CU_ASSERT_EQUAL(loop(s, 0)->pid, loop(s, 1)->pid);
	CU_ASSERT(loop(s, 0)->life == 1 && loop(s, 1)->life == 1);
	wg_summary_free(s);
}

/* A process begins anew, and it is said if nothing says that it is one. */
static void without_pids_it_is_said(void)
{
	struct two two = two_of("eventfd", "eventfd");
	struct wg_summary *s;

	wg_another_boot(two.b, 100);
	s = load(two.dir);
	CU_ASSERT_FATAL(loop(s, 1) && !loop(s, 2));
	CU_ASSERT(loop(s, 0)->life == 1 && loop(s, 1)->life == 2);
	CU_ASSERT_EQUAL(s->fault_count, 0);
	wg_summary_free(s);
	wg_edit_metadata(two.a, "_vpid;", "_unused;");
	wg_edit_metadata(two.b, "_vpid;", "_unused;");
	s = load(two.dir);
	CU_ASSERT_FATAL(loop(s, 1) && s->fault_count == 1);
	CU_ASSERT(wg_has(s->notes[0], "record the context vpid"));
	wg_summary_free(s);
}

/* Half a second later by the time of day, though the clock says that it was before. */
static void boots_are_in_the_order_of_real_time(void)
{
	struct two two = two_of("eventfd", "tick");
	struct wg_summary *a, *b, *s;
	int64_t apart;

	wg_another_boot(two.a, 1000000);
	a = load(two.a);
	b = load(two.b);
	s = load(two.dir);
	CU_ASSERT_EQUAL(wg_measure_events(s->measure),
		wg_measure_events(a->measure) + wg_measure_events(b->measure));
	CU_ASSERT_STRING_EQUAL(loop(s, 0)->wait, "tick");
	CU_ASSERT_STRING_EQUAL(loop(s, 1)->wait, "eventfd");
	apart = loop(s, 1)->first_ns - loop(s, 0)->first_ns;
	CU_ASSERT_EQUAL(apart,
		loop(a, 0)->first_ns - loop(b, 0)->first_ns + INT64_C(1000000) * 1000000000 + 5);
	CU_ASSERT_EQUAL(loop(s, 1)->wasted_ns, loop(a, 0)->wasted_ns);
	CU_ASSERT_EQUAL(s->fault_count, 0);
	CU_ASSERT_FATAL(s->note_count == 2);
	CU_ASSERT(wg_has(s->notes[0], "different clocks"));
	CU_ASSERT(wg_has(s->notes[1], ": +0.000000000 s: the clock that others are put on"));
	wg_summary_free(a);
	wg_summary_free(b);
	wg_summary_free(s);
}

static void what_cannot_be_ordered_is_refused(void)
{
	struct two two = two_of("eventfd", "tick");
	struct wg_summary *s = NULL;
	struct wg_error err = { 0 };

	wg_edit_metadata(two.a, "3d1b848b-52f6", "00000001-52f6");
	wg_edit_metadata(two.a, "offset = 1795341796491932438", "offset = 0");
	CU_ASSERT_EQUAL(wg_summary_load(two.dir, NULL, false, &s, &err), -EINVAL);
	CU_ASSERT(wg_has(err.text, "different clocks"));
	CU_ASSERT(wg_has(err.text, "one by one"));
	CU_ASSERT_PTR_NULL(s);
}

/* A record of a thread is the same one only if all of it is; what is not known never is, because
 * nobody can compare it. */
static void records_are_compared_whole(void)
{
	struct wg_event ev[3] = { 0 };
	struct wg__doubles d = { 0 };
	struct wg__twice t = { 0 };
	static const char channel[2];
	size_t i;

	for (i = 0; i < 3; i++) {
		ev[i].type = WG_EV_OTHER;
		ev[i].record = WG_RECORD_WAIT;
		ev[i].procname = "";
		ev[i].tid = 7;
		ev[i].thread_wait.timeout_ns = 10;
	}
	ev[1].thread_wait.timeout_ns = 20;
	CU_ASSERT_EQUAL(wg__doubles_look(&d, &ev[0], &channel[0]), 0);
	CU_ASSERT_EQUAL(wg__doubles_look(&d, &ev[1], &channel[1]), 0);
	CU_ASSERT_EQUAL(wg__doubles_look(&d, &ev[1], &channel[0]), 1);
	CU_ASSERT_EQUAL(wg__twice_look(&t, &ev[0], 0), 0);
	CU_ASSERT_EQUAL(wg__twice_look(&t, &ev[1], 1), 0);
	CU_ASSERT_EQUAL(wg__twice_look(&t, &ev[2], 1), 1);
	ev[0].record = ev[1].record = WG_RECORD_NONE;
	ev[1].thread_wait = ev[0].thread_wait;
	CU_ASSERT_EQUAL(wg__doubles_look(&d, &ev[0], &channel[0]), 0);
	CU_ASSERT_EQUAL(wg__doubles_look(&d, &ev[1], &channel[1]), 0);
	CU_ASSERT_EQUAL(d.count, 1);
	wg__doubles_fini(&d);
	wg__twice_fini(&t);
}

void suite_origin(void)
{
	WG_TEST(records_are_compared_whole);
	WG_TEST(a_copy_is_counted_once);
	WG_TEST(the_holes_of_a_copy_are_counted_once);
	WG_TEST(three_copies_are_counted_once);
	WG_TEST(other_traces_are_whole);
	WG_TEST(a_pid_belongs_to_its_trace);
	WG_TEST(an_environment_says_the_process);
	WG_TEST(a_pid_namespace_tells_processes_apart);
	WG_TEST(without_pids_it_is_said);
	WG_TEST(boots_are_in_the_order_of_real_time);
	WG_TEST(what_cannot_be_ordered_is_refused);
}
