/*
 * test_reading.c: the viewer on a trace that is still being read: the first picture, progress, keys
 * meanwhile, leaving, stopping; and the last picture, which is that of the whole trace.
 *
 * The reader is handed out in steps: by hand, or on a terminal a step for each byte of a pipe. So
 * nothing here waits for a clock.
 */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/emulator.h"
#include "tests/harness/fake_ctf.h"
#include "tests/harness/fake_threads.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "traces/read/read.h"
#include "viz/app/keys.h"
#include "viz/live/reading.h"
#include "viz/term/term.h"

/* A program of two processes, the second of which has more lanes later, as a trace on the disk. */
static const char *late_lanes(void)
{
	struct fake *fake = fake_create();
	const char *dir = wg_tmpdir();
	int64_t t = 1000;
	uint64_t i;

	for (i = 1; i <= 30; i++) {
		fake_process(fake, i % 2 ? 20 : 10, i % 2 ? "second" : "first");
		fake_submit(fake, t += 1000, 1, i);
		fake_wait(fake, t += 1000, 1, -1, 0);
		fake_start(fake, t += 1000, 1, i, (uint32_t)(i / 6));
		fake_done(fake, t += 1000, 1, i);
		fake_notify(fake, t += 1000, 1, i);
		fake_wake(fake, t += 1000, 1, WG_REASON_NOTIFIED, 1);
		fake_poll(fake, t += 1000, 1, 1);
		fake_deliver(fake, t += 1000, 1, i);
	}
	fake_write(fake, dir);
	return dir;
}

/* Opened, and one event of each trace read. */
static struct wg_reading *open_reading(const char *a, const char *b, int cols, int rows)
{
	struct wg_reading *r = calloc(1, sizeof(*r));
	struct wg_error err;

	CU_ASSERT_FATAL(r != NULL);
	CU_ASSERT_FATAL(wg_reading_add(r, a, NULL, &err) == 0);
	if (b)
		CU_ASSERT_FATAL(wg_reading_add(r, b, NULL, &err) == 0);
	CU_ASSERT_FATAL(wg_reading_init(r, 0, cols, rows, true) == 0);
	return r;
}

static void close_reading(struct wg_reading *r)
{
	wg_reading_fini(r);
	free(r);
}

static bool shows(const struct wg_reading *r, const char *what)
{
	char *text = wg_app_text(&r->app);
	bool has = wg_has(text, what);

	free(text);
	return has;
}

static unsigned press(struct wg_reading *r, const char *name)
{
	uint32_t key;

	CU_ASSERT_FATAL(wg_key_parse(name, strlen(name), &key) == 0);
	return r->feed.key(r, key, 0);
}

/* What --frame prints of them. */
static char *frame_of(const char *a, const char *b, int cols, int rows, const char *keys)
{
	struct wg_trace *traces[2] = { NULL, NULL };
	struct wg_error err;
	char *text;

	CU_ASSERT_FATAL(wg_trace_load(a, &traces[0], &err) == 0);
	if (b)
		CU_ASSERT_FATAL(wg_trace_load(b, &traces[1], &err) == 0);
	text = wg_screen_text(traces, b ? 2 : 1, cols, rows, true, keys);
	wg_trace_free(traces[0]);
	wg_trace_free(traces[1]);
	return text;
}

/* ---- the pictures ---- */

static void grows_to_the_whole(const char *a, const char *b, size_t step)
{
	struct wg_reading *r = open_reading(a, b, 120, 40);
	uint64_t before = 0;
	size_t steps = 0;
	char *whole, *last;

	while (!wg_reading_is_over(r)) {
		CU_ASSERT(shows(r, "reading") && shows(r, "Esc stops"));
		CU_ASSERT(r->app.reading.events > before && r->feed.fd >= 0);
		before = r->app.reading.events;
		CU_ASSERT_EQUAL(wg_reading_step(r, step), WG_FX_DRAW);
		steps++;
	}
	CU_ASSERT(steps > 1 && r->feed.fd < 0);
	whole = frame_of(a, b, 120, 40, "");
	last = wg_app_text(&r->app);
	CU_ASSERT_STRING_EQUAL(last, whole);
	free(whole);
	free(last);
	close_reading(r);
}

