/*
 * test_live_any.c: `wakegap live` on programs without wakegap events: by the preload library and by
 * the kernel. What it shows is what was planted (tests/planted), and what a recording has.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/planted_run.h"
#include "tests/viz/live_any.h"
#include "tests/viz/live_events.h"
#include "traces/measure/threads.h"
#include "traces/preload/arena.h"
#include "traces/read/read.h"

#define DEADLINE_MS 40000

static bool did_run(const char *said, const char *name)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "%s ", name);
	return wg_has(said, line);
}

static void read_said(const struct live_any *any, char *said, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at + 1 < len && (n = read(any->out, said + at, len - 1 - at)) > 0)
		at += (size_t)n;
	said[at] = '\0';
}

static void the_library_shows_what_was_planted(void)
{
	struct live_events e = { .v = NULL };
	struct live_any any;
	const char *said;
	size_t i;

	if (live_any_lacks_planted())
		return;
	live_any_prepare(&any, "plans", false, true);
	live_any_release(&any);
	live_events_take_all(any.run.live, &e);
	said = planted_said();
	CU_ASSERT_EQUAL(e.lost, 0);
	for (i = 0; i < PLANS; i++) {
		struct planted_tally t = planted_count(e.v, e.count, plans[i].name, NULL);

		if (did_run(said, plans[i].name))
			planted_check(&t, &plans[i]);
	}
	CU_ASSERT(did_run(said, plans[0].name));
	/* All of it was read, so all but the last chunks is room again. */
	CU_ASSERT(any.control->left > 0);
	live_any_leave(&any);
	planted_follow(-1);
	free(e.v);
}

/* The light form sees each wait that slept, and the program counted those. */
static bool kernel_is_right(bool is_last)
{
	struct live_events e = { .v = NULL };
	struct live_any any;
	char said[2048], *line, *save = NULL;
	bool are_right = true;

	live_any_prepare(&any, "plans", true, false);
	live_any_release(&any);
	live_events_take_all(any.run.live, &e);
	read_said(&any, said, sizeof(said));
	CU_ASSERT_EQUAL(e.lost, 0);
	for (line = strtok_r(said, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned notified = 0, timed_out = 0;
		struct planted_tally t;
		char name[16];
		bool is_right;

		CU_ASSERT_FATAL(sscanf(line, "%15s %u %u", name, &notified, &timed_out) == 3);
		t = planted_count(e.v, e.count, name, NULL);
		is_right = t.waits == notified + timed_out && t.notified == notified &&
			   t.exact == notified && t.timed_out == timed_out && t.open == 0;
		if (!is_right && is_last)
			planted_print(name, &t);
		are_right &= is_right;
	}
	live_any_leave(&any);
	free(e.v);
	return are_right;
}

/* As in test_kernel.c: a kernel that hides a waking is asked again. */
static void the_kernel_shows_what_was_planted(void)
{
	enum { TIMES = 4 };
	bool is_right = false;
	int i;

	if (live_any_lacks_kernel())
		return;
	for (i = 1; i <= TIMES && !is_right; i++)
		is_right = kernel_is_right(i == TIMES);
	CU_ASSERT(is_right);
}

/* ---- live, and recorded ---- */

static struct wg_thread_stats figures_of(struct wg_threads *threads)
{
	struct wg_thread_stats figures = { 0 };
	const struct wg_thread_stats *t;

	wg_threads_finish(threads, true);
	t = wg_thread_at(threads, 0);
	CU_ASSERT_FATAL(t != NULL && wg_thread_at(threads, 1) == NULL);
	figures = *t;
	wg_threads_destroy(threads);
	return figures;
}

static struct wg_thread_stats follow_nobody(uint64_t *ret_nobody)
{
	struct live_events e = { .v = NULL };
	struct wg_threads *threads = NULL;
	struct live_any any;
	size_t i;

	live_any_prepare(&any, "nobody", false, false);
	live_any_release(&any);
	live_events_take_all(any.run.live, &e);
	CU_ASSERT_EQUAL(e.lost, 0);
	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&threads), 0);
	for (i = 0; i < e.count; i++)
		CU_ASSERT_EQUAL(wg_threads_feed(threads, &e.v[i]), 0);
	live_any_leave(&any);
	free(e.v);
	*ret_nobody = e.nobody;
	return figures_of(threads);
}

