/*
 * test_import_times.c: strace logs whose times say little: whole seconds (-t), and tables (-c),
 * which have none. What they tell is shown, and nothing more.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"

#define MS INT64_C(1000000)

/* The time of day of a moment in ms, in whole seconds. */
static void at(FILE *out, int tid, int64_t ms)
{
	int64_t s = ms / 1000;

	(void)fprintf(
		out, "%d %02d:%02d:%02d ", tid, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

/* So many waits of that length in a row, which begin in the middle of a second. */
static struct import_run polls(int count, int64_t length_ms, bool has_lengths)
{
	struct import_log l;
	int64_t ms = 43200900;
	int i;

	import_start(&l);
	for (i = 0; i < count; i++, ms += length_ms) {
		at(l.out, 7, ms);
		(void)fprintf(l.out, "poll(NULL, 0, %d) = 0 (Timeout)", (int)length_ms);
		if (has_lengths)
			(void)fprintf(l.out, " <%d.%03d000>", (int)(length_ms / 1000),
				(int)(length_ms % 1000));
		(void)fputc('\n', l.out);
	}
	at(l.out, 7, ms);
	(void)fprintf(l.out, "exit_group(0) = ?\n");
	return import_finish(&l);
}

static void whole_seconds_tell_no_period(void)
{
	static const int64_t lengths[] = { 50, 100, 2500 };
	size_t i;
	int has;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (has = 0; has < 2; has++) {
			struct import_run r = polls(20, lengths[i], has);
			const struct wg_thread_stats *s = import_thread(&r, 7);

			CU_ASSERT(r.rc == 0 && r.stats.is_coarse && r.stats.times_back == 0);
			CU_ASSERT(s->wakes == 20 && s->period_ns == WG_NOT_OBSERVABLE);
			CU_ASSERT((s->wakes_per_s < 0) == (lengths[i] < 2500));
			CU_ASSERT(s->asleep_ns == (has ? 20 * lengths[i] * MS : WG_NOT_OBSERVABLE));
			CU_ASSERT(!wg_has(r.findings, "every"));
			CU_ASSERT(wg_has(r.findings, "at most") == (lengths[i] < 2500));
			import_done(&r);
		}
	}
}

static void a_long_log_of_whole_seconds_has_a_rate(void)
{
	struct import_run r = polls(300, 100, true);
	const struct wg_thread_stats *s = import_thread(&r, 7);

	CU_ASSERT(s->asleep_ns == 30000 * MS);
	CU_ASSERT(s->wakes_per_s > 9.6 && s->wakes_per_s < 10.4);
	import_done(&r);
}

/* Each is in the middle of a wait of the other: lengths of both stay what they are. */
static void lengths_of_threads_in_turn_are_exact(void)
{
	struct import_log l;
	struct import_run r;
	int64_t ms = 43200950;
	int i;

	import_start(&l);
	for (i = 0; i < 200; i++, ms += 70) {
		int tid = 7 + i % 2;

		at(l.out, tid, ms);
		if (i > 1)
			(void)fprintf(l.out, "<... poll resumed>) = 0 (Timeout) <0.140000>\n");
		else
			(void)fprintf(l.out, "getpid() = 7 <0.000000>\n");
		at(l.out, tid, ms);
		(void)fprintf(l.out, "poll(NULL, 0, 140 <unfinished ...>\n");
	}
	r = import_finish(&l);
	for (i = 7; i < 9; i++) {
		CU_ASSERT(import_thread(&r, (uint32_t)i)->wakes == 99);
		CU_ASSERT(import_thread(&r, (uint32_t)i)->asleep_ns == INT64_C(99) * 140 * MS);
	}
	CU_ASSERT(r.stats.times_back == 0);
	import_done(&r);
}

static void relative_times_beside_whole_seconds_count(void)
{
	struct import_run r = import_text("12:00:00 (+ 0.000000) poll(NULL, 0, 50) = 0 (Timeout)\n"
					  "12:00:00 (+ 0.050100) poll(NULL, 0, 50) = 0 (Timeout)\n"
					  "12:00:00 (+ 0.050100) exit_group(0) = ?\n");

	CU_ASSERT(!r.stats.is_coarse && import_thread(&r, 0)->asleep_ns == 100200000);
	CU_ASSERT(import_thread(&r, 0)->period_ns == 50100000);
	import_done(&r);
}

static void descriptors_in_hexadecimal_are_read(void)
{
	struct import_run r = import_text("1.5 epoll_wait(0x1c, 0x7ffe, 0x8, 0x64) = 0\n"
					  "1.7 epoll_wait(0x1c, 0x7ffe, 0x8, 0x64) = 0\n");

	CU_ASSERT(wg_has(r.findings, "epoll_wait on fd 28 for 100 ms"));
	import_done(&r);
}

/* --- the command --- */

#define HEADER                                                                                     \
	"% time     seconds  usecs/call     calls    errors syscall\n"                             \
	"------ ----------- ----------- --------- --------- ----------------\n"

/* What `wakegap import` prints of that log, the notes with it. */
static char *printed(const char *log, const char *option)
{
	char script[200], *out = NULL;
	const char *argv[] = { "sh", "-c", script, wg_build_path("wakegap"), log, NULL };

	(void)snprintf(
		script, sizeof(script), "printf %%s \"$1\" | \"$0\" import - %s 2>&1", option);
	(void)wg_run(&out, NULL, argv);
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	return out;
}

static void check_printed(const char *log, const char *wanted, const char *unwanted)
{
	char *out = printed(log, "");

	CU_ASSERT(wg_has(out, wanted));
	CU_ASSERT(!wg_has(out, unwanted));
	if (!wg_has(out, wanted) || wg_has(out, unwanted))
		printf("# %s", out);
	free(out);
}

static void a_table_bounds_rates(void)
{
	check_printed(HEADER " 99.80    1.009280       50463        20           poll\n"
			     "  0.20    0.000010          10         1           read\n"
			     "100.00    1.009290       48061        21           total\n",
		"<= 19.8  poll", "not observable");
	check_printed(HEADER "100.00    0.000389          19        20           poll\n"
			     "  0.00    0.000000           0         1           read\n"
			     "100.00    0.000389          18        21           total\n",
		"strace -w -c shows how long", "<=");
}

static void a_table_below_its_log_is_not_counted_again(void)
{
	const char *log =
		"12:00:00.1 poll(NULL, 0, 100) = 0 (Timeout)\n" HEADER
		"100.00    0.000389         389         1           poll\n"
		"100.00    0.000389         389         1           total\n"
		"12:00:01.1 poll(NULL, 0, 100) = 0 (Timeout)\n12:00:01.2 exit_group(0) = ?\n";

	check_printed(log, "strace: 3 calls in 7 lines", "not observable: a table");
	check_printed(log, "3 calls", "not understood");
}

static void notes_say_one_of_one(void)
{
	check_printed("7 1.5 getpid() = 7\n8 1.6 getpid() = 7\n7 1.7 <... poll resumed>) = 0\n",
		"only one half is in the log of 1 call\n", "1 threads");
	check_printed(
		"7 1.5 getpid() = 7\n8 1.6 getpid() = 7\n", "process 1 thread is of", "1 calls");
	check_printed("12:00:00 getpid() = 7\n", "1 call in 1 line, about", "1 calls");
}

static void whole_seconds_make_no_trace(void)
{
	char option[300], *out;

	(void)snprintf(option, sizeof(option), "-o %s/trace", wg_tmpdir());
	out = printed(
		"12:00:00 poll(NULL, 0, 100) = 0 (Timeout)\n12:00:01 exit_group(0) = ?\n", option);
	CU_ASSERT(wg_has(out, "a trace needs times finer than a second (strace -tt)"));
	free(out);
}

static void its_help_fits_a_terminal(void)
{
	const char *argv[] = { wg_build_path("wakegap"), "import", "--help", NULL };
	char *out = NULL, *line;

	CU_ASSERT(wg_run(&out, NULL, argv) == 0);
	for (line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		CU_ASSERT(strlen(line) <= 79);
	free(out);
}

void suite_import_times(void)
{
	WG_TEST(whole_seconds_tell_no_period);
	WG_TEST(a_long_log_of_whole_seconds_has_a_rate);
	WG_TEST(lengths_of_threads_in_turn_are_exact);
	WG_TEST(relative_times_beside_whole_seconds_count);
	WG_TEST(descriptors_in_hexadecimal_are_read);
	WG_TEST(a_table_bounds_rates);
	WG_TEST(a_table_below_its_log_is_not_counted_again);
	WG_TEST(notes_say_one_of_one);
	WG_TEST(whole_seconds_make_no_trace);
	WG_TEST(its_help_fits_a_terminal);
}