static void the_last_picture_is_that_of_the_whole_trace(void)
{
	char tick[512], threads[512];

	(void)snprintf(tick, sizeof(tick), "%s", wg_sample("tick"));
	(void)snprintf(threads, sizeof(threads), "%s", wg_tmpdir());
	fake_threads_write(threads);
	grows_to_the_whole(tick, NULL, 1);
	grows_to_the_whole(tick, NULL, 10);
	grows_to_the_whole(wg_sample("lossy"), NULL, 1);
	grows_to_the_whole(wg_sample("server"), NULL, 1);
	grows_to_the_whole(threads, NULL, 1);
	grows_to_the_whole(late_lanes(), NULL, 1);
	/* The second one is the longer one, and the other way round. */
	grows_to_the_whole(tick, late_lanes(), 7);
	grows_to_the_whole(late_lanes(), tick, 7);
}

static void what_is_seen_first_says_how_far_it_is(void)
{
	struct wg_reading *r = open_reading(wg_sample("tick"), NULL, 120, 30);

	CU_ASSERT(shows(r, "reading 99 %: 0.0M events, 0 of 0 MB, Esc stops") ||
		  shows(r, "reading: 0.0M events, Esc stops"));
	(void)wg_app_resize(&r->app, 80, 24);
	CU_ASSERT(shows(r, "Esc stops") && !shows(r, "events, "));
	(void)wg_app_resize(&r->app, 40, 10);
	CU_ASSERT(shows(r, "reading") && !shows(r, "Esc stops"));
	close_reading(r);
}

/* ---- keys meanwhile ---- */

static void keys_work_meanwhile(void)
{
	struct wg_reading *r = open_reading(late_lanes(), NULL, 100, 30);
	struct wg_scale scale;
	char *whole, *last;

	CU_ASSERT(wg_reading_step(r, 60) == WG_FX_DRAW);
	CU_ASSERT(press(r, "?") & WG_FX_DRAW && shows(r, "leave the viewer"));
	(void)wg_reading_step(r, 10);
	CU_ASSERT(shows(r, "leave the viewer") && shows(r, "reading"));
	(void)press(r, "q");
	(void)press(r, "w");
	(void)press(r, "z");
	scale = r->app.scale;
	CU_ASSERT(scale.step_ns < wg_scale_fit_step(r->app.begin_ns, r->app.end_ns, scale.cols));
	/* Where it was zoomed to it stays. */
	(void)wg_reading_step(r, 10);
	CU_ASSERT(r->app.scale.from_ns == scale.from_ns);
	CU_ASSERT(r->app.scale.step_ns == scale.step_ns);
	CU_ASSERT(press(r, "q") & WG_FX_QUIT);
	(void)wg_reading_step(r, 100000);
	CU_ASSERT(wg_reading_is_over(r));
	(void)press(r, "0");
	(void)press(r, "g");
	(void)press(r, "w");
	(void)press(r, "z");
	whole = frame_of(late_lanes(), NULL, 100, 30, "w z");
	last = wg_app_text(&r->app);
	CU_ASSERT(wg_has(last, strchr(whole, '\n'))); /* but for the folder's name */
	free(whole);
	free(last);
	close_reading(r);
}

/* More lanes come before it; the one that was chosen stays so. */
static void the_chosen_lane_stays_chosen(void)
{
	struct wg_reading *r = open_reading(late_lanes(), NULL, 100, 40);
	const struct wg_pane *pane = &r->app.panes[0];
	char name[64] = "";
	size_t before;
	uint32_t who;

	(void)wg_reading_step(r, 12);
	while (pane->lane + 1 < pane->trace->lane_count)
		(void)press(r, "j");
	before = pane->lane;
	(void)snprintf(name, sizeof(name), "%s", pane->trace->lanes[before].name);
	who = pane->trace->lanes[before].who;
	while (!wg_reading_is_over(r)) {
		(void)wg_reading_step(r, 1);
		CU_ASSERT_STRING_EQUAL(pane->trace->lanes[pane->lane].name, name);
		CU_ASSERT_EQUAL(pane->trace->lanes[pane->lane].who, who);
	}
	CU_ASSERT(pane->lane > before);
	close_reading(r);
}

static void esc_stops_and_what_was_read_stays(void)
{
	struct wg_reading *r = open_reading(late_lanes(), NULL, 100, 30);

	(void)wg_reading_step(r, 99);
	(void)press(r, "?");
	(void)press(r, "Esc"); /* that was for the help */
	CU_ASSERT(!wg_reading_is_over(r));
	CU_ASSERT(press(r, "Esc") & WG_FX_DRAW);
	CU_ASSERT(wg_reading_is_over(r) && r->feed.fd < 0 && r->end.code == 0);
	CU_ASSERT(shows(r, "note A: only") && shows(r, "100 events"));
	CU_ASSERT(shows(r, "reading was stopped") && shows(r, "paused"));
	CU_ASSERT_EQUAL(r->app.panes[0].trace->event_count, 100);
	CU_ASSERT(press(r, "w") & WG_FX_DRAW && press(r, "q") & WG_FX_QUIT);
	close_reading(r);
}