static struct wg_thread_stats record_nobody(char **ret_said)
{
	char dir[512];
	const char *argv[] = { wg_build_path("wakegap"), "record", "--with", "preload", "-o", dir,
		"--", wg_build_path("planted"), "nobody", NULL };
	struct wg_threads *threads = NULL;
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0, "" };
	struct wg_event ev;

	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_run(NULL, ret_said, argv), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &reader, &err), 0);
	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&threads), 0);
	while (wg_reader_next(reader, &ev, &err) > 0)
		CU_ASSERT_EQUAL(wg_threads_feed(threads, &ev), 0);
	wg_reader_close(reader);
	return figures_of(threads);
}

/* Of 2500 notifies for nobody a thousand are recorded, and the others counted, by both. */
static void live_counts_what_a_recording_counts(void)
{
	struct wg_thread_stats live, recorded;
	uint64_t nobody = 0;
	char *said;

	if (live_any_lacks_planted())
		return;
	live = follow_nobody(&nobody);
	recorded = record_nobody(&said);
	CU_ASSERT_EQUAL(nobody, 1500);
	CU_ASSERT(wg_has(said, "1500 notifies for which nobody slept were counted"));
	CU_ASSERT_EQUAL(live.notifies, 1000);
	CU_ASSERT_EQUAL(live.notified_nobody, 1000);
	CU_ASSERT_EQUAL(live.waits, 5);
	CU_ASSERT_EQUAL(recorded.notifies, live.notifies);
	CU_ASSERT_EQUAL(recorded.notified_nobody, live.notified_nobody);
	CU_ASSERT_EQUAL(recorded.waits, live.waits);
	CU_ASSERT_EQUAL(recorded.wakes, live.wakes);
	CU_ASSERT(memcmp(recorded.class, live.class, sizeof(live.class)) == 0);
	CU_ASSERT(memcmp(recorded.reasons, live.reasons, sizeof(live.reasons)) == 0);
	free(said);
}

/* What the library has no room for is counted. */
static void a_full_memory_is_a_hole(void)
{
	struct live_events e = { .v = NULL };
	struct live_any any;

	if (live_any_lacks_planted())
		return;
	live_any_prepare(&any, "plans", false, false);
	any.control->left = (int64_t)2 * WG_PRELOAD_PAGE;
	live_any_release(&any);
	live_events_take_all(any.run.live, &e);
	live_events_check_holes(&e);
	live_any_leave(&any);
}

/* The same of the kernel's buffer, when nobody looks until the program has ended. */
static void a_full_buffer_is_a_hole(void)
{
	struct live_events e = { .v = NULL };
	struct live_any any;
	char said[8];

	if (live_any_lacks_kernel())
		return;
	live_events_hold();
	live_any_prepare(&any, "floods", true, false);
	live_any_release(&any);
	read_said(&any, said, sizeof(said)); /* to its end */
	live_events_let_go();
	live_events_take_all(any.run.live, &e);
	live_events_check_holes(&e);
	live_any_leave(&any);
	live_events_held();
}

/* ---- the screen ---- */

static void connect_view(struct live_any *any)
{
	struct live_run *run = &any->run;

	CU_ASSERT_EQUAL_FATAL(
		wg_live_view_init(&run->view, "planted",
			(struct wg_window_limits){ 60000000000, 100000 }, 120, 30, true),
		0);
	run->view.is_of_threads = true;
	CU_ASSERT_EQUAL_FATAL(wg_live_view_connect(&run->view, run->live, run->command), 0);
}

static const struct wg_lane *thread_lane(const struct live_run *run)
{
	const struct wg_trace *trace = run->view.app.panes[0].trace;
	size_t i;

	for (i = 0; i < trace->lane_count; i++) {
		if (trace->lanes[i].kind == WG_LANE_THREAD)
			return &trace->lanes[i];
	}
	return NULL;
}

static void take_until_ended(struct wg_live_view *view)
{
	struct pollfd fd = { .fd = view->fd, .events = POLLIN };

	while (!view->title.has_ended && poll(&fd, 1, DEADLINE_MS) > 0)
		(void)wg_live_view_take(view, 0);
}

