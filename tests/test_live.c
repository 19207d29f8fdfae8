/*
 * test_live.c: `wakegap live`: it follows, pauses, goes back, leaves the program running and
 * nothing else behind. L1 to L3 of command.h.
 *
 * Everything waits for facts, until a deadline. Others may use the session daemon at the same time,
 * so sessions are looked for by the pid in their names.
 */
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/harness.h"
#include "tests/live_run.h"
#include "viz/screen.h"

/* ---- without LTTng: events by hand ---- */

static void feed(struct wg_live_view *view, enum wg_event_type type, int64_t t, uint64_t op)
{
	struct wg_event ev = { .ts_ns = t,
		.type = type,
		.pid = 7,
		.tid = 7,
		.procname = "fake",
		.loop = 1,
		.op = op };

	if (type == WG_EV_LOST)
		ev.lost.count = op;
	CU_ASSERT_EQUAL(wg_live_view_feed(view, &ev, 1, t + 150000000), 0);
}

static void screen_text(const struct wg_live_view *view, char *text, size_t len)
{
	struct wg_canvas canvas;
	FILE *out = fmemopen(text, len, "w");

	CU_ASSERT_FATAL(out != NULL);
	CU_ASSERT_FATAL(wg_canvas_init(&canvas, view->app.cols, view->app.rows, true) == 0);
	CU_ASSERT_EQUAL(wg_screen_draw(&view->app, &canvas), 0);
	wg_canvas_print(&canvas, out);
	(void)fclose(out);
	wg_canvas_fini(&canvas);
}

static void new_view(struct wg_live_view *view, size_t events)
{
	CU_ASSERT_FATAL(
		wg_live_view_init(view, "fake", (struct wg_window_limits){ 60000000000, events },
			120, 30, true) == 0);
}

static void the_header_counts_and_says_what_is_kept(void)
{
	static char text[16384];
	struct wg_live_view view;
	int i;

	new_view(&view, 1000);
	screen_text(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "wakegap live fake") && wg_has(text, "0 events"));
	CU_ASSERT(wg_has(text, "following"));
	for (i = 0; i < 2000; i++)
		feed(&view, WG_EV_SUBMIT, 1000000000 + i * INT64_C(1000000), (uint64_t)i + 1);
	feed(&view, WG_EV_LOST, 4000000000, 17);
	screen_text(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "2000 events"));
	CU_ASSERT(wg_has(text, "17 discarded"));
	CU_ASSERT(wg_has(text, "of 1000, 60.0 s"));
	CU_ASSERT(wg_has(text, "0.15 s behind"));
	CU_ASSERT(view.title.kept <= 1000);
	wg_live_view_fini(&view);
}

static void space_pauses_and_keys_go_back(void)
{
	struct wg_live_view view;
	const struct wg_scale *scale = &view.app.scale;
	int64_t from, t;

	new_view(&view, 100000);
	for (t = 1; t < 2000; t++)
		feed(&view, WG_EV_SUBMIT, t * 10000000, (uint64_t)t);
	CU_ASSERT(wg_scale_end(scale) > view.app.end_ns);
	CU_ASSERT_EQUAL(view.app.cursor_ns, view.app.end_ns);
	(void)wg_live_view_key(&view, ' ', 0);
	from = scale->from_ns;
	for (; t < 3000; t++)
		feed(&view, WG_EV_SUBMIT, t * 10000000, (uint64_t)t);
	CU_ASSERT_EQUAL(scale->from_ns, from);
	CU_ASSERT_EQUAL(view.title.events, 2999);
	(void)wg_live_view_key(&view, WG_KEY_PAGE_UP, 0);
	CU_ASSERT(scale->from_ns < from && !view.title.is_following);
	(void)wg_live_view_key(&view, 'G', 0);
	CU_ASSERT(view.title.is_following && wg_scale_end(scale) > view.app.end_ns);
	/* Zooming is no reason to stop; going to an event is. */
	(void)wg_live_view_key(&view, '+', 0);
	CU_ASSERT(view.title.is_following && wg_scale_end(scale) > view.app.end_ns);
	(void)wg_live_view_key(&view, ',', 0);
	CU_ASSERT(!view.title.is_following);
	(void)wg_live_view_key(&view, ' ', 0);
	CU_ASSERT(view.title.is_following);
	CU_ASSERT_EQUAL(wg_live_view_key(&view, 'q', 0) & WG_FX_QUIT, WG_FX_QUIT);
	wg_live_view_fini(&view);
}