static void what_cannot_be_read_is_an_error_before_the_screen(void)
{
	struct wg_reading r = { 0 };
	struct wg_error err;

	CU_ASSERT(wg_reading_add(&r, "/no/such/folder", NULL, &err) < 0 && r.count == 0);
	CU_ASSERT(wg_has(err.text, "/no/such/folder"));
	CU_ASSERT(wg_reading_add(&r, wg_sample("foreign"), NULL, &err) < 0 || r.count == 1);
	wg_reading_fini(&r);
}

/* ---- on a terminal ---- */

#ifdef WG_HAVE_VTERM

static int steps[2]; /* a pipe: a byte is a step */
static char shown[512];

static unsigned take_step(void *user, int64_t now_ns)
{
	struct wg_reading *r = user;
	char byte;

	(void)now_ns;
	if (read(steps[0], &byte, 1) != 1)
		return WG_FX_QUIT;
	return wg_reading_step(r, byte == 'a' ? 1000000 : 50);
}

static void child(void *arg)
{
	struct wg_reading *r = open_reading(arg, NULL, 100, 30);
	int signo = 0, status;

	(void)setlocale(LC_ALL, "C.UTF-8");
	(void)setenv("TERM", "xterm-256color", 1);
	(void)dup2(steps[0], r->feed.fd);
	r->feed.take = take_step;
	status = wg_term_run_fed(&r->app, &r->feed, &signo);
	close_reading(r);
	if (signo)
		(void)raise(signo);
	_exit(status);
}

static struct seen *look(void)
{
	struct seen *s;

	(void)snprintf(shown, sizeof(shown), "%s", late_lanes());
	CU_ASSERT_FATAL(pipe(steps) == 0);
	s = seen_start(100, 30, child, shown);
	CU_ASSERT(seen_text(s, "reading"));
	return s;
}

static void leave(struct seen *s)
{
	seen_finish(s);
	(void)close(steps[0]);
	(void)close(steps[1]);
}

static void a_terminal_shows_all_of_it_in_the_end(void)
{
	struct seen *s = look();
	char *whole = frame_of(shown, NULL, 100, 30, "");

	CU_ASSERT(!wg_has(s->text, "process 10 first"));
	CU_ASSERT(write(steps[1], "s", 1) == 1);
	CU_ASSERT(seen_text(s, "process 10 first") && wg_has(s->text, "reading"));
	CU_ASSERT(write(steps[1], "a", 1) == 1);
	CU_ASSERT(seen_all(s, whole));
	pty_keys(s->pty, "q");
	CU_ASSERT(WEXITSTATUS(pty_finish(s->pty)) == 0);
	free(whole);
	leave(s);
}

/* The reader stands still, and would for ever. */
static void leaving_does_not_wait_for_the_end(void)
{
	struct seen *s = look();
	int status;

	pty_keys(s->pty, "?");
	CU_ASSERT(seen_text(s, "leave the viewer"));
	pty_keys(s->pty, "qq");
	status = pty_finish(s->pty);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(!wg_has(seen_screen(s), "reading"));
	CU_ASSERT(!s->altscreen && s->cursor_visible && s->mouse == 0);
	leave(s);
	s = look();
	pty_keys(s->pty, "\003");
	status = pty_finish(s->pty);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CU_ASSERT(!s->altscreen && s->cursor_visible && s->mouse == 0);
	leave(s);
}

#endif

void suite_reading(void)
{
	WG_TEST(the_last_picture_is_that_of_the_whole_trace);
	WG_TEST(what_is_seen_first_says_how_far_it_is);
	WG_TEST(keys_work_meanwhile);
	WG_TEST(the_chosen_lane_stays_chosen);
	WG_TEST(esc_stops_and_what_was_read_stays);
	WG_TEST(what_cannot_be_read_is_an_error_before_the_screen);
#ifdef WG_HAVE_VTERM
	WG_TEST(a_terminal_shows_all_of_it_in_the_end);
	WG_TEST(leaving_does_not_wait_for_the_end);
#endif
}