static void follow_pause_and_go_back(bool in_kernel)
{
	struct live_any any;
	struct live_run *run = &any.run;
	const struct wg_scale *scale = &run->view.app.scale;
	uint64_t events, wakes;
	int64_t cursor;
	size_t spans;
	pid_t pid;

	live_any_prepare(&any, "ticks", in_kernel, false);
	connect_view(&any);
	live_any_release(&any);
	CU_ASSERT(live_run_until_events(run, 40));
	CU_ASSERT_FATAL(thread_lane(run) != NULL);
	spans = thread_lane(run)->span_count;
	CU_ASSERT(live_run_until_events(run, run->view.title.events + 40));
	CU_ASSERT(run->view.title.is_following && thread_lane(run)->span_count > spans);
	/* Paused, the figures stand, and events are taken in. */
	(void)wg_live_view_key(&run->view, ' ', 0);
	events = run->view.title.events;
	wakes = run->view.app.panes[0].figures.timer_wakes;
	CU_ASSERT(live_run_until_events(run, events + 40));
	CU_ASSERT(!run->view.title.is_following);
	CU_ASSERT(wakes > 0 && run->view.app.panes[0].figures.timer_wakes == wakes);
	/* One step back. */
	cursor = run->view.app.cursor_ns;
	(void)wg_live_view_key(&run->view, 'h', 0);
	CU_ASSERT(run->view.app.cursor_ns < cursor);
	(void)wg_live_view_key(&run->view, ' ', 0);
	CU_ASSERT(run->view.title.is_following && wg_scale_end(scale) > run->view.app.end_ns);
	CU_ASSERT(run->view.app.panes[0].figures.timer_wakes > wakes);
	/* It ends by SIGKILL, in its sleep. */
	pid = wg_command_pid(run->command);
	CU_ASSERT_EQUAL(kill(pid, SIGKILL), 0);
	take_until_ended(&run->view);
	CU_ASSERT(run->view.title.has_ended && run->view.end.code == 0);
	CU_ASSERT_EQUAL(run->view.status.exit_code, 128 + SIGKILL);
	wg_live_view_fini(&run->view);
	live_any_leave(&any);
}

static void the_library_is_followed_paused_and_killed(void)
{
	if (!live_any_lacks_planted())
		follow_pause_and_go_back(false);
}

static void the_kernel_is_followed_paused_and_killed(void)
{
	if (!live_any_lacks_kernel())
		follow_pause_and_go_back(true);
}

/* ---- the command ---- */

static void it_says_who_watches_and_why(void)
{
	char *out = NULL, *err = NULL;
	const char *argv[] = { wg_build_path("wakegap"), "live", "--text", "--",
		wg_build_path("planted"), "poll", NULL };

	if (live_any_lacks_planted())
		return;
	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), 6);
	CU_ASSERT(wg_has(out, "live: planted, ended with 6, ") &&
		  wg_has(out, "1 thread woke 6 times"));
	CU_ASSERT(wg_has(err, "watched with the preload library: ") &&
		  wg_has(err, "emits no wakegap events"));
	free(out);
	free(err);
}

static void a_running_process_goes_on(void)
{
	char *out = NULL, *err = NULL, pid_text[16];
	const char *argv[] = { wg_build_path("wakegap"), "live", "--text", "--for", "400ms", "-p",
		pid_text, NULL };
	pid_t pid;
	int rc;

	if (live_any_lacks_kernel())
		return;
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)execl(wg_build_path("planted"), "planted", "ticks", (char *)NULL);
		_exit(127);
	}
	(void)snprintf(pid_text, sizeof(pid_text), "%ld", (long)pid);
	/* What is seen in so long depends on the machine: until a thread is. */
	do {
		free(out);
		free(err);
		rc = wg_run(&out, &err, argv);
	} while (rc == 0 && !wg_has(out, "lane: "));
	CU_ASSERT_EQUAL(rc, 0);
	CU_ASSERT(wg_has(out, "lane: planted ") || wg_has(out, "lane: test "));
	CU_ASSERT(wg_has(err, "keeps running, unchanged") &&
		  wg_has(err, "watched in the kernel: a process that runs already"));
	CU_ASSERT_EQUAL(kill(pid, 0), 0);
	live_kill(pid);
	free(out);
	free(err);
}

void suite_live_any(void)
{
	WG_TEST(the_library_shows_what_was_planted);
	WG_TEST(the_kernel_shows_what_was_planted);
	WG_TEST(live_counts_what_a_recording_counts);
	WG_TEST(a_full_memory_is_a_hole);
	WG_TEST(a_full_buffer_is_a_hole);
	WG_TEST(the_library_is_followed_paused_and_killed);
	WG_TEST(the_kernel_is_followed_paused_and_killed);
	WG_TEST(it_says_who_watches_and_why);
	WG_TEST(a_running_process_goes_on);
}
