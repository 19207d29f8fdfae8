/*
 * test_live_view.c: the screen of a running program, its events fed by hand: it follows, pauses and
 * goes back; what stands still then, and what is forgotten.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "viz/app/feed.h"
#include "viz/app/findings.h"
#include "viz/live/live_view.h"
#include "viz/screen/screen.h"
#include "viz/screen/text.h"

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
	if (type == WG_EV_LOST)
		ev.lost.begin_ns = t - 400000000;
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

/* A second's worth of screen is no use for 30 ms; nothing is not a loop that never slept. */
static void little_is_shown_as_wide_as_the_screen(void)
{
	static char text[16384];
	struct wg_live_view view;

	new_view(&view, 1000);
	CU_ASSERT_EQUAL(wg_live_view_feed(&view, NULL, 0, 1), 0);
	CU_ASSERT(wg_has(view.app.verdict, "no wakegap events yet from fake"));
	feed(&view, WG_EV_SUBMIT, 1000000000, 1);
	feed(&view, WG_EV_SUBMIT, 1030000000, 2);
	CU_ASSERT(!wg_has(view.app.verdict, "no wakegap events"));
	wg_live_view_fit(&view);
	CU_ASSERT(wg_scale_end(&view.app.scale) - view.app.scale.from_ns < 60000000);
	screen_text(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "30 ms"));
	wg_live_view_fini(&view);
}

/* Records of threads come as events of loops do: lanes, figures and findings follow. */
static void threads_grow_on_the_screen(void)
{
	static char text[16384];
	struct fake *fake = fake_threads();
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i, lanes = 0;
	struct wg_finding findings[WG_FINDINGS_MAX];
	struct wg_live_view view;

	new_view(&view, 100000);
	for (i = 0; i < count; i++) {
		CU_ASSERT_EQUAL(wg_live_view_feed(&view, &events[i], 1, events[i].ts_ns + 1000), 0);
		CU_ASSERT(view.app.panes[0].trace->lane_count >= lanes);
		lanes = view.app.panes[0].trace->lane_count;
		if (i == count / 2)
			CU_ASSERT(wg_app_findings(&view.app, findings, WG_FINDINGS_MAX) > 1);
	}
	CU_ASSERT_EQUAL(lanes, 5);
	CU_ASSERT(wg_has(view.app.verdict, "server+client: 4 threads woke 37 times"));
	wg_live_view_fit(&view);
	screen_text(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "worker 813") && wg_has(text, "37 wakes"));
	CU_ASSERT(wg_app_findings(&view.app, findings, WG_FINDINGS_MAX) > 4);
	CU_ASSERT(wg_has(findings[0].text, "eager 815") && findings[0].severity == 2);
	wg_live_view_fini(&view);
	fake_destroy(fake);
}

