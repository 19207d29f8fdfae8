/*
 * test_check_threads.c: bounds on threads at their edges, and `wakegap check` and `wakegap stats
 * --top` on traces that were made of a log with planted numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/measure/check_threads.h"

static struct wg_thread_answer ask(
	enum wg_thread_bound bound, uint64_t limit, const struct wg_thread_stats *stats)
{
	struct wg_thread_bounds bounds = { 0 };
	struct wg_thread_answer answers[WG_THREAD_BOUND_COUNT];

	CU_ASSERT_EQUAL(wg_check_thread(&bounds, stats, answers), 0);
	bounds.is_set[bound] = true;
	bounds.limit[bound] = limit;
	CU_ASSERT_EQUAL(wg_thread_bounds_count(&bounds), 1);
	CU_ASSERT_EQUAL(wg_check_thread(&bounds, stats, answers), 1);
	CU_ASSERT_EQUAL(answers[0].bound, bound);
	return answers[0];
}

static void each_bound_holds_at_its_edge(void)
{
	struct wg_thread_stats s = { .wakes = 40, .first_ns = 5, .last_ns = 4000000005 };

	s.class[WG_CLASS_TIMER_EMPTY] = 7;
	CU_ASSERT_FALSE(ask(WG_THREAD_BOUND_WAKES_PER_S, 10, &s).is_broken);
	CU_ASSERT_TRUE(ask(WG_THREAD_BOUND_WAKES_PER_S, 9, &s).is_broken);
	s.last_ns -= 5000000; /* 10.01 wakes a second */
	CU_ASSERT_TRUE(ask(WG_THREAD_BOUND_WAKES_PER_S, 10, &s).is_broken);
	CU_ASSERT_FALSE(ask(WG_THREAD_BOUND_EMPTY_TIMERS, 7, &s).is_broken);
	CU_ASSERT_TRUE(ask(WG_THREAD_BOUND_EMPTY_TIMERS, 6, &s).is_broken);
}

/* Less than a second counts as one. */
static void a_short_thread_has_no_rate(void)
{
	struct wg_thread_stats s = { .wakes = 3, .last_ns = 1000000, .wakes_per_s = 3000 };

	CU_ASSERT_FALSE(ask(WG_THREAD_BOUND_WAKES_PER_S, 3, &s).is_broken);
	CU_ASSERT_FALSE(ask(WG_THREAD_BOUND_WAKES_PER_S, 3, &s).is_unseen);
	CU_ASSERT_TRUE(ask(WG_THREAD_BOUND_WAKES_PER_S, 2, &s).is_broken);
	s.wakes_per_s = -1; /* and one without times none at all */
	CU_ASSERT_TRUE(ask(WG_THREAD_BOUND_WAKES_PER_S, 3, &s).is_unseen);
}

static void what_followed_decides(void)
{
	struct wg_thread_stats s = { .wakes = 9 };
	struct wg_thread_answer a;

	s.class[WG_CLASS_TIMER_EMPTY] = 4;
	s.class[WG_CLASS_TIMER] = 2;
	a = ask(WG_THREAD_BOUND_EMPTY_TIMERS, 6, &s); /* even if both were empty */
	CU_ASSERT(!a.is_broken && !a.is_unseen);
	a = ask(WG_THREAD_BOUND_EMPTY_TIMERS, 5, &s);
	CU_ASSERT(!a.is_broken && a.is_unseen && a.hidden == 2);
	a = ask(WG_THREAD_BOUND_EMPTY_TIMERS, 3, &s); /* it is broken in any case */
	CU_ASSERT(a.is_broken && !a.is_unseen);
}

/* --- the command --- */

