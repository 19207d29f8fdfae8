/*
 * test_canvas.c: the grid that the viewer draws on, and the small things that stand on it: text
 * from traces cannot steer a terminal, nothing is drawn outside, labels of the axis are exact and
 * never overlap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "viz/canvas/canvas.h"
#include "traces/base/text_out.h"
#include "viz/canvas/glyphs.h"
#include "viz/app/keys.h"
#include "traces/model/scale.h"

/* The canvas as printed; the caller frees it. */
static char *printed(const struct wg_canvas *canvas)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out) {
		wg_canvas_print(canvas, out);
		(void)fclose(out);
	}
	return text;
}

static void expect_print(const struct wg_canvas *canvas, const char *want)
{
	char *text = printed(canvas);

	CU_ASSERT_STRING_EQUAL(text, want);
	free(text);
}

static void text_is_placed_and_cut(void)
{
	struct wg_canvas canvas;

	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 8, 2, false) == 0);
	CU_ASSERT(wg_canvas_text(&canvas, 1, 0, 8, WG_STYLE_PLAIN, "abc") == 3);
	CU_ASSERT(wg_canvas_text(&canvas, 0, 1, 4, WG_STYLE_PLAIN, "abcdef") == 4);
	expect_print(&canvas, " abc\nabc\xe2\x80\xa6\n");
	wg_canvas_fini(&canvas);
}

static void drawing_outside_is_clipped(void)
{
	struct wg_canvas canvas;

	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 3, 1, true) == 0);
	wg_canvas_put(&canvas, -1, 0, WG_STYLE_PLAIN, 'x');
	wg_canvas_put(&canvas, 0, -1, WG_STYLE_PLAIN, 'x');
	wg_canvas_put(&canvas, 3, 0, WG_STYLE_PLAIN, 'x');
	wg_canvas_put(&canvas, 0, 1, WG_STYLE_PLAIN, 'x');
	wg_canvas_reverse(&canvas, 9, 9);
	wg_canvas_fill(&canvas, 2, 0, 100, WG_STYLE_PLAIN, '-');
	(void)wg_canvas_text(&canvas, -1, 0, 2, WG_STYLE_PLAIN, "ab");
	expect_print(&canvas, "b -\n");
	wg_canvas_fini(&canvas);
}

static void text_cannot_steer_the_terminal(void)
{
	struct wg_canvas canvas;

	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 40, 1, false) == 0);
	/* Escape, a C1 control, zero width, right to left, broken UTF-8, overlong. */
	(void)wg_canvas_text(&canvas, 0, 0, 40, WG_STYLE_PLAIN,
		"a\033[2Jb\xc2\x9b"
		"c\xe2\x80\x8d"
		"d\xe2\x80\xae"
		"e\xff"
		"f\xc0\xaf"
		"g\xe2\x82");
	expect_print(&canvas, "a?[2Jb?c?d?e?f?g??\n");
	wg_canvas_fini(&canvas);
}

static void wide_characters_take_two_columns(void)
{
	static const char text[] = "a\xe4\xb8\xad\xe6\x96\x87z"; /* a, two wide ones, z */
	struct wg_canvas canvas;

	CU_ASSERT(wg_canvas_width(text) == 6);
	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 6, 4, false) == 0);
	CU_ASSERT(wg_canvas_text(&canvas, 0, 0, 6, WG_STYLE_PLAIN, text) == 6);
	CU_ASSERT(wg_canvas_text(&canvas, 0, 1, 5, WG_STYLE_PLAIN, text) == 4); /* no halves */
	(void)wg_canvas_text(&canvas, 0, 2, 6, WG_STYLE_PLAIN, text);
	wg_canvas_put(&canvas, 2, 2, WG_STYLE_PLAIN, '-'); /* over one half: the other goes, too */
	wg_canvas_put(&canvas, 3, 2, WG_STYLE_PLAIN, '+');
	(void)wg_canvas_text(&canvas, 5, 3, 6, WG_STYLE_PLAIN, "\xe4\xb8\xad");
	expect_print(&canvas, "a\xe4\xb8\xad\xe6\x96\x87z\n"
			      "a\xe4\xb8\xad\xe2\x80\xa6\n"
			      "a -+ z\n"
			      "     \xe2\x80\xa6\n");
	wg_canvas_fini(&canvas);
	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 6, 1, true) == 0);
	CU_ASSERT(wg_canvas_text(&canvas, 0, 0, 6, WG_STYLE_PLAIN, text) == 6);
	expect_print(&canvas, "a????z\n");
	wg_canvas_fini(&canvas);
}

