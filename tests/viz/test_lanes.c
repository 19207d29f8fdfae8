/*
 * test_lanes.c: lanes of several processes and loops, folded, sorted, hidden; two traces laid
 * beside each other; the odd traces; every screen as a golden file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "viz/app/app.h"
#include "viz/canvas/canvas.h"
#include "viz/screen/screen.h"
#include "viz/app/script.h"
#include "viz/screen/text.h"

static struct wg_app opened(struct wg_trace *a, struct wg_trace *b, const char *keys)
{
	const struct wg_trace *both[2] = { a, b };
	struct wg_app app;
	char bad[64] = "";

	CU_ASSERT_FATAL(wg_app_init(&app, both, b ? 2 : 1, 120, 40, false) == 0);
	CU_ASSERT_FATAL(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return app;
}

/* ---- fold, sort, hide ---- */

static void lanes_fold_and_say_how_many(void)
{
	struct wg_trace *t = fake_reads("tick", 20, 4, 10000000), *one;
	struct wg_app app = opened(t, NULL, "f");
	char name[64];

	CU_ASSERT_FATAL(app.panes[0].list.count == 2);
	CU_ASSERT(app.panes[0].list.entries[1].members == 4);
	(void)wg_entry_name(name, sizeof(name), t, &app.panes[0].list.entries[1]);
	CU_ASSERT_STRING_EQUAL(name, "4 workers");
	app = opened(t, NULL, "f j g w");
	CU_ASSERT(wg_app_op_number(&app, 0) != 0); /* of whichever worker is at it */
	app = opened(t, NULL, "f f");
	CU_ASSERT(app.panes[0].list.count == 5);
	one = fake_reads("one", 3, 1, 0);
	app = opened(one, NULL, "f");
	CU_ASSERT(wg_has(app.status, "nothing to fold"));
	fake_trace_free(one);
	fake_trace_free(t);
}

static void lanes_hide_and_come_back(void)
{
	struct wg_trace *t = fake_reads("tick", 20, 4, 10000000);
	struct wg_app app = opened(t, NULL, "j v");

	CU_ASSERT(app.panes[0].list.count == 4 && app.panes[0].list.hidden_lanes == 1);
	CU_ASSERT(wg_has(app.status, "1 lane hidden"));
	CU_ASSERT(wg_lane_list_find(&app.panes[0].list, app.panes[0].lane) < 4);
	app = opened(t, NULL, "v v v v v v v");
	CU_ASSERT(app.panes[0].list.count == 1);
	CU_ASSERT(wg_has(app.status, "one lane has to stay"));
	(void)wg_app_key(&app, 'V', 0);
	CU_ASSERT(app.panes[0].list.count == 5 && app.panes[0].list.hidden_lanes == 0);
	fake_trace_free(t);
}

static int64_t busy(const struct wg_lane *lane)
{
	int64_t ns = 0;
	size_t i;

	for (i = 0; i < lane->span_count; i++)
		ns += WG_SPAN(lane, i)->end_ns - WG_SPAN(lane, i)->begin_ns;
	return ns;
}

static void lanes_are_sorted(void)
{
	struct wg_trace *t = fake_reads("tick", 33, 8, 10000000);
	struct wg_app app = opened(t, NULL, "o");
	const struct wg_lane_list *list = &app.panes[0].list;
	size_t i;

	CU_ASSERT(list->count == 9 && list->entries[0].lane == 0); /* loops stay above workers */
	for (i = 2; i < list->count; i++)
		CU_ASSERT(busy(&t->lanes[list->entries[i - 1].lane]) >=
			  busy(&t->lanes[list->entries[i].lane]));
	(void)wg_app_key(&app, 'o', 0);
	(void)wg_app_key(&app, 'o', 0);
	for (i = 0; i < list->count; i++)
		CU_ASSERT(list->entries[i].lane == i);
	fake_trace_free(t);
}