/* 20 empty timer wakes of 100 ms, 5 that acted; with times of day, so that a trace comes of it. */
static const char *trace_of(const char *name, const char *more)
{
	static char dir[512];
	char log[512];
	const char *make[] = { wg_build_path("wakegap"), "import", log, "-o", dir, NULL };
	FILE *f;
	int i;

	(void)snprintf(log, sizeof(log), "%s/%s.log", wg_tmpdir(), name);
	(void)snprintf(dir, sizeof(dir), "%s/%s", wg_tmpdir(), name);
	f = fopen(log, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (i = 0; i < 25; i++) {
		(void)fprintf(f,
			"9<de\033mo> 170000000%d.%d00000 poll([{fd=3, events=POLLIN}], 1, 100) = 0 "
			"(Timeout) "
			"<0.099>\n",
			i / 10, i % 10);
		if (i % 5 == 4)
			(void)fprintf(f,
				"9<de\033mo> 170000000%d.%d99500 write(1, \"x\", 1) = 1 <0.0001>\n",
				i / 10, i % 10);
	}
	(void)fprintf(
		f, "9<de\033mo> 1700000002.500000 poll([{fd=3, events=POLLIN}], 1, 100%s\n", more);
	(void)fclose(f);
	CU_ASSERT(wg_run(NULL, NULL, make) == 0);
	return dir;
}

static int check(
	const char *dir, const char *bound, const char *limit, const char *more, char **out)
{
	const char *argv[] = { wg_build_path("wakegap"), "check", dir, bound, limit, more, NULL };

	return wg_run(out, NULL, argv);
}

static void a_planted_trace_breaks_what_it_breaks(void)
{
	const char *dir = trace_of("asleep", " <unfinished ...>");
	const char *argv[] = { wg_build_path("wakegap"), "check", dir, "--max-empty-timer-wakes",
		"19", "--junit=-", NULL };
	char *out, *err;

	CU_ASSERT_EQUAL(check(dir, "--max-wakes-per-second", "10", NULL, &out), 0);
	CU_ASSERT_STRING_EQUAL(out, "ok: 1 bound holds for 1 thread\n");
	free(out);
	CU_ASSERT_EQUAL(check(dir, "--max-wakes-per-second", "9", NULL, &out), 1);
	CU_ASSERT(wg_has(out, "de\\x1bmo thread 9 of 9: wakes a second: 10.00 > 9\n"));
	free(out);
	CU_ASSERT_EQUAL(check(dir, "--max-empty-timer-wakes", "20", NULL, NULL), 0);
	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), 1);
	CU_ASSERT(wg_has(out, "<testcase classname=\"de?mo thread 9 of 9\" "
			      "name=\"empty timer wakes &lt;= 19\""));
	CU_ASSERT(wg_has(err, "de\\x1bmo thread 9 of 9: empty timer wakes: 20 > 19\n"));
	free(out);
	free(err);
	/* There is no loop: that is no pass of a loop's bound. */
	CU_ASSERT_EQUAL(
		check(dir, "--max-empty-timer-wakes=20", "--max-late-wakes=0", NULL, &out), 77);
	CU_ASSERT(wg_has(out, "no loop was seen"));
	free(out);
}

static void what_is_not_observable_is_no_pass(void)
{
	const char *dir = trace_of("awake", ") = 0 (Timeout) <0.1>");
	char *out;

	CU_ASSERT_EQUAL(check(dir, "--max-empty-timer-wakes", "21", NULL, NULL), 0);
	CU_ASSERT_EQUAL(check(dir, "--max-empty-timer-wakes", "20", NULL, &out), 77);
	CU_ASSERT(wg_has(out, "INCONCLUSIVE: ") &&
		  wg_has(out, "what followed 1 of its timer wakes is not in the trace"));
	free(out);
	CU_ASSERT_EQUAL(check(dir, "--max-empty-timer-wakes", "19", NULL, NULL), 1);
	CU_ASSERT_EQUAL(check(dir, "--max-wakes-per-second", "11", NULL, NULL), 0);
	/* Loops only: nobody knows what its threads woke for. */
	CU_ASSERT_EQUAL(
		check("traces/samples/tick", "--max-wakes-per-second", "1000000", NULL, &out), 77);
	CU_ASSERT(wg_has(out, "no record of a thread's waits was seen"));
	free(out);
	CU_ASSERT_EQUAL(check(dir, "--max-wakes-per-second", "x", NULL, NULL), 2);
}

