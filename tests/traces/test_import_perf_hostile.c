/*
 * test_import_perf_hostile.c: what no log of perf or ftrace may do to `wakegap import`: damage,
 * lost events, and lines that no tool wrote.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"
#include "tests/traces/perf_log.h"
#include "traces/read/read.h"

/* A wait of which a part is lost is none; one after it is. */
static void holes_are_counted_and_no_wait_crosses_one(void)
{
	static const char *const holes[] = { "CPU:1 [LOST 532 EVENTS]\n",
		"CPU:1 [532 EVENTS DROPPED]\n", "LOST 532 events!\n",
		"            demo    22 [001]     1.000010: PERF_RECORD_LOST lost 532\n",
		"CPU:1 [LOST EVENTS]\n" };
	size_t i;

	for (i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
		struct import_log l;
		struct import_run r;

		import_start(&l);
		enters(l.out, PERF, worker, 1000 * MS, EPOLL_WAIT, 4, 1, 8, 5);
		switches(l.out, PERF, worker, 'S', idle, 1000 * MS + 4000);
		(void)fputs(holes[i], l.out);
		switches(l.out, PERF, idle, 'R', worker, 3000 * MS);
		leaves(l.out, PERF, worker, 3001 * MS, EPOLL_WAIT, 0);
		enters(l.out, PERF, worker, 3002 * MS, EPOLL_WAIT, 4, 1, 8, 5);
		leaves(l.out, PERF, worker, 3003 * MS, EPOLL_WAIT, 0);
		r = import_finish(&l);
		CU_ASSERT(r.rc == 0 && r.stats.holes == 1 && r.stats.unread == 0);
		CU_ASSERT(r.stats.lost == (i == 4 ? 0 : 532));
		CU_ASSERT(import_thread(&r, 22)->waits == 1);
		CU_ASSERT(import_thread(&r, 22)->asleep_ns == MS);
		import_done(&r);
	}
}

/* The trace that is made of such a log has the hole in its place. */
static void holes_are_in_the_trace(void)
{
	char log[512], dir[512], *out = NULL, *err = NULL;
	const char *make[] = { wg_build_path("wakegap"), "import", log, "-o", dir, NULL };
	const char *check[] = { wg_build_path("wakegap"), "check", dir, "--max-empty-timer-wakes",
		"9", NULL };
	struct wg_reader *r;
	struct wg_event ev;
	int holes = 0, i;
	FILE *f;

	(void)snprintf(log, sizeof(log), "%s/log", wg_tmpdir());
	(void)snprintf(dir, sizeof(dir), "%s/made", wg_tmpdir());
	f = fopen(log, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "LOST 5 events!\n");
	for (i = 1; i < 4; i++) {
		enters(f, PERF, worker, i * 1000 * MS, EPOLL_WAIT, 4, 1, 8, 0);
		leaves(f, PERF, worker, i * 1000 * MS + 1000, EPOLL_WAIT, 0);
		(void)fprintf(f, "CPU:1 [LOST %sEVENTS]\n", i == 1 ? "7 " : "");
	}
	(void)fclose(f);
	CU_ASSERT(wg_run(NULL, NULL, make) == 0);
	CU_ASSERT_FATAL(wg_reader_open(dir, &r, NULL) == 0);
	while (wg_reader_next(r, &ev, NULL) > 0) {
		if (ev.type != WG_EV_LOST)
			continue;
		CU_ASSERT(ev.lost.count == (uint64_t)(holes == 0 ? 5 : holes == 1 ? 7 : 1));
		CU_ASSERT(holes == 0 || ev.lost.begin_ns == holes * 1000 * MS + 1000);
		CU_ASSERT(ev.ts_ns == (holes < 3 ? (holes + 1) * 1000 * MS : 3000 * MS + 1000));
		holes++;
	}
	wg_reader_close(r);
	CU_ASSERT_EQUAL(holes, 4);
	CU_ASSERT_EQUAL(wg_run(&out, &err, check), 77);
	CU_ASSERT(wg_has(out, "14 events were discarded"));
	free(out);
	free(err);
}

static void garbage_and_cuts_are_counted(void)
{
	static const char *const bad[] = { "hello", "demo 22 [001] 1.000001: sched:sched_switch: x",
		"demo 22 [001] 1.000001: raw_syscalls:sys_enter: NR 232 (4, 1",
		"demo 22 [001] 1.000001: raw_syscalls:sys_exit: NR 232 = x",
		"demo 22 [001] 1.000001: sched:sched_waking: comm=demo pid=99999999999 prio=1",
		"demo 99999999999 [001] 1.000001: raw_syscalls:sys_exit: NR 232 = 0",
		"demo 22 [001] 99999999999999999999.000001: sched:sched_switch: x",
		"demo 22 [001] 1.000001: raw_syscalls:sys_enter: NR 232 (11111111111111111, 1, 1, "
		"1, "
		"1, 1)",
		": 1.0: :", "1.000001: ", " ==> " };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct import_log l;
		struct import_run r;

		import_start(&l);
		enters(l.out, PERF, worker, 1000, EPOLL_WAIT, 4, 1, 8, 0);
		(void)fprintf(l.out, "%s\n", bad[i]);
		leaves(l.out, PERF, worker, 2000, EPOLL_WAIT, 0);
		(void)fprintf(l.out, "%.*s", (int)strlen(bad[i]), bad[i]); /* without an end */
		r = import_finish(&l);
		CU_ASSERT(r.rc == 0 && r.stats.unread == 2 && r.stats.first_unread == 2);
		CU_ASSERT(import_thread(&r, 22)->wakes == 1);
		import_done(&r);
	}
}