static void processes_are_told_apart(void)
{
	struct wg_trace *t = fake_processes();
	struct wg_app app = opened(t, NULL, "");
	const struct wg_lane_list *list = &app.panes[0].list;
	size_t i, headings = 0, lanes = 0;

	for (i = 0; i < list->count; i++) {
		headings += list->entries[i].kind == WG_ENTRY_PROCESS;
		lanes += list->entries[i].kind == WG_ENTRY_LANE;
	}
	CU_ASSERT(headings == 2 && lanes == t->lane_count);
	for (i = 0; i < 20; i++) { /* the choice never rests on a heading */
		size_t at = wg_lane_list_find(list, app.panes[0].lane);

		CU_ASSERT(at < list->count && list->entries[at].kind == WG_ENTRY_LANE);
		(void)wg_app_key(&app, 'j', 0);
	}
	CU_ASSERT(app.panes[0].lane == t->lane_count - 1);
	fake_trace_free(t);
}

/* ---- two traces ---- */

static void traces_are_aligned_three_ways(void)
{
	struct wg_trace *a = fake_reads("tick", 20, 4, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 20, 4, 0);
	struct wg_app app = opened(a, b, "w w w w w Enter c c");
	const struct wg_pane *panes = app.panes;

	CU_ASSERT(app.align == WG_ALIGN_OP);
	CU_ASSERT(WG_OP(a, 4)->submit_ns - panes[0].origin_ns ==
		  WG_OP(b, 4)->submit_ns - panes[1].origin_ns);
	CU_ASSERT(app.begin_ns <= b->begin_ns - panes[1].origin_ns);
	app = opened(a, b, "c");
	CU_ASSERT(app.align == WG_ALIGN_BEGIN && panes[0].origin_ns == a->begin_ns);
	CU_ASSERT(app.begin_ns == 0);
	app = opened(a, b, "w w w c c c");
	CU_ASSERT(app.align == WG_ALIGN_SUBMIT);
	CU_ASSERT(panes[0].origin_ns == WG_OP(a, 0)->submit_ns);
	CU_ASSERT(panes[1].origin_ns == WG_OP(b, 0)->submit_ns);
	fake_trace_free(a);
	fake_trace_free(b);
}

static void the_same_operation_is_found_in_the_other(void)
{
	struct wg_trace *a = fake_reads("tick", 20, 4, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 10, 4, 0);
	struct wg_app app = opened(a, b, "w w w w w p");

	CU_ASSERT(app.active == 1);
	CU_ASSERT(app.panes[0].op == 5 && app.panes[1].op == 5);
	CU_ASSERT(app.cursor_ns + app.panes[1].origin_ns == WG_OP(b, 4)->submit_ns);
	app = opened(a, b, "W p");
	CU_ASSERT(app.active == 1 || wg_has(app.status, "has only 10"));
	app = opened(a, NULL, "w p");
	CU_ASSERT(wg_has(app.status, "one trace"));
	fake_trace_free(a);
	fake_trace_free(b);
}

static void cursors_go_apart_and_together(void)
{
	struct wg_trace *a = fake_reads("tick", 20, 4, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 20, 4, 0);
	struct wg_app app = opened(a, b, "y w w w w Tab");
	int64_t first = opened(a, b, "w w w w").cursor_ns;

	CU_ASSERT(app.is_free && app.cursor_ns == 0); /* where it was when they parted */
	(void)wg_app_key(&app, 'w', 0);
	(void)wg_app_key(&app, '\t', 0);
	CU_ASSERT(app.cursor_ns == first);
	(void)wg_app_key(&app, 'y', 0);
	(void)wg_app_key(&app, '\t', 0);
	CU_ASSERT(!app.is_free && app.cursor_ns == first);
	fake_trace_free(a);
	fake_trace_free(b);
}

/* ---- a trace that grows ---- */

static void what_was_chosen_stays_as_the_trace_grows(void)
{
	struct wg_trace *small = fake_reads("tick", 5, 2, 10000000);
	struct wg_trace *large = fake_reads("tick", 50, 4, 10000000);
	struct wg_app app = opened(small, NULL, "j v w w Enter");
	uint64_t op = app.panes[0].op_id;

	app.panes[0].trace = large;
	CU_ASSERT(wg_app_grown(&app) & WG_FX_DRAW);
	CU_ASSERT(app.panes[0].figures.ops == 50);
	CU_ASSERT(app.panes[0].op && app.panes[0].op_id == op);
	CU_ASSERT(app.panes[0].list.hidden_lanes == 1); /* by name, not by place */
	CU_ASSERT(wg_scale_end(&app.scale) > app.end_ns);
	fake_trace_free(small);
	fake_trace_free(large);
}