static void stats_shows_the_top(void)
{
	const char *argv[] = { wg_build_path("wakegap"), "stats", trace_of("top", ""), "--top", "1",
		NULL };
	const char *json[] = { wg_build_path("wakegap"), "stats", argv[2], "--json", NULL };
	const char *bad[] = { wg_build_path("wakegap"), "stats", argv[2], "--top", "0", NULL };
	char *out, *err;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, " 1. de\\x1bmo 9: poll on fd 3 for 100 ms, 10.0 wakes/s"));
	CU_ASSERT(wg_has(out, "1 more finding\n") && !wg_has(out, " 2. "));
	free(out);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, json), 0);
	CU_ASSERT(wg_has(out, "\"text\": \"de\\u001Bmo 9: poll on fd 3 for 100 ms, 10.0 wakes/s"));
	CU_ASSERT(wg_has(out, "\"wakes\": 25,"));
	free(out);
	CU_ASSERT_EQUAL(wg_run(NULL, &err, bad), 2);
	CU_ASSERT(wg_has(err, "--top: '0' is not a number of rows"));
	free(err);
}

/* Half as often, as another thread of the same name, which another run has. */
static void log_of_a_slow_one(const char *dir)
{
	char log[512];
	const char *make[] = { wg_build_path("wakegap"), "import", log, "-o", dir, NULL };
	FILE *f;
	int i;

	(void)snprintf(log, sizeof(log), "%s/slow.log", wg_tmpdir());
	f = fopen(log, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (i = 0; i < 10; i++)
		(void)fprintf(f,
			"7<de\033mo> 170000000%d.%d00000 poll([{fd=3, events=POLLIN}], 1, 200) = 0 "
			"(Timeout) <0.199>\n",
			i / 5, i % 5 * 2);
	(void)fprintf(f, "7<de\033mo> 1700000002.000000 poll([{fd=3, events=POLLIN}], 1, 200) = 0 "
			 "(Timeout) <0.0>\n");
	(void)fclose(f);
	CU_ASSERT(wg_run(NULL, NULL, make) == 0);
}

static void recordings_of_threads_stand_side_by_side(void)
{
	char slow[512];
	const char *fast = trace_of("fast", " <unfinished ...>");
	const char *both[] = { wg_build_path("wakegap"), "stats", fast, slow, NULL };
	const char *with_a_loop[] = { wg_build_path("wakegap"), "stats", "traces/samples/tick",
		fast, NULL };
	char *out;

	(void)snprintf(slow, sizeof(slow), "%s/slow", wg_tmpdir());
	log_of_a_slow_one(slow);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, both), 0);
	CU_ASSERT(wg_has(out, " events, 1 thread\n") && !wg_has(out, "loop"));
	CU_ASSERT(wg_has(out, "  wakes                  25        11  2.3x less\n"));
	CU_ASSERT(wg_has(out, "  de\\x1bmo            "));
	CU_ASSERT(wg_has(out, "10.0       5.5  1.8x less\n"));
	CU_ASSERT(wg_has(out, "/fast:\n 1. de\\x1bmo 9: poll on fd 3 for 100 ms, 10.0 wakes/s"));
	CU_ASSERT(wg_has(out, "/slow:\n 1. de\\x1bmo 7: poll on fd 3 for 200 ms, 5.5 wakes/s"));
	free(out);
	/* One of a loop, one of threads: what is not there is no 0. */
	CU_ASSERT_EQUAL(wg_run(&out, NULL, with_a_loop), 0);
	CU_ASSERT(wg_has(out, "  late wakes             12         -\n"));
	CU_ASSERT(wg_has(out, "  wakes                   -        25\n"));
	free(out);
}

void suite_check_threads(void)
{
	WG_TEST(each_bound_holds_at_its_edge);
	WG_TEST(a_short_thread_has_no_rate);
	WG_TEST(what_followed_decides);
	WG_TEST(a_planted_trace_breaks_what_it_breaks);
	WG_TEST(what_is_not_observable_is_no_pass);
	WG_TEST(stats_shows_the_top);
	WG_TEST(recordings_of_threads_stand_side_by_side);
}
