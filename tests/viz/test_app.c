/*
 * test_app.c: keys change the viewer's state as the help screen says, without terminal or clock.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/opened_app.h"
#include "viz/app/app.h"
#include "viz/app/words.h"
#include "viz/app/script.h"
#include "viz/app/seek.h"

/* Two traces, 104 columns of time; keys pressed. */
static struct wg_app opened(const char *keys)
{
	return wg_opened_app(120, 40, keys);
}

static void it_opens_on_everything_aligned_at_submit(void)
{
	struct wg_app app = opened("");

	CU_ASSERT(app.pane_count == 2 && app.active == 0);
	CU_ASSERT(WG_OP(app.panes[0].trace, 0)->submit_ns == app.panes[0].origin_ns);
	CU_ASSERT(WG_OP(app.panes[1].trace, 0)->submit_ns == app.panes[1].origin_ns);
	CU_ASSERT(app.begin_ns == -50000);
	CU_ASSERT(app.scale.from_ns == app.begin_ns);
	CU_ASSERT(wg_scale_end(&app.scale) > app.end_ns);
	CU_ASSERT(wg_scale_time(&app.scale, app.scale.cols - 2) < app.end_ns);
	wg_opened_apps_done();
}

static void zoom_keeps_the_cursor_in_its_column(void)
{
	struct wg_app app = opened("l l l l l l l l l l l l l l l l l l l l l l l l l l l l l l");
	int64_t t = app.cursor_ns, step = app.scale.step_ns;
	int col = wg_app_cursor_col(&app);

	(void)wg_app_key(&app, '+', 0);
	CU_ASSERT(app.cursor_ns == t);
	CU_ASSERT(wg_app_cursor_col(&app) == col);
	CU_ASSERT(app.scale.step_ns == (step + 1) / 2);
	(void)wg_app_key(&app, '-', 0);
	CU_ASSERT(app.scale.step_ns == step);
	(void)wg_app_key(&app, '-', 0);
	CU_ASSERT(app.scale.step_ns == step); /* never wider than everything */
	CU_ASSERT(app.status[0] != '\0');
	wg_opened_apps_done();
}

static void zoom_ends_at_one_nanosecond(void)
{
	struct wg_app app = opened("");
	int i;

	for (i = 0; i < 80; i++)
		(void)wg_app_key(&app, '+', 0);
	CU_ASSERT(app.scale.step_ns == 1);
	CU_ASSERT(wg_has(app.status, "no zooming further"));
	(void)wg_app_key(&app, '0', 0);
	CU_ASSERT(app.scale.from_ns == app.begin_ns);
	CU_ASSERT(wg_scale_end(&app.scale) > app.end_ns);
	wg_opened_apps_done();
}

static void the_cursor_stays_in_sight(void)
{
	static const uint32_t keys[] = { 'l', 'h', 'L', 'H', '.', ',', 'w', 'b', 'W', '+', '-', 'G',
		'g', 'z', '\t', 'j', 'k', WG_KEY_RIGHT, WG_KEY_PAGE_DOWN };
	struct wg_app app = opened("");
	unsigned state = 12345;
	int i;

	for (i = 0; i < 5000; i++) {
		int col;

		state = state * 1103515245u + 12345u;
		(void)wg_app_key(&app, keys[(state >> 16) % (sizeof(keys) / sizeof(keys[0]))],
			i * INT64_C(1000000));
		col = wg_app_cursor_col(&app);
		CU_ASSERT_FATAL(col >= 0 && col < app.scale.cols);
		CU_ASSERT_FATAL(app.cursor_ns >= app.begin_ns && app.cursor_ns <= app.end_ns);
		CU_ASSERT_FATAL(app.scale.step_ns >= 1 && app.scale.from_ns >= app.begin_ns);
	}
	wg_opened_apps_done();
}

static void steps_go_from_event_to_event(void)
{
	struct wg_app app = opened("g");
	size_t i, n = app.panes[0].trace->event_count;

	CU_ASSERT(app.cursor_ns == app.begin_ns);
	for (i = 1; i < n; i++) {
		(void)wg_app_key(&app, '.', 0);
		CU_ASSERT(app.cursor_ns + app.panes[0].origin_ns ==
			  WG_EVENT(app.panes[0].trace, i)->ts_ns);
	}
	(void)wg_app_key(&app, '.', 0);
	CU_ASSERT(wg_has(app.status, "no event after"));
	(void)wg_app_key(&app, ',', 0);
	CU_ASSERT(app.cursor_ns + app.panes[0].origin_ns ==
		  WG_EVENT(app.panes[0].trace, n - 2)->ts_ns);
	wg_opened_apps_done();
}

