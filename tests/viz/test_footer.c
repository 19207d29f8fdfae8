/*
 * test_footer.c: the bottom line: its labels can be pressed with the mouse, on every screen, and do
 * what their keys do; keys of the lanes are answered on other screens; and what these can choose.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/opened_app.h"
#include "viz/app/app.h"
#include "viz/app/describe.h"
#include "viz/app/findings.h"
#include "viz/screen/footer.h"

static struct wg_app opened(int cols, const char *keys)
{
	return wg_opened_app(cols, 30, keys);
}

/* All that a key can change and a screen shows. */
static bool are_alike(const struct wg_app *a, const struct wg_app *b)
{
	return a->view == b->view && a->row == b->row && a->top == b->top &&
	       a->active == b->active && a->cursor_ns == b->cursor_ns &&
	       a->scale.from_ns == b->scale.from_ns && a->scale.step_ns == b->scale.step_ns &&
	       a->prompt.kind == b->prompt.kind && a->panes[0].op == b->panes[0].op &&
	       strcmp(a->status, b->status) == 0;
}

static void pressing_a_label_is_pressing_its_key(void)
{
	static const char *const screens[] = { "", "w w", "s", "i", "? j", "x" };
	static const int widths[] = { 60, 80, 200 };
	size_t i, k, n, w;

	for (i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		for (w = 0; w < 3; w++) {
			struct wg_app app = opened(widths[w], screens[i]);
			struct wg_label labels[WG_LABELS_MAX];

			n = wg_footer_labels(&app, labels);
			CU_ASSERT(n >= 1);
			for (k = 0; k < n; k++) {
				struct wg_app by_key = app, by_mouse = app;
				uint32_t key = 0;
				unsigned fx;

				CU_ASSERT(wg_footer_hit(&app, labels[k].x, 29, &key));
				fx = wg_app_key(&by_key, key, 0);
				CU_ASSERT(wg_key_action(key) == labels[k].row->action);
				CU_ASSERT(wg_app_mouse(&by_mouse, WG_MOUSE_PRESS,
						  labels[k].x + labels[k].width - 1, 29, 0) == fx);
				CU_ASSERT(are_alike(&by_key, &by_mouse));
				CU_ASSERT(labels[k].x + labels[k].width <= widths[w]);
			}
			CU_ASSERT(!wg_footer_hit(&app, 0, 29, &(uint32_t){ 0 }));
			CU_ASSERT(!wg_footer_hit(&app, labels[0].x, 28, &(uint32_t){ 0 }));
		}
	}
	wg_opened_apps_done();
}

static void what_is_typed_is_no_label(void)
{
	struct wg_app app = opened(80, "/ Type:late");

	CU_ASSERT(!wg_footer_hit(&app, 1, 29, &(uint32_t){ 0 }));
	(void)wg_app_mouse(&app, WG_MOUSE_PRESS, 1, 29, 0);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "late");
	wg_opened_apps_done();
}

static void a_key_of_the_lanes_is_answered_on_other_screens(void)
{
	static const char *const screens[] = { "s", "i", "?", "x" };
	size_t i;

	for (i = 0; i < 4; i++) {
		struct wg_app app = opened(80, screens[i]);
		int64_t cursor = app.cursor_ns;

		CU_ASSERT(wg_app_key(&app, 'w', 0) & WG_FX_DRAW);
		CU_ASSERT(wg_has(app.status, "works on the lanes: Esc goes back"));
		CU_ASSERT(app.view != WG_VIEW_LANES && app.cursor_ns == cursor);
		(void)wg_app_key(&app, 0x1b, 0);
		CU_ASSERT(app.view == WG_VIEW_LANES);
	}
	wg_opened_apps_done();
}

/* Whichever pane is active: the list shows what is wrong in both. */
static void every_finding_of_both_traces_can_be_chosen(void)
{
	static const char *const before[] = { "i", "Tab i" };
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t i, k, n;

	for (i = 0; i < 2; i++) {
		struct wg_app app = opened(80, before[i]);

		n = wg_app_findings(&app, findings, WG_FINDINGS_MAX);
		CU_ASSERT(n == 2 && findings[0].pane == 0 && findings[1].pane == 1);
		for (k = 0; k < n + 3; k++)
			(void)wg_app_key(&app, 'j', 0);
		CU_ASSERT(app.row == (int)n - 1);
		(void)wg_app_key(&app, '\n', 0);
		CU_ASSERT(app.view == WG_VIEW_LANES && app.active == 1);
	}
	wg_opened_apps_done();
}

static void processes_are_told_apart_in_words(void)
{
	struct wg_trace *t = fake_processes();
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t n = wg_findings(t, findings, WG_FINDINGS_MAX), i;
	char text[96];

	for (i = 0; i < n; i++)
		CU_ASSERT(wg_has(findings[i].text, " of process 4242: ") ||
			  wg_has(findings[i].text, " of process 5000: "));
	for (i = 0; i < t->lane_count; i++)
		CU_ASSERT(wg_has(wg_lane_title(text, sizeof(text), t, &t->lanes[i]), "process"));
	fake_trace_free(t);
	t = fake_reads("tick", 3, 2, 10000000);
	CU_ASSERT_STRING_EQUAL(wg_lane_title(text, sizeof(text), t, &t->lanes[0]), "loop 1 tick");
	fake_trace_free(t);
}

static void a_result_as_the_trace_ends_took_no_time(void)
{
	struct fake *fake = fake_create();
	struct wg_trace *t[2] = { NULL };
	char *text;

	fake_submit(fake, 1000, 1, 1);
	fake_start(fake, 2000, 1, 1, 0);
	fake_done(fake, 3000, 1, 1);
	t[0] = fake_finish(fake, "cut");
	text = wg_screen_text(t, 1, 80, 24, true, "Enter");
	CU_ASSERT(wg_has(text, "ready as the trace ends") && !wg_has(text, "never delivered"));
	CU_ASSERT(!wg_has(text, "ends 0 ns"));
	free(text);
	fake_trace_free(t[0]);
}

void suite_footer(void)
{
	WG_TEST(pressing_a_label_is_pressing_its_key);
	WG_TEST(what_is_typed_is_no_label);
	WG_TEST(a_key_of_the_lanes_is_answered_on_other_screens);
	WG_TEST(every_finding_of_both_traces_can_be_chosen);
	WG_TEST(processes_are_told_apart_in_words);
	WG_TEST(a_result_as_the_trace_ends_took_no_time);
}