static void combining_characters_take_none(void)
{
	struct wg_canvas a, b;

	CU_ASSERT(wg_canvas_width("e\xcc\x81x") == 2);
	CU_ASSERT_FATAL(wg_canvas_init(&a, 4, 1, false) == 0);
	CU_ASSERT_FATAL(wg_canvas_init(&b, 4, 1, false) == 0);
	/* One a character: a pile of them would reach into other rows. None without a base. */
	CU_ASSERT(wg_canvas_text(&a, 0, 0, 4, WG_STYLE_PLAIN,
			  "\xcc\x81"
			  "e\xcc\x81\xcc\x82x") == 3);
	expect_print(&a, "?e\xcc\x81x\n");
	(void)wg_canvas_text(&b, 0, 0, 4, WG_STYLE_PLAIN, "?ex");
	CU_ASSERT(!wg_canvas_same_row(&a, &b, 0));
	wg_canvas_fini(&a);
	wg_canvas_fini(&b);
}

static void ascii_stays_ascii(void)
{
	struct wg_canvas canvas;

	CU_ASSERT_FATAL(wg_canvas_init(&canvas, 4, 1, true) == 0);
	(void)wg_canvas_text(&canvas, 0, 0, 4, WG_STYLE_PLAIN, "\xc3\xa4\xe2\x96\x88x");
	expect_print(&canvas, "??x\n");
	wg_canvas_fini(&canvas);
}

static void utf8_survives_the_round_trip(void)
{
	static const uint32_t points[] = { 'a', 0x7f, 0x80, 0x7ff, 0x800, 0x2588, 0xffff, 0x10000,
		0x10ffff };
	size_t i;

	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		char buf[8];
		const char *p = wg_utf8_encode(buf, points[i]);

		CU_ASSERT(wg_utf8_next(&p) == points[i]);
		CU_ASSERT(*p == '\0');
	}
}

static void every_glyph_is_drawn_as_itself(void)
{
	int ascii;
	size_t i;

	for (ascii = 0; ascii < 2; ascii++) {
		const struct wg_glyphs *g = wg_glyphs(ascii);
		const uint32_t *glyph = (const uint32_t *)g;
		struct wg_canvas canvas;

		CU_ASSERT_FATAL(wg_canvas_init(&canvas, 1, 1, ascii) == 0);
		for (i = 0; i < sizeof(*g) / sizeof(uint32_t); i++) {
			wg_canvas_put(&canvas, 0, 0, WG_STYLE_PLAIN, glyph[i]);
			CU_ASSERT(wg_canvas_at(&canvas, 0, 0).ch == glyph[i]);
		}
		wg_canvas_fini(&canvas);
		/* States differ by shape, not by colour alone. */
		CU_ASSERT(g->wasted[0] != g->asleep && g->wasted[7] != g->awake);
		CU_ASSERT(g->asleep != g->awake && g->asleep != g->awake_part);
		CU_ASSERT(g->working != g->idle && g->working_part != g->idle);
		CU_ASSERT(g->idle != g->asleep && g->empty != g->lost);
	}
}

static void columns_are_exact(void)
{
	struct wg_scale scale = { .from_ns = -500, .step_ns = 100, .cols = 20 };

	CU_ASSERT(wg_scale_col(&scale, -501) == -1);
	CU_ASSERT(wg_scale_col(&scale, -500) == 0);
	CU_ASSERT(wg_scale_col(&scale, -401) == 0);
	CU_ASSERT(wg_scale_col(&scale, -400) == 1);
	CU_ASSERT(wg_scale_col(&scale, 1499) == 19);
	CU_ASSERT(wg_scale_col(&scale, 1500) == 20);
	CU_ASSERT(wg_scale_col(&scale, INT64_MAX / 4) == 20);
	CU_ASSERT(wg_scale_time(&scale, 5) == 0);
	CU_ASSERT(wg_scale_end(&scale) == 1500);
	CU_ASSERT(wg_scale_fit_step(0, 99, 100) == 1);
	CU_ASSERT(wg_scale_fit_step(0, 100, 100) == 2);
	CU_ASSERT(wg_scale_fit_step(5, 5, 100) == 1);
}