static void wasted_intervals_are_found_in_order(void)
{
	struct wg_app app = opened("g");
	int64_t last = INT64_MIN;
	int n = 0;

	for (;; n++) {
		(void)wg_app_key(&app, 'w', 0);
		if (wg_has(app.status, "no wasted"))
			break;
		CU_ASSERT_FATAL(app.cursor_ns > last);
		last = app.cursor_ns;
	}
	CU_ASSERT(n == 20);
	while (!wg_has(app.status, "no wasted interval before")) {
		(void)wg_app_key(&app, 'b', 0);
		n--;
	}
	CU_ASSERT(n == 0); /* 19 steps back, and one that says there is no more */
	wg_opened_apps_done();
}

static void the_longest_is_the_longest(void)
{
	struct wg_app app = opened("Tab W");
	const struct wg_trace *trace = app.panes[1].trace;
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec = wg_seek_longest(trace, 0, &room);
	size_t i;

	CU_ASSERT_FATAL(rec != NULL);
	CU_ASSERT(app.cursor_ns + app.panes[1].origin_ns == rec->interval.gap_begin_ns);
	for (i = 0; i < trace->wait_count; i++) {
		const struct wg_interval *other = &WG_WAIT(trace, i)->interval;

		CU_ASSERT(other->wake_ns - other->gap_begin_ns <=
			  rec->interval.wake_ns - rec->interval.gap_begin_ns);
	}
	wg_opened_apps_done();
}

static void zoom_to_shows_the_whole_wait(void)
{
	struct wg_app app = opened("w w w w w z");
	const struct wg_pane *pane = &app.panes[0];
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec = wg_seek_wasted_at(pane->trace,
		&pane->trace->lanes[pane->lane], app.cursor_ns + pane->origin_ns, 1, &room);

	CU_ASSERT_FATAL(rec != NULL);
	CU_ASSERT(wg_scale_col(&app.scale, rec->interval.wait_ns - pane->origin_ns) >= 0);
	CU_ASSERT(
		wg_scale_col(&app.scale, rec->interval.wake_ns - pane->origin_ns) < app.scale.cols);
	CU_ASSERT((rec->interval.wake_ns - rec->interval.wait_ns) / app.scale.step_ns > 40);
	wg_opened_apps_done();
}

static void select_takes_the_operation_and_lets_go(void)
{
	struct wg_app app = opened("w w w Enter");
	struct wg_op_life life;

	CU_ASSERT_FATAL(app.panes[0].op != 0);
	CU_ASSERT(app.panes[0].op_id == 3);
	(void)wg_app_key(&app, 'l', 0);
	CU_ASSERT(
		wg_app_op(&app, 0, &life)->op == 3); /* the selected one, wherever the cursor is */
	(void)wg_app_key(&app, 0x1b, 0);
	CU_ASSERT(app.panes[0].op == 0);
	app = opened("w Enter Enter");
	CU_ASSERT(app.panes[0].op == 0);
	app = opened("Tab G j j j Enter");
	CU_ASSERT(app.panes[1].op == 0);
	CU_ASSERT(wg_has(app.status, "no operation"));
	wg_opened_apps_done();
}

static void lanes_and_panes_are_chosen(void)
{
	struct wg_app app = opened("j j Tab j");

	CU_ASSERT(app.panes[0].lane == 2 && app.panes[1].lane == 1 && app.active == 1);
	app = opened("k j j j j j j j j j");
	CU_ASSERT(app.panes[0].lane == app.panes[0].trace->lane_count - 1);
	wg_opened_apps_done();
}

static void playing_follows_the_clock(void)
{
	struct wg_app app = opened("g");
	int64_t before = app.cursor_ns;

	CU_ASSERT(wg_app_next_tick(&app, 0) == -1); /* an idle viewer sleeps for ever */
	CU_ASSERT(wg_app_tick(&app, 5) == 0);
	(void)wg_app_key(&app, ' ', 1000);
	CU_ASSERT(app.playing);
	CU_ASSERT(strcmp(wg_app_speed(&app), "1/100") == 0);
	CU_ASSERT(wg_app_next_tick(&app, 1000) > 1000 + 30000000);
	CU_ASSERT(wg_app_tick(&app, 1000 + 1000000000) == WG_FX_DRAW);
	CU_ASSERT(app.cursor_ns == before + 10000000);
	(void)wg_app_key(&app, '[', 1000 + 1000000000);
	CU_ASSERT(strcmp(wg_app_speed(&app), "1/1000") == 0);
	(void)wg_app_tick(&app, 1000 + 2000000000);
	CU_ASSERT(app.cursor_ns == before + 11000000);
	(void)wg_app_key(&app, ' ', 1000 + 3000000000);
	CU_ASSERT(!app.playing && app.cursor_ns == before + 12000000);
	wg_opened_apps_done();
}