/* The selected operation stays selected while the arrays move, until it is forgotten. */
static void a_selection_survives_until_forgotten(void)
{
	struct wg_live_view view;
	int64_t t;

	new_view(&view, 1000);
	for (t = 1; t < 500; t++)
		feed(&view, WG_EV_SUBMIT, t * 1000, (uint64_t)t);
	(void)wg_live_view_key(&view, '\n', 0);
	CU_ASSERT_FATAL(view.app.panes[0].op != NULL);
	CU_ASSERT_EQUAL(view.app.panes[0].op->op, 499);
	for (; t < 900; t++)
		feed(&view, WG_EV_SUBMIT, t * 1000, (uint64_t)t);
	CU_ASSERT_FATAL(view.app.panes[0].op != NULL);
	CU_ASSERT_EQUAL(view.app.panes[0].op->op, 499);
	for (; t < 9000; t++)
		feed(&view, WG_EV_SUBMIT, t * 1000, (uint64_t)t);
	CU_ASSERT(view.app.panes[0].op == NULL);
	wg_live_view_fini(&view);
}

static void press(struct wg_live_view *view, const char *keys)
{
	for (; *keys; keys++)
		CU_ASSERT_EQUAL(wg_live_view_key(view, (unsigned char)*keys, 0) & WG_FX_SAVE, 0);
}

/* Typing is no command, other screens stay on top, and a figure leads to its interval. */
static void other_screens_and_the_mouse_do_as_in_a_recorded_trace(void)
{
	static char text[16384];
	struct wg_live_view view;
	int64_t t;

	new_view(&view, 100000);
	for (t = 1; t < 1000; t++) {
		feed(&view, WG_EV_SUBMIT, t * 10000000, (uint64_t)t);
		feed(&view, WG_EV_WAIT, t * 10000000 + 1000, 0);
		feed(&view, WG_EV_DONE, t * 10000000 + 2000, (uint64_t)t);
		feed(&view, WG_EV_WAKE, t * 10000000 + 2000 + t * 7001, 0);
		feed(&view, WG_EV_DELIVER, t * 10000000 + 9000000, (uint64_t)t);
	}
	press(&view, "&late 1");
	CU_ASSERT(view.title.is_following && view.app.prompt.len == 6);
	press(&view, "\033F");
	CU_ASSERT(!view.title.is_following);
	press(&view, "Fm's");
	CU_ASSERT(view.app.view == WG_VIEW_FIGURES);
	screen_text(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "p99.9"));
	while (view.app.row < 18) /* the median, of which the cell is known */
		press(&view, "j");
	press(&view, " F");
	CU_ASSERT_EQUAL(view.app.view, WG_VIEW_FIGURES);
	press(&view, "\n");
	CU_ASSERT(wg_has(view.app.status, ": 1 of 1"));
	CU_ASSERT(view.app.view == WG_VIEW_LANES && !view.title.is_following);
	press(&view, "G");
	(void)wg_live_view_mouse(&view, WG_MOUSE_UP, 60, 10, 0);
	CU_ASSERT(view.title.is_following && wg_scale_end(&view.app.scale) > view.app.end_ns);
	(void)wg_live_view_mouse(&view, WG_MOUSE_PRESS, 60, 10, 0);
	CU_ASSERT(!view.title.is_following);
	wg_live_view_fini(&view);
}

static unsigned count_takes(void *user, int64_t now_ns)
{
	(void)now_ns;
	++*(int *)user;
	return WG_FX_DRAW;
}

static void a_feed_is_taken_at_once_and_then_thirty_times_a_second(void)
{
	int takes = 0;
	struct wg_feed f = { .fd = 5, .user = &takes, .take = count_takes };
	int64_t now = INT64_C(1000000000);

	CU_ASSERT_EQUAL(wg_feed_next(&f, -1), -1); /* idle: for ever */
	CU_ASSERT_EQUAL(wg_feed_polled(&f, true, now), WG_FX_DRAW);
	CU_ASSERT_EQUAL(takes, 1);
	CU_ASSERT_EQUAL(wg_feed_polled(&f, true, now + 1), 0);
	CU_ASSERT_EQUAL(wg_feed_fd(&f), -1); /* not asked again until it is due */
	CU_ASSERT_EQUAL(wg_feed_next(&f, -1), now + WG_FEED_NS);
	CU_ASSERT_EQUAL(wg_feed_polled(&f, false, now + WG_FEED_NS), WG_FX_DRAW);
	CU_ASSERT_EQUAL(takes, 2);
	CU_ASSERT_EQUAL(wg_feed_fd(&f), 5);
	CU_ASSERT_EQUAL(wg_feed_next(&f, -1), -1);
}

/* ---- mistakes ---- */

static int live(char **err, const char *const more[])
{
	const char *argv[16] = { wg_build_path("wakegap"), "live" };
	size_t i;

	for (i = 0; i < 13 && more[i]; i++)
		argv[i + 2] = more[i];
	return wg_run(NULL, err, argv);
}