static void every_cut_is_survived(void)
{
	struct import_log l;
	size_t len, first;
	int shape;

	for (shape = PERF; shape < SHAPES; shape++) {
		import_start(&l);
		enters(l.out, (enum shape)shape, worker, 1000, EPOLL_WAIT, 4, 1, 8, 5);
		(void)fflush(l.out);
		first = l.len;
		switches(l.out, (enum shape)shape, worker, 'S', other, 4000);
		wakes(l.out, (enum shape)shape, other, worker, 5000, false);
		leaves(l.out, (enum shape)shape, worker, 7000, EPOLL_WAIT, 0);
		(void)fflush(l.out);
		for (len = first; len < l.len; len++) {
			struct import_run r = import_bytes(l.text, len);

			CU_ASSERT(r.rc == 0 && r.stats.unread <= 1);
			import_done(&r);
		}
		(void)fclose(l.out);
		free(l.text);
	}
}

static void other_events_are_no_events_of_waits(void)
{
	struct import_run r = import_text(
		"demo 22 [001] 1.000001:     250000 cycles:u:  55d0 main+0x1 (/usr/bin/demo)\n"
		"demo 22 [001] 1.000002: sched:sched_stat_runtime: comm=demo pid=22 runtime=5\n");

	CU_ASSERT(r.rc == -EINVAL);
	import_done(&r);
	/* A log of strace in which a program writes such a line stays one of strace. */
	r = import_text("write(1, \"a 12 [000] 1.5: sched:sched_switch: x\", 9) = 9\n"
			"poll(NULL, 0, 5) = 0 (Timeout)\n");
	CU_ASSERT(r.rc == 0 && r.stats.format == WG_IMPORT_STRACE && r.stats.calls == 2);
	import_done(&r);
}

static void more_threads_than_can_be_followed_are_said(void)
{
	struct import_log l;
	struct import_run r;
	int i;

	import_start(&l);
	for (i = 1; i < 20000; i++)
		(void)fprintf(l.out, "a %d [000] 1.000001: raw_syscalls:sys_exit: NR 1 = 1\n", i);
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.too_many == 19999 - 16384);
	import_done(&r);
	import_start(&l); /* those that have ended make room */
	for (i = 1; i < 40000; i++)
		(void)fprintf(l.out,
			"a %d [000] 1.000001: raw_syscalls:sys_enter: NR 231 (0, 0, 0, 0, 0, 0)\n",
			i);
	r = import_finish(&l);
	CU_ASSERT(r.rc == 0 && r.stats.too_many == 0);
	import_done(&r);
}

/* --- the command --- */

static void the_command_says_what_is_not_observable(void)
{
	char path[512], *out = NULL, *err = NULL;
	const char *argv[] = { wg_build_path("wakegap"), "import", "--from", "perf", path, NULL };
	struct who evil = { "a\033[31m", 9 };
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/log", wg_tmpdir());
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "CPU:1 [LOST 7 EVENTS]\n");
	enters(f, PERF, evil, 1000, EPOLL_WAIT, 4, 1, 8, 0);
	leaves(f, PERF, evil, 2000, EPOLL_WAIT, 0);
	(void)fprintf(f, "\033]0;x\007\n");
	(void)fclose(f);
	CU_ASSERT(wg_run(&out, &err, argv) == 0);
	CU_ASSERT(wg_has(out, "perf: 1 call in 4 lines") && wg_has(out, "a\\x1b[31m 9"));
	CU_ASSERT(wg_has(err, "1 of 4 lines is not understood, the first is line 4"));
	CU_ASSERT(wg_has(err, "events were lost in 1 place (at least 7 events)"));
	CU_ASSERT(wg_has(err, "no sched_switch events: the CPU of a wake is not observable"));
	CU_ASSERT(wg_has(err, "no sched_waking events: who woke whom is not observable"));
	CU_ASSERT(wg_has(err, "perf script -F +pid"));
	CU_ASSERT(!strchr(out, 033) && !strchr(err, 033));
	free(out);
	free(err);
}

void suite_import_perf_hostile(void)
{
	WG_TEST(holes_are_counted_and_no_wait_crosses_one);
	WG_TEST(holes_are_in_the_trace);
	WG_TEST(garbage_and_cuts_are_counted);
	WG_TEST(every_cut_is_survived);
	WG_TEST(other_events_are_no_events_of_waits);
	WG_TEST(more_threads_than_can_be_followed_are_said);
	WG_TEST(the_command_says_what_is_not_observable);
}