static void playing_ends_at_the_end(void)
{
	struct wg_app app = opened("G Left Space Wait:1000s");

	CU_ASSERT(!app.playing && app.cursor_ns == app.end_ns);
	CU_ASSERT(wg_app_cursor_col(&app) < app.scale.cols);
	app = opened("g Play:1s");
	CU_ASSERT(!app.playing && app.cursor_ns == app.begin_ns + 10000000);
	wg_opened_apps_done();
}

/* Every line of the words fits, none is lost on the way, and scrolling reaches the last. */
static void all_words_are_reached(const char *keys, int cols, int rows)
{
	struct wg_app app = opened(keys);
	char *text, *rest;
	int i, lines, len, indent;
	const char *at;

	(void)wg_app_resize(&app, cols, rows);
	CU_ASSERT_EQUAL_FATAL(app.view, WG_VIEW_WORDS);
	text = rest = wg_words_here(&app);
	lines = wg_words_lines(&app);
	for (i = 0; i < lines; i++) {
		at = wg_words_line(text, cols - 2, i, &len, &indent);
		CU_ASSERT_FATAL(at != NULL && len + indent <= cols - 2);
		CU_ASSERT(at - rest <= 1 && strspn(rest, " \n") >= (size_t)(at - rest));
		rest = (char *)(uintptr_t)at + len;
	}
	CU_ASSERT(strspn(rest, "\n") == strlen(rest));
	free(text);
	for (i = 0; i < lines + 5; i++)
		(void)wg_app_key(&app, 'j', 0);
	CU_ASSERT_EQUAL(app.top, lines > rows - 3 ? lines - (rows - 3) : 0);
	(void)wg_app_key(&app, 'k', 0);
	CU_ASSERT_EQUAL(app.top, lines > rows - 3 ? lines - (rows - 3) - 1 : 0);
	(void)wg_app_key(&app, 0x1b, 0);
	CU_ASSERT_EQUAL(app.view, app.under);
}

static void what_is_cut_can_be_read(void)
{
	static const char *const keys[] = { "x", "w w x", "i x", "s x", "G Tab x" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		all_words_are_reached(keys[i], 40, 10);
		all_words_are_reached(keys[i], 80, 24);
	}
	wg_opened_apps_done();
}

static void unknown_keys_are_answered(void)
{
	struct wg_app app = opened("g");

	CU_ASSERT(wg_app_key(&app, 'r', 0) == WG_FX_DRAW);
	CU_ASSERT_STRING_EQUAL(app.status, "no such key: r (? for help)");
	(void)wg_app_key(&app, 'l', 0);
	CU_ASSERT_STRING_EQUAL(app.status, "");
	(void)wg_app_key(&app, WG_KEY_OTHER, 0); /* F5, say */
	CU_ASSERT_STRING_EQUAL(app.status, "no such key (? for help)");
	(void)wg_app_key(&app, 'F', 0);
	CU_ASSERT(wg_has(app.status, "a recorded trace does not grow"));
	wg_opened_apps_done();
}

static void scripts_name_their_mistakes(void)
{
	struct wg_app app = opened("");
	char bad[64] = "";

	CU_ASSERT(wg_script_run(&app, "l Rihgt h", bad, sizeof(bad)) < 0);
	CU_ASSERT_STRING_EQUAL(bad, "Rihgt");
	CU_ASSERT(wg_script_run(&app, "Wait:5", bad, sizeof(bad)) < 0);
	CU_ASSERT_STRING_EQUAL(bad, "Wait:5");
	CU_ASSERT(wg_script_run(&app, "  ", bad, sizeof(bad)) == 0);
	wg_opened_apps_done();
}

static void help_opens_scrolls_and_closes(void)
{
	struct wg_app app = opened("? j j");

	CU_ASSERT(app.view == WG_VIEW_HELP && app.top == 2);
	CU_ASSERT(!(wg_app_key(&app, 'q', 0) & WG_FX_QUIT)); /* leaves the help first */
	CU_ASSERT(app.view == WG_VIEW_LANES);
	CU_ASSERT(wg_app_key(&app, 'q', 0) & WG_FX_QUIT);
	wg_opened_apps_done();
}