/* ---- golden screens ---- */

static void golden(const char *name, struct wg_trace *a, struct wg_trace *b, int cols, int rows,
	bool ascii, const char *keys)
{
	struct wg_trace *traces[2] = { a, b };
	char *text = wg_screen_text(traces, b ? 2 : 1, cols, rows, ascii, keys);

	wg_golden_compare(name, text);
	free(text);
}

static void every_screen_is_as_it_was(void)
{
	struct wg_trace *a = fake_reads("/tmp/demo/tick", 160, 4, 10000000);
	struct wg_trace *b = fake_reads("/tmp/demo/eventfd", 160, 4, 0), *p = fake_processes();

	golden("view-figures.txt", a, b, 120, 40, false, "s j j");
	golden("view-figures-80x24.txt", a, b, 80, 24, false, "s G");
	golden("view-figures-40x10.txt", a, NULL, 40, 10, false, "s j j j j j j j j j");
	golden("view-figures-ascii.txt", a, b, 100, 30, true, "s");
	golden("view-findings.txt", a, b, 100, 24, false, "i j");
	golden("view-findings-40x10.txt", a, b, 40, 10, false, "i");
	golden("view-marks.txt", a, b, 120, 40, false, "w w 1 w w w 2 Z");
	golden("view-prompt.txt", a, b, 80, 24, false, "/ Type:gap>1ms,reason=time");
	golden("view-search.txt", a, b, 80, 24, false, "/ Type:op=42 Enter z");
	golden("view-filter.txt", a, b, 100, 30, false, "& Type:op=42 Enter / Type:op=42 Enter z");
	golden("view-folded.txt", a, b, 100, 30, false, "f Tab f o w z");
	golden("view-aligned.txt", a, b, 120, 40, false, "w w w w w Enter c c z");
	golden("view-free.txt", a, b, 120, 30, false, "w w w z y Tab w w z");
	golden("view-processes.txt", p, NULL, 100, 30, false, "");
	golden("view-playing.txt", a, b, 80, 24, false, "w w z [ Space Wait:100ms");
	golden("view-bookmarks.txt", a, NULL, 100, 24, false, "w w m w w M Type:here Enter '");
	fake_trace_free(a);
	fake_trace_free(b);
	fake_trace_free(p);
}

/* ---- in words ---- */

static void golden_text(const char *name, struct wg_trace *a, struct wg_trace *b, const char *keys)
{
	struct wg_app app = opened(a, b, keys);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	CU_ASSERT_FATAL(out != NULL);
	wg_text_print(&app, out);
	(void)fclose(out);
	wg_golden_compare(name, text);
	free(text);
}

static void every_screen_has_a_twin_in_words(void)
{
	struct wg_trace *a = fake_reads("/tmp/demo/tick", 160, 4, 10000000);
	struct wg_trace *b = fake_reads("/tmp/demo/eventfd", 160, 4, 0);

	golden_text("text-lanes.txt", a, b, "w w w z 1 w 2 / Type:op=3 Enter");
	golden_text("text-figures.txt", a, b, "s");
	golden_text("text-findings.txt", a, b, "i");
	golden_text("text-help.txt", a, b, "?");
	fake_trace_free(a);
	fake_trace_free(b);
}

/* ---- odd traces ---- */

/* An hour asleep, and in it a microsecond of waste: seen from afar, found, and zoomed to. */
static void a_microsecond_in_an_hour_is_seen(void)
{
	const int64_t hour = INT64_C(3600000000000);
	struct wg_trace *t = fake_hour();
	struct wg_app app;

	golden("view-hour.txt", t, NULL, 100, 24, false, "");
	golden("view-hour-found.txt", t, NULL, 100, 24, false, "W z z");
	app = opened(t, NULL, "W z z");
	CU_ASSERT(app.scale.step_ns < 1000);
	CU_ASSERT(app.cursor_ns + app.panes[0].origin_ns == hour / 3);
	fake_trace_free(t);
}

