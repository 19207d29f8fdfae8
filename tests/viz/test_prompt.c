/*
 * test_prompt.c: what is typed at the foot of the screen can be changed anywhere, is remembered,
 * and is explained; a filter says how much it lets through.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/opened_app.h"
#include "viz/app/app.h"
#include "viz/app/script.h"
#include "viz/screen/text.h"

static struct wg_app opened(const char *keys)
{
	return wg_opened_app(80, 24, keys);
}

static void a_line_is_changed_anywhere(void)
{
	static const struct {
		const char *keys, *line;
	} tries[] = {
		{ "/ Type:ac Left Type:b", "abc" },
		{ "/ Type:bc Home Type:a End Type:d", "abcd" },
		{ "/ Type:bc Ctrl-A Type:a Ctrl-E Type:d", "abcd" },
		{ "/ Type:abxc Left Backspace", "abc" },
		{ "/ Type:abxc Left Left Delete", "abc" },
		{ "/ Type:abxc Left Left Ctrl-D", "abc" },
		{ "/ Type:abc Left Ctrl-K", "ab" },
		{ "/ Type:abc Left Ctrl-U", "c" },
		{ "/ Type:ab Space Type:cd Space Ctrl-W Type:x", "ab x" },
		{ "/ Type:a\xc3\xa4"
		  "c Left Left Right Backspace Type:b",
			"abc" },
		{ "/ Left Delete Backspace Home Right Type:a", "a" },
	};
	size_t i;

	for (i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct wg_app app = opened(tries[i].keys);

		CU_ASSERT_STRING_EQUAL(app.prompt.text, tries[i].line);
		CU_ASSERT(app.prompt.len == strlen(app.prompt.text));
	}
}

static void lines_are_remembered(void)
{
	struct wg_app app = opened("/ Type:late Enter / Type:op=2 Enter / Type:gap Up");

	CU_ASSERT_STRING_EQUAL(app.prompt.text, "op=2");
	(void)wg_app_key(&app, WG_KEY_UP, 0);
	(void)wg_app_key(&app, WG_KEY_UP, 0);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "late"); /* the oldest stays */
	(void)wg_app_key(&app, WG_KEY_DOWN, 0);
	(void)wg_app_key(&app, WG_KEY_DOWN, 0);
	(void)wg_app_key(&app, WG_KEY_DOWN, 0);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "gap"); /* what was begun */
	app = opened("/ Type:late Enter / Type:late Enter / Type:op=2 Enter / Up Up");
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "late");
	app = opened("/ Type:late Enter & Up");
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "late"); /* a filter is written as a search */
	app = opened("/ Type:late Enter t Up");
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "");
	app = opened("t Type:1ms Enter t Type:2ms Enter t Up Up Enter");
	CU_ASSERT(app.cursor_ns == 1000000);
}

static void memory_is_bounded(void)
{
	struct wg_app app = opened("");
	char keys[40];
	int i;

	for (i = 0; i < 100; i++) {
		(void)snprintf(keys, sizeof(keys), "/ Type:op=%d Enter", i);
		CU_ASSERT(wg_script_run(&app, keys, keys, sizeof(keys)) == 0);
	}
	(void)wg_app_key(&app, '/', 0);
	for (i = 0; i < 200; i++)
		(void)wg_app_key(&app, WG_KEY_UP, 0);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "op=84"); /* the last sixteen */
}

static void the_cursor_of_a_line_is_seen(void)
{
	char *text = wg_screen_text(wg_opened_traces(), 1, 40, 10, false,
		"/ Type:abcdefghijklmnopqrstuvwxyz0123456789 Home");

	CU_ASSERT(wg_has(text, "search: abcdefgh"));
	free(text);
	text = wg_screen_text(wg_opened_traces(), 1, 40, 10, false,
		"/ Type:abcdefghijklmnopqrstuvwxyz0123456789");
	CU_ASSERT(wg_has(text, "123456789_"));
	free(text);
}

static void a_search_is_explained(void)
{
	static const char *const says[] = { "kind op result loop pid", "queued served ready total",
		"late empty stuck wasted", "event=notify", "!=", "reason=" };
	struct wg_app app = opened("/ ?");
	char *text, *words = NULL;
	size_t i, len;
	FILE *out = open_memstream(&words, &len);

	CU_ASSERT(app.prompt.is_explained && app.prompt.len == 0);
	CU_ASSERT_FATAL(out != NULL);
	wg_text_print(&app, out);
	(void)fclose(out);
	text = wg_screen_text(wg_opened_traces(), 1, 40, 10, false, "/ ?");
	for (i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		CU_ASSERT(wg_has(text, says[i]));
		CU_ASSERT(wg_has(words, says[i]));
	}
	free(text);
	free(words);
	app = opened("& Type:op=2 ? ?");
	CU_ASSERT(!app.prompt.is_explained);
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "op=2");
	app = opened("M Type:why?");
	CU_ASSERT_STRING_EQUAL(app.prompt.text, "why?");
}

static void a_filter_says_how_much_it_lets_through(void)
{
	struct wg_app app = opened("& Type:kind=write Enter");

	CU_ASSERT(wg_has(app.status, "no match in A or B: all is dim; Esc shows it again"));
	app = opened("& Type:op=3 Enter");
	CU_ASSERT(wg_has(app.status, "1 match in A, 1 in B; the rest is dim; Esc shows all"));
}

/* A name with an end of line in it is one line of words all the same. */
static void a_name_is_one_line_of_words(void)
{
	struct fake *fake = fake_create();
	const struct wg_trace *trace;
	char *words = NULL;
	struct wg_app app;
	size_t len;
	FILE *out = open_memstream(&words, &len);

	CU_ASSERT_FATAL(out != NULL);
	fake_loop(fake, 0, 1, "ti\ncursor: ck", 0);
	fake_note(fake, "no\nte");
	trace = fake_finish(fake, "a\nb");
	CU_ASSERT_FATAL(wg_app_init(&app, &trace, 1, 80, 24, false) == 0);
	wg_text_print(&app, out);
	(void)fclose(out);
	CU_ASSERT(wg_has(words, "trace: A a\\x0ab, ti\\x0acursor: ck,"));
	CU_ASSERT(wg_has(words, "note: no\\x0ate\n"));
	CU_ASSERT(!wg_has(words, "\ncursor: ck"));
	free(words);
	fake_trace_free((struct wg_trace *)trace);
}

void suite_prompt(void)
{
	WG_TEST(a_name_is_one_line_of_words);
	WG_TEST(a_line_is_changed_anywhere);
	WG_TEST(lines_are_remembered);
	WG_TEST(memory_is_bounded);
	WG_TEST(the_cursor_of_a_line_is_seen);
	WG_TEST(a_search_is_explained);
	WG_TEST(a_filter_says_how_much_it_lets_through);
	WG_TEST(wg_opened_apps_done);
}