static void resizing_keeps_the_view(void)
{
	struct wg_app app = opened("");

	(void)wg_app_resize(&app, 60, 20);
	CU_ASSERT(wg_scale_end(&app.scale) > app.end_ns); /* all stays all */
	CU_ASSERT(!wg_app_too_small(&app));
	(void)wg_app_resize(&app, 20, 5);
	CU_ASSERT(wg_app_too_small(&app));
	(void)wg_app_resize(&app, 120, 40);
	CU_ASSERT(wg_app_cursor_col(&app) >= 0);
	wg_opened_apps_done();
}

static void marks_are_removed_where_they_are_seen(void)
{
	struct wg_app app = opened("l l l 1");
	int64_t t = app.mark_ns[0];

	CU_ASSERT(t == app.cursor_ns);
	app.cursor_ns++; /* as an event in the mark's column would do */
	(void)wg_app_key(&app, '1', 0);
	CU_ASSERT(app.mark_ns[0] == WG_NO_TIME && wg_has(app.status, "mark 1 removed"));
	(void)wg_script_run(&app, "1 l 1", NULL, 0);
	CU_ASSERT(app.mark_ns[0] == app.cursor_ns); /* elsewhere: it moves */
	(void)wg_script_run(&app, "2 Esc", NULL, 0);
	CU_ASSERT(app.mark_ns[0] == WG_NO_TIME && app.mark_ns[1] == WG_NO_TIME);
	app = opened("l l l m");
	CU_ASSERT(app.panes[0].bookmarks.count == 1);
	app.cursor_ns++;
	(void)wg_app_key(&app, 'm', 0);
	CU_ASSERT(app.panes[0].bookmarks.count == 0);
	wg_opened_apps_done();
}

static void the_marked_time_fills_the_screen(void)
{
	struct wg_app app = opened("t Type:10ms Enter 1 t Type:15ms Enter 2 Z");
	int64_t most = wg_scale_fit_step(app.mark_ns[0], app.mark_ns[1], app.scale.cols);

	CU_ASSERT(app.scale.step_ns == most);
	CU_ASSERT(wg_scale_col(&app.scale, app.mark_ns[0]) == 0);
	CU_ASSERT(wg_scale_col(&app.scale, app.mark_ns[1]) == app.scale.cols - 1);
	/* No column is less than a nanosecond. */
	app = opened("t Type:10ms Enter 1 2 Z");
	CU_ASSERT(app.scale.step_ns == 1 && wg_app_cursor_col(&app) == 0);
	wg_opened_apps_done();
}

static void space_at_the_end_plays_from_the_beginning(void)
{
	struct wg_app app = opened("G Space");

	CU_ASSERT(app.playing && app.cursor_ns == app.begin_ns);
	CU_ASSERT(wg_app_cursor_col(&app) == 0);
	(void)wg_app_tick(&app, 1000000000);
	CU_ASSERT(app.playing && app.cursor_ns > app.begin_ns);
	wg_opened_apps_done();
}

void suite_app(void)
{
	WG_TEST(marks_are_removed_where_they_are_seen);
	WG_TEST(the_marked_time_fills_the_screen);
	WG_TEST(space_at_the_end_plays_from_the_beginning);
	WG_TEST(it_opens_on_everything_aligned_at_submit);
	WG_TEST(zoom_keeps_the_cursor_in_its_column);
	WG_TEST(zoom_ends_at_one_nanosecond);
	WG_TEST(the_cursor_stays_in_sight);
	WG_TEST(steps_go_from_event_to_event);
	WG_TEST(wasted_intervals_are_found_in_order);
	WG_TEST(the_longest_is_the_longest);
	WG_TEST(zoom_to_shows_the_whole_wait);
	WG_TEST(select_takes_the_operation_and_lets_go);
	WG_TEST(lanes_and_panes_are_chosen);
	WG_TEST(playing_follows_the_clock);
	WG_TEST(playing_ends_at_the_end);
	WG_TEST(what_is_cut_can_be_read);
	WG_TEST(unknown_keys_are_answered);
	WG_TEST(scripts_name_their_mistakes);
	WG_TEST(help_opens_scrolls_and_closes);
	WG_TEST(resizing_keeps_the_view);
}