/* While paused the chosen thread stays chosen, though lanes come in front of it. */
static void a_chosen_thread_stays_chosen(void)
{
	struct fake *fake = fake_threads();
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i, k;
	struct wg_live_view view;

	new_view(&view, 60);
	for (i = 0; i < count; i++) {
		CU_ASSERT_EQUAL(wg_live_view_feed(&view, &events[i], 1, events[i].ts_ns + 1000), 0);
		for (k = 0; i == 20 && k < 2; k++)
			(void)wg_live_view_key(&view, 'j', events[i].ts_ns);
		if (i >= 20)
			CU_ASSERT_EQUAL(
				view.app.panes[0].trace->lanes[view.app.panes[0].lane].tid, 813);
	}
	wg_live_view_fini(&view);
	fake_destroy(fake);
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
	CU_ASSERT_FATAL(view.app.panes[0].op != 0);
	CU_ASSERT_EQUAL(view.app.panes[0].op_id, 499);
	for (; t < 900; t++)
		feed(&view, WG_EV_SUBMIT, t * 1000, (uint64_t)t);
	CU_ASSERT_FATAL(view.app.panes[0].op != 0);
	CU_ASSERT_EQUAL(view.app.panes[0].op_id, 499);
	for (; t < 9000; t++)
		feed(&view, WG_EV_SUBMIT, t * 1000, (uint64_t)t);
	CU_ASSERT(view.app.panes[0].op == 0);
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

/* A wait of 10 ms beside a result, and what goes before. */
static void feed_gap(struct wg_live_view *view, int64_t at, uint64_t op)
{
	feed(view, WG_EV_SUBMIT, at, op);
	feed(view, WG_EV_WAIT, at + 1000, 0);
	feed(view, WG_EV_START, at + 1500, op);
	feed(view, WG_EV_DONE, at + 2000, op);
	feed(view, WG_EV_WAKE, at + 10002000, 0);
	feed(view, WG_EV_DELIVER, at + 10003000, op);
}

static void words(const struct wg_live_view *view, char *text, size_t len)
{
	FILE *out = fmemopen(text, len, "w");

	CU_ASSERT_FATAL(out != NULL);
	wg_text_print(&view->app, out);
	(void)fclose(out);
}

/* All but what says that more has come: the title and the strip over all that is kept. */
static void without_news(char *text)
{
	static const char *const news[] = { " wakegap live", " overview", " in sight" };
	size_t i;

	for (i = 0; i < 3; i++) {
		char *line = strstr(text, news[i]), *end = line ? strchr(line, '\n') : NULL;

		if (end)
			memmove(line, end, strlen(end) + 1);
	}
}

/* A paused screen must not change: the user points at something on it. */
static void paused_is_the_whole_screen(void)
{
	static char before[16384], after[16384];
	static const char *const screens[] = { "", "s", "i" };
	struct wg_live_view view;
	int64_t t = 1000000000;
	size_t i, k;

	for (i = 0; i < 3; i++) {
		new_view(&view, 100000);
		for (k = 1; k <= 40; k++, t += 200000000)
			feed_gap(&view, t, k);
		press(&view, " hhhhhhhhhh");
		press(&view, screens[i]);
		screen_text(&view, before, sizeof(before));
		for (; k <= 80; k++, t += 200000000)
			feed_gap(&view, t, k);
		screen_text(&view, after, sizeof(after));
		CU_ASSERT(wg_has(before, "paused") && wg_has(after, "paused"));
		CU_ASSERT(wg_has(before, " 240 events") && wg_has(after, " 480 events"));
		without_news(before);
		without_news(after);
		CU_ASSERT_STRING_EQUAL(before, after);
		press(&view, "\033F");
		screen_text(&view, after, sizeof(after));
		CU_ASSERT(wg_has(after, "following") && wg_has(after, ", 80 ops"));
		CU_ASSERT_EQUAL(view.app.panes[0].figures.gaps, 80);
		wg_live_view_fini(&view);
	}
}

/* A terminal is hardly ever as large as the screen was made for, before there is an event. */
static void another_size_shows_as_much_time(void)
{
	static const int sizes[][2] = { { 80, 24 }, { 200, 50 }, { 40, 10 }, { 20, 5 },
		{ 90, 26 } };
	struct wg_live_view view;
	const struct wg_scale *scale = &view.app.scale;
	size_t i, at = 1;

	new_view(&view, 100000);
	for (i = 0; i < 5; i++) {
		(void)wg_app_resize(&view.app, sizes[i][0], sizes[i][1]);
		CU_ASSERT(scale->step_ns * scale->cols >= 5000000000);
		CU_ASSERT(scale->step_ns * scale->cols < 5001000000);
		for (; at < (i + 1) * 200; at++)
			feed(&view, WG_EV_SUBMIT, (int64_t)at * 10000000, at);
		CU_ASSERT(wg_scale_end(scale) > view.app.end_ns);
	}
	press(&view, " hhhhh");
	(void)wg_app_resize(&view.app, 132, 43);
	CU_ASSERT(wg_app_cursor_col(&view.app) >= 0 && wg_app_cursor_col(&view.app) < scale->cols);
	wg_live_view_fini(&view);
}

static void the_title_says_what_is_kept_at_every_width(void)
{
	static char text[16384];
	struct wg_live_view view;
	int64_t t;
	int cols;

	for (cols = 80; cols <= 200; cols += 10) {
		new_view(&view, 100000);
		(void)snprintf(view.title.name, sizeof(view.title.name), "a-command-of-long-name");
		(void)wg_app_resize(&view.app, cols, 24);
		for (t = 1; t < 1000; t++)
			feed(&view, WG_EV_SUBMIT, t * 10000000, (uint64_t)t);
		screen_text(&view, text, sizeof(text));
		CU_ASSERT(wg_has(text, " 999 events  0 discarded  kept 999 of 100k, 60.0 s "));
		CU_ASSERT(wg_has(text, " following\n"));
		wg_live_view_fini(&view);
	}
}

static void the_screen_in_cells_and_in_words(void)
{
	static char text[16384];
	struct wg_live_view view;
	uint64_t k;

	new_view(&view, 100000);
	for (k = 1; k <= 60; k++) {
		if (k == 30)
			feed(&view, WG_EV_LOST, 2750000000, 17);
		if (k < 20 || k >= 30)
			feed_gap(&view, 1000000000 + (int64_t)k * 60000000, k);
	}
	screen_text(&view, text, sizeof(text));
	wg_golden_compare("view-live.txt", text);
	words(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "live: fake, following, 300 events, 17 discarded, kept 301 of "));
	CU_ASSERT(wg_has(text, ", 0.15 s behind"));
	press(&view, " ");
	words(&view, text, sizeof(text));
	CU_ASSERT(wg_has(text, "live: fake, paused, "));
	wg_live_view_fini(&view);
}

/* The lag of the closing line is up to the picture, not up to its making. */
static void an_event_is_shown_when_it_is_drawn(void)
{
	struct wg_event ev = { .ts_ns = 1000000000, .type = WG_EV_SUBMIT, .pid = 7, .loop = 1 };
	struct wg_live_view view;
	struct wg_dist lag;

	new_view(&view, 1000);
	view.batch[0] = ev;
	view.batch_count = 1;
	CU_ASSERT_EQUAL(view.lag.count, 0);
	wg_live_view_drawn(&view, 1090000000);
	wg_live_view_drawn(&view, 9990000000); /* drawn again for a key: nothing new on it */
	lag = view.lag;
	wg_dist_finish(&lag);
	CU_ASSERT_EQUAL(lag.count, 1);
	CU_ASSERT_EQUAL(lag.max, 90000000);
	wg_live_view_fini(&view);
}

void suite_live_view(void)
{
	WG_TEST(the_header_counts_and_says_what_is_kept);
	WG_TEST(little_is_shown_as_wide_as_the_screen);
	WG_TEST(threads_grow_on_the_screen);
	WG_TEST(a_chosen_thread_stays_chosen);
	WG_TEST(space_pauses_and_keys_go_back);
	WG_TEST(a_selection_survives_until_forgotten);
	WG_TEST(other_screens_and_the_mouse_do_as_in_a_recorded_trace);
	WG_TEST(a_feed_is_taken_at_once_and_then_thirty_times_a_second);
	WG_TEST(paused_is_the_whole_screen);
	WG_TEST(another_size_shows_as_much_time);
	WG_TEST(the_title_says_what_is_kept_at_every_width);
	WG_TEST(the_screen_in_cells_and_in_words);
	WG_TEST(an_event_is_shown_when_it_is_drawn);
}