static void mistakes_are_one_line_each(void)
{
	static const struct {
		const char *argv[4];
		int status;
		const char *line;
	} cases[] = {
		{ { NULL }, 2, "which command, or which session?" },
		{ { "net://127.0.0.1/x" }, 2, "net://HOST:PORT/host/NAME/SESSION" },
		{ { "http://127.0.0.1/host/a/b" }, 2, "no live session" },
		{ { "net://127.0.0.1:1/host/a/b" }, 1, "no relay daemon answers at" },
		{ { "--window", "x", "true" }, 2, "--window takes a time" },
		{ { "--events", "5", "true" }, 2, "--events takes" },
		{ { "--frame", "9x9", "true" }, 2, "--frame takes" },
		{ { "no-such-command-here" }, 1, "no such command" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *err = NULL;

		CU_ASSERT_EQUAL(live(&err, cases[i].argv), cases[i].status);
		CU_ASSERT(wg_has(err, cases[i].line));
		CU_ASSERT(err && strchr(err, '\n') == strrchr(err, '\n'));
		free(err);
	}
}

static void a_missing_relay_daemon_is_named(void)
{
	char *err = NULL;

	(void)setenv("LTTNG_RELAYD_PATH", "/no/such/lttng-relayd", 1);
	CU_ASSERT_EQUAL(live(&err, (const char *const[]){ "true", NULL }), 1);
	(void)unsetenv("LTTNG_RELAYD_PATH");
	CU_ASSERT(wg_has(err, "lttng-relayd is not installed: apt install lttng-tools"));
	free(err);
}

/* ---- a real program ---- */

static void the_screen_follows_a_program(void)
{
	struct live_run run;
	const struct wg_scale *scale = &run.view.app.scale;
	int64_t from;
	pid_t pid;

	if (live_lacks_lttng())
		return;
	CU_ASSERT_FATAL(live_run_start(&run, live_workload("1000000")));
	CU_ASSERT(live_run_until_events(&run, 100));
	CU_ASSERT(live_run_until_events(&run, run.view.title.events + 100));
	CU_ASSERT(run.view.title.is_following && wg_scale_end(scale) > run.view.app.end_ns);
	CU_ASSERT_EQUAL(run.view.app.panes[0].trace->lanes[0].kind, WG_LANE_LOOP);
	/* The very first event was read: the command waited for the reader. */
	CU_ASSERT_STRING_EQUAL(run.view.app.panes[0].figures.strategy, "tick");
	(void)wg_live_view_key(&run.view, ' ', 0);
	from = scale->from_ns;
	CU_ASSERT(live_run_until_events(&run, run.view.title.events + 100));
	CU_ASSERT_EQUAL(scale->from_ns, from);
	pid = run.view.status.pid;
	live_run_leave(&run);
	/* L2, L1 */
	CU_ASSERT_EQUAL(kill(pid, 0), 0);
	CU_ASSERT(!live_has_session(getpid()));
	CU_ASSERT_EQUAL(wg_live_check(run.url, NULL), -ECONNREFUSED);
	live_kill(pid);
}

static void it_shows_the_end_and_passes_the_status_on(void)
{
	char *out = NULL, *err = NULL;
	int status;

	if (live_lacks_lttng())
		return;
	status = wg_run(&out, &err,
		(const char *const[]){ wg_build_path("wakegap"), "live", "--only", "--frame",
			"120x30", "--", wg_build_path("wakegap-workload"), "read", "--file",
			wg_build_path("wakegap-workload"), "--wait", "tick", "--passes", "1",
			NULL });
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT(wg_has(out, "ended") && wg_has(out, "0 discarded"));
	CU_ASSERT(wg_has(out, "loop 1 tick"));
	CU_ASSERT(wg_has(err, "events, 0 discarded; shown "));
	free(out);
	free(err);
	err = NULL;
	CU_ASSERT_EQUAL(
		live(&err, (const char *const[]){ "--", "/bin/sh", "-c", "exit 7", NULL }), 7);
	free(err);
}

static void somebody_elses_session_is_shown_and_left_alone(void)
{
	struct live_run run;
	struct live_viewer viewer;
	struct wg_error err;
	char other[512];

	if (live_lacks_lttng())
		return;
	CU_ASSERT_FATAL(live_run_prepare(&run, live_workload("20")));
	(void)snprintf(other, sizeof(other), "%sx", run.url);
	CU_ASSERT_EQUAL(wg_live_check(other, &err), -ENOENT);
	CU_ASSERT(wg_has(err.text, "there is no session"));
	CU_ASSERT(live_viewer_start(&viewer, run.url));
	/* It is attached when the session has its one client. */
	CU_ASSERT(live_until_checked(run.url, -EBUSY));
	CU_ASSERT_EQUAL(wg_command_release(run.command, &err), 0);
	CU_ASSERT(live_run_until_ended(&run));
	CU_ASSERT_EQUAL(live_viewer_finish(&viewer), 0);
	CU_ASSERT(wg_has(viewer.out, "ended") && wg_has(viewer.out, "loop 1 tick"));
	free(viewer.out);
	live_run_leave(&run);
}

/* ---- on a terminal, and killed ---- */

static pid_t on_terminal(int *ret_fd, const char *passes)
{
	struct winsize size = { .ws_col = 100, .ws_row = 30 };
	pid_t pid = forkpty(ret_fd, NULL, NULL, &size);

	if (pid == 0) {
		char *const *workload = live_workload(passes);

		(void)setenv("TERM", "xterm-256color", 1);
		(void)execl(wg_build_path("wakegap"), "wakegap", "live", "--only", "--ascii", "--",
			workload[0], workload[1], workload[2], workload[3], workload[4],
			workload[5], workload[6], workload[7], (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void check_leaving(const char *keys, int expected)
{
	static char seen[1 << 20];
	const char *at;
	int fd, status = 0;
	size_t len;
	pid_t pid = on_terminal(&fd, "1000000"), command;

	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT(live_expect(fd, "following", seen, sizeof(seen)));
	CU_ASSERT(live_expect(fd, "loop 1 tick", seen, sizeof(seen)));
	CU_ASSERT_EQUAL(write(fd, keys, strlen(keys)), (ssize_t)strlen(keys));
	CU_ASSERT(live_expect(fd, "goes on as process ", seen, sizeof(seen)));
	len = strlen(seen);
	(void)live_expect(fd, "\n", seen + len, sizeof(seen) - len);
	at = strstr(seen, "goes on as process ");
	command = at ? (pid_t)strtol(at + strlen("goes on as process "), NULL, 10) : 0;
	while (live_expect(fd, "never", seen, sizeof(seen)))
		;
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), expected);
	(void)close(fd);
	CU_ASSERT(!live_has_session(pid));
	CU_ASSERT_FATAL(command > 1);
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	(void)kill(command, SIGKILL);
}

static void leaving_leaves_the_program_running(void)
{
	if (live_lacks_lttng())
		return;
	check_leaving("q", 0);
	check_leaving("\003", 128 + SIGINT); /* Ctrl-C is the viewer's, not the program's */
}

/* SIGKILL at any moment: the guardian cleans up, the program goes on. */
static void killed_it_leaves_nothing(void)
{
	struct live_viewer viewer;
	const char *tmp = wg_tmpdir();
	pid_t guard, relay, command;

	if (live_lacks_lttng())
		return;
	(void)setenv("TMPDIR", tmp, 1);
	CU_ASSERT_FATAL(live_viewer_start_command(&viewer));
	(void)unsetenv("TMPDIR");
	guard = live_child_of(viewer.pid, "wakegap-guard");
	relay = live_child_of(guard, "lttng-relayd");
	command = live_child_of(viewer.pid, "sleep");
	CU_ASSERT(guard > 0 && relay > 0 && command > 0);
	CU_ASSERT(live_has_session(viewer.pid));
	CU_ASSERT(!live_is_empty(tmp));
	(void)kill(viewer.pid, SIGKILL);
	CU_ASSERT_EQUAL(live_viewer_finish(&viewer), 128 + SIGKILL);
	free(viewer.out);
	CU_ASSERT(live_until_gone(relay));
	CU_ASSERT(live_until_gone(guard));
	CU_ASSERT(!live_has_session(viewer.pid));
	CU_ASSERT(live_is_empty(tmp));
	CU_ASSERT_EQUAL(kill(command, 0), 0);
	(void)kill(command, SIGKILL);
}

void suite_live(void)
{
	WG_TEST(the_header_counts_and_says_what_is_kept);
	WG_TEST(space_pauses_and_keys_go_back);
	WG_TEST(a_selection_survives_until_forgotten);
	WG_TEST(other_screens_and_the_mouse_do_as_in_a_recorded_trace);
	WG_TEST(a_feed_is_taken_at_once_and_then_thirty_times_a_second);
	WG_TEST(mistakes_are_one_line_each);
	WG_TEST(a_missing_relay_daemon_is_named);
	WG_TEST(the_screen_follows_a_program);
	WG_TEST(it_shows_the_end_and_passes_the_status_on);
	WG_TEST(somebody_elses_session_is_shown_and_left_alone);
	WG_TEST(leaving_leaves_the_program_running);
	WG_TEST(killed_it_leaves_nothing);
}