static void odd_traces_are_drawn(void)
{
	struct wg_trace *many = fake_reads("many", 640, 64, 10000000);
	struct fake *fake = fake_create();
	struct wg_trace *one, *empty;

	fake_submit(fake, 1000, 1, 1);
	one = fake_finish(fake, "one");
	fake = fake_create();
	empty = fake_finish(fake, "nothing");
	golden("view-one-event.txt", one, NULL, 80, 24, false, "z w e d ! W s Esc i");
	golden("view-nothing.txt", empty, NULL, 80, 24, false, "z w W . t Type:#1 Enter f v o");
	golden("view-64-workers.txt", many, NULL, 100, 30, false,
		"G k j j j j j j j j j j j j j j j j "
		"j j j j j j j j j j j j j");
	golden("view-64-folded.txt", many, NULL, 80, 24, false, "f");
	fake_trace_free(many);
	fake_trace_free(one);
	fake_trace_free(empty);
}

/* Whatever is pressed, whatever the traces: no state that cannot be drawn. */
static void any_keys_can_be_drawn(void)
{
	struct wg_trace *traces[] = { fake_processes(), fake_reads("tick", 30, 20, 10000000),
		fake_finish(fake_create(), "nothing") };
	const struct wg_key_row *row;
	unsigned state = 4711;
	struct wg_canvas canvas;
	uint32_t keys[128];
	size_t n = 0, i, k;

	for (i = 0; (row = wg_key_row(i)) && n < 120; i++) {
		if (*row->keys && row->action != WG_ACT_QUIT &&
			wg_key_parse(row->keys, strcspn(row->keys, " "), &keys[n]) == 0)
			n++;
	}
	for (i = 0; i < 6; i++) {
		struct wg_app app = opened(traces[i % 3], traces[i / 2], "");
		int cols = 40 + (int)i * 29, rows = 10 + (int)i * 9;

		(void)wg_app_resize(&app, cols, rows);
		CU_ASSERT_FATAL(wg_canvas_init(&canvas, cols, rows, false) == 0);
		for (k = 0; k < 3000; k++) {
			int x, y;

			state = state * 1103515245u + 12345u;
			x = (int)(state >> 8) % (cols + 4);
			y = (int)(state >> 12) % (rows + 2);
			if (state >> 28 == 0)
				(void)wg_app_mouse(&app, (enum wg_mouse)(state >> 16 & 3), x, y, 0);
			else
				(void)wg_app_key(&app, keys[(state >> 16) % n], 0);
			if (app.prompt.kind && state >> 29 == 0)
				(void)wg_app_key(&app, '\n', 0);
			if (k % 10 == 0)
				CU_ASSERT_FATAL(wg_screen_draw(&app, &canvas) == 0);
			CU_ASSERT_FATAL(app.scale.step_ns >= 1);
			CU_ASSERT_FATAL(
				app.cursor_ns >= app.begin_ns && app.cursor_ns <= app.end_ns);
		}
		wg_canvas_fini(&canvas);
	}
	for (i = 0; i < 3; i++)
		fake_trace_free(traces[i]);
}

void suite_lanes(void)
{
	WG_TEST(lanes_fold_and_say_how_many);
	WG_TEST(lanes_hide_and_come_back);
	WG_TEST(lanes_are_sorted);
	WG_TEST(processes_are_told_apart);
	WG_TEST(traces_are_aligned_three_ways);
	WG_TEST(the_same_operation_is_found_in_the_other);
	WG_TEST(cursors_go_apart_and_together);
	WG_TEST(what_was_chosen_stays_as_the_trace_grows);
	WG_TEST(every_screen_is_as_it_was);
	WG_TEST(every_screen_has_a_twin_in_words);
	WG_TEST(a_microsecond_in_an_hour_is_seen);
	WG_TEST(odd_traces_are_drawn);
	WG_TEST(any_keys_can_be_drawn);
}