static void labels_are_exact_and_apart(void)
{
	static const int64_t begins[] = { 0, -50000, 1234567891, 86400000000000, -999999999999 };
	static const int64_t steps[] = { 1, 3, 7, 999, 1000, 123456, 9999999, 1000000000,
		3600000000000 };
	size_t i, k;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		for (k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
			struct wg_scale scale = { begins[i], steps[k], 104 };
			int64_t tick = wg_scale_tick(&scale), lead = tick, t;
			char label[48];

			while (lead % 10 == 0)
				lead /= 10;
			CU_ASSERT(lead == 1 || lead == 2 || lead == 5);
			for (t = scale.from_ns / tick * tick; t < wg_scale_end(&scale); t += tick) {
				(void)wg_scale_label(&scale, label, sizeof(label), t, tick);
				CU_ASSERT((int64_t)strlen(label) < tick / scale.step_ns);
			}
		}
	}
}

static void labels_read_well(void)
{
	struct wg_scale scale = { 0, 1000000, 100 };
	char label[48];

	CU_ASSERT_STRING_EQUAL(wg_scale_label(&scale, label, sizeof(label), 0, 10000000), "0");
	CU_ASSERT_STRING_EQUAL(
		wg_scale_label(&scale, label, sizeof(label), 20000000, 10000000), "20 ms");
	scale = (struct wg_scale){ 1234567800, 1, 100 };
	CU_ASSERT_STRING_EQUAL(
		wg_scale_label(&scale, label, sizeof(label), 1234567820, 20), "1.23456782 s");
	CU_ASSERT_STRING_EQUAL(wg_scale_exact(label, sizeof(label), 1500000), "1.5 ms");
	CU_ASSERT_STRING_EQUAL(wg_scale_exact(label, sizeof(label), -320), "-320 ns");
	CU_ASSERT_STRING_EQUAL(wg_scale_exact(label, sizeof(label), 1000000001), "1.000000001 s");
}

static void keys_have_one_meaning_and_a_name(void)
{
	const struct wg_key_row *row;
	uint32_t seen[128], key, again;
	size_t i, k, n = 0;

	for (i = 0; (row = wg_key_row(i)); i++) {
		const char *p = row->action == WG_ACT_NONE ? "" : row->keys;

		CU_ASSERT(row->help && *row->help);
		while (*p) {
			size_t len = strcspn(p, " ");
			char name[32];

			CU_ASSERT_FATAL(wg_key_parse(p, len, &key) == 0);
			CU_ASSERT(wg_key_action(key) == row->action);
			(void)wg_key_name(name, sizeof(name), key);
			CU_ASSERT(wg_key_parse(name, strlen(name), &again) == 0 && again == key);
			for (k = 0; k < n; k++)
				CU_ASSERT(seen[k] != key);
			seen[n++] = key;
			p += len;
			p += strspn(p, " ");
		}
	}
	CU_ASSERT(n > 30);
	CU_ASSERT(wg_key_parse("", 0, &key) < 0);
	CU_ASSERT(wg_key_parse("Rihgt", 5, &key) < 0);
	CU_ASSERT(wg_key_parse("Ctrl-", 5, &key) < 0);
	CU_ASSERT(wg_key_parse("\xff", 1, &key) < 0);
	CU_ASSERT(wg_key_parse("a-name-longer-than-any-key", 26, &key) < 0);
	CU_ASSERT(wg_key_action('~') == WG_ACT_NONE);
}

void suite_canvas(void)
{
	WG_TEST(text_is_placed_and_cut);
	WG_TEST(drawing_outside_is_clipped);
	WG_TEST(text_cannot_steer_the_terminal);
	WG_TEST(wide_characters_take_two_columns);
	WG_TEST(combining_characters_take_none);
	WG_TEST(ascii_stays_ascii);
	WG_TEST(utf8_survives_the_round_trip);
	WG_TEST(every_glyph_is_drawn_as_itself);
	WG_TEST(columns_are_exact);
	WG_TEST(labels_are_exact_and_apart);
	WG_TEST(labels_read_well);
	WG_TEST(keys_have_one_meaning_and_a_name);
}
