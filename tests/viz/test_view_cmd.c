/*
 * test_view_cmd.c: `wakegap view` as a program: its arguments, its exit status, its text where
 * there is no terminal. Real traces, the samples.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/traces/cache_run.h"
#include "tests/harness/trace_files.h"
#include "viz/app/keys.h"

struct result {
	int status;
	char *out, *err;
};

/* `wakegap view ARGS` with a locale and a COLUMNS of its own. */
static struct result view(const char *locale, const char *cols, const char *a, const char *b,
	const char *c, const char *d, const char *e)
{
	char lc[64], columns[64], program[512];
	const char *argv[] = { "env", lc, columns, "LINES=", program, "view", a, b, c, d, e, NULL };
	struct result r = { 0 };

	(void)snprintf(lc, sizeof(lc), "LC_ALL=%s", locale);
	(void)snprintf(columns, sizeof(columns), "COLUMNS=%s", cols);
	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap"));
	r.status = wg_run(&r.out, &r.err, argv);
	return r;
}

static void done(struct result *r)
{
	free(r->out);
	free(r->err);
}

static void refuses(int status, const char *why, const char *a, const char *b, const char *c,
	const char *d, const char *e)
{
	struct result r = view("C.UTF-8", "", a, b, c, d, e);

	CU_ASSERT(r.status == status);
	CU_ASSERT(wg_has(r.err, why));
	CU_ASSERT_STRING_EQUAL(r.out, "");
	CU_ASSERT(strchr(r.err, '\n') == r.err + strlen(r.err) - 1); /* one line */
	done(&r);
}

static void mistakes_are_named(void)
{
	refuses(2, "which trace", NULL, NULL, NULL, NULL, NULL);
	refuses(2, "one trace or two", "a", "b", "c", NULL, NULL);
	refuses(2, "no option '--frmae'", "--frmae", "80x24", "a", NULL, NULL);
	refuses(2, "--frame needs a value", "a", "--frame", NULL, NULL, NULL);
	refuses(2, "'80'", "--frame", "80", "a", NULL, NULL);
	refuses(2, "'80x24x'", "--frame", "80x24x", "a", NULL, NULL);
	refuses(2, "'99999x99'", "--frame", "99999x99", "a", NULL, NULL);
	refuses(2, "20x5 is too small: at least 40x10", "--frame", "20x5", "a", NULL, NULL);
	refuses(2, "'Rihgt'", wg_sample("tick"), "--frame", "80x24", "--keys", "l Rihgt");
	refuses(2, "'pink'", "--background", "pink", "a", NULL, NULL);
	refuses(1, "/no/such/trace", "--frame", "80x24", "/no/such/trace", NULL, NULL);
}

static void help_is_printed(void)
{
	struct result r = view("C.UTF-8", "", "--help", NULL, NULL, NULL, NULL);

	CU_ASSERT(r.status == 0 && wg_has(r.out, "Usage: wakegap view"));
	done(&r);
}

static void frames_need_no_terminal(void)
{
	const char *tick = wg_sample("tick"), *eventfd = wg_sample("eventfd");
	struct result r = view("C.UTF-8", "", tick, eventfd, "--frame", "120x40", NULL), again;
	int rows = 0;
	char *p;

	CU_ASSERT(r.status == 0);
	CU_ASSERT_STRING_EQUAL(r.err, "");
	CU_ASSERT(wg_has(r.out, "A tick") && wg_has(r.out, "B eventfd"));
	for (p = r.out; (p = strchr(p, '\n')); p++)
		rows++;
	CU_ASSERT(rows == 40);
	again = view("C.UTF-8", "", tick, eventfd, "--frame", "120x40", NULL);
	CU_ASSERT_STRING_EQUAL(r.out, again.out);
	done(&r);
	done(&again);
}

static void a_plain_locale_gets_ascii(void)
{
	struct result r = view("C", "", wg_sample("tick"), "--frame", "100x30", NULL, NULL);
	const char *p;

	CU_ASSERT(r.status == 0);
	for (p = r.out; *p; p++)
		CU_ASSERT_FATAL(*p == '\n' || (*p >= ' ' && *p <= '~'));
	done(&r);
	r = view("C.UTF-8", "", wg_sample("tick"), "--ascii", "--frame", "100x30", NULL);
	for (p = r.out; *p; p++)
		CU_ASSERT_FATAL(*p == '\n' || (*p >= ' ' && *p <= '~'));
	done(&r);
}

static void a_pipe_gets_one_screen(void)
{
	struct result r = view("C.UTF-8", "77", wg_sample("tick"), NULL, NULL, NULL, NULL);

	CU_ASSERT(r.status == 0);
	CU_ASSERT(wg_has(r.err, "no terminal") && wg_has(r.err, "77x30"));
	CU_ASSERT(wg_has(r.out, "loop 1 tick"));
	done(&r);
	r = view("C.UTF-8", "3", wg_sample("tick"), NULL, NULL, NULL, NULL);
	CU_ASSERT(r.status == 0 && wg_has(r.err, "100x30"));
	done(&r);
}

static void words_instead_of_pictures(void)
{
	struct result r =
		view("C.UTF-8", "", wg_sample("tick"), wg_sample("eventfd"), "--text", NULL, NULL);

	CU_ASSERT(r.status == 0);
	CU_ASSERT_STRING_EQUAL(r.err, "");
	CU_ASSERT(wg_has(r.out, "verdict: tick slept"));
	CU_ASSERT(wg_has(r.out, "wait: at "));
	done(&r);
	r = view("C.UTF-8", "", wg_sample("tick"), "--text", "--keys", "i", NULL);
	CU_ASSERT(r.status == 0 && wg_has(r.out, "no notify in this trace"));
	done(&r);
}

/* Every key of the table is in the manual, the help and the words. */
static void the_manual_is_made_from_the_keys(void)
{
	struct result r = view("C.UTF-8", "", "--man", NULL, NULL, NULL, NULL);
	const struct wg_key_row *row;
	size_t i;

	CU_ASSERT(r.status == 0 && wg_has(r.out, ".TH WAKEGAP"));
	for (i = 0; (row = wg_key_row(i)); i++) {
		char help[24];

		(void)snprintf(
			help, sizeof(help), "%.*s", (int)strcspn(row->help, "-'"), row->help);
		CU_ASSERT(wg_has(r.out, help));
	}
	done(&r);
}

static void a_frame_writes_no_bookmark(void)
{
	const char *copy = wg_copy_sample("tick");
	struct result r = view("C.UTF-8", "", copy, "--frame", "80x24", "--keys", "w m");
	char path[512];

	CU_ASSERT(r.status == 0);
	(void)snprintf(path, sizeof(path), "%s/.wakegap-bookmarks", copy);
	CU_ASSERT(access(path, F_OK) < 0);
	done(&r);
}

/* The block from at, which begins with "$ COMMAND": does the command print the rest of it? */
static void is_printed_by_its_command(const char *at)
{
	const char *line_end = strchr(at, '\n'), *end = strstr(at, "\n```");
	char command[1280], program[512], *out = NULL, *want;
	const char *const argv[] = { "env", "LC_ALL=C.UTF-8", "sh", "-c", command, NULL };

	CU_ASSERT_FATAL(line_end != NULL && end > line_end);
	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap"));
	(void)snprintf(command, sizeof(command), "%s%.*s", program,
		(int)(line_end - at - (int)strlen("$ build/wakegap")),
		at + strlen("$ build/wakegap"));
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	want = strndup(line_end + 1, (size_t)(end - line_end));
	CU_ASSERT(want && out && strcmp(out, want) == 0);
	if (want && out && strcmp(out, want) != 0)
		fprintf(stderr, "# a README says otherwise than %s:\n%s", command, out);
	free(want);
	free(out);
}

static void the_screens_of_the_readmes_are_what_is_printed(void)
{
	static const char *const files[] = { "README.md", "viz/README.md" };
	size_t i, n = 0;

	for (i = 0; i < 2; i++) {
		char *text = wg_slurp(files[i]), *at = text;

		CU_ASSERT_FATAL(text != NULL);
		for (; (at = strstr(at, "```\n$ build/wakegap view ")); n++, at += 4)
			is_printed_by_its_command(at + 4);
		free(text);
	}
	CU_ASSERT(n >= 3);
}

static void verbose_says_why_there_is_no_cache(void)
{
	struct result r = view("C.UTF-8", "", wg_sample("tick"), "--verbose", "--text", NULL, NULL);

	CU_ASSERT(r.status == 0 && wg_has(r.err, WG_CACHE_FILE ": there is none yet"));
	done(&r);
	r = view("C.UTF-8", "", wg_sample("tick"), "--verbose", "--no-cache", "--text", NULL);
	CU_ASSERT(r.status == 0 && !wg_has(r.err, WG_CACHE_FILE));
	done(&r);
	CU_ASSERT(!has_cache(wg_sample("tick"))); /* it is short */
}

/* What was written a moment ago is not kept yet, so the first call need not be the one that keeps
 * it. */
static void a_long_trace_is_there_at_once_the_next_time(void)
{
	const char *dir =
		cache_trace(fake_reads("reads", (int)wg_cache_usual.least_events / 8, 4, 0));
	struct result first, r;
	int calls;

	first = r = view("C.UTF-8", "", dir, "--verbose", "--frame", "80x24", NULL);
	CU_ASSERT(wg_has(first.err, "there is none yet"));
	for (calls = 0; calls < 20 && !wg_has(r.err, "is taken from"); calls++) {
		if (calls)
			done(&r);
		r = view("C.UTF-8", "", dir, "--verbose", "--frame", "80x24", NULL);
	}
	CU_ASSERT(wg_has(r.err, "is taken from") && has_cache(dir));
	CU_ASSERT_STRING_EQUAL(r.out, first.out);
	done(&first);
	done(&r);
}

void suite_view_cmd(void)
{
	WG_TEST(words_instead_of_pictures);
	WG_TEST(the_manual_is_made_from_the_keys);
	WG_TEST(a_frame_writes_no_bookmark);
	WG_TEST(verbose_says_why_there_is_no_cache);
	WG_TEST(a_long_trace_is_there_at_once_the_next_time);
	WG_TEST(mistakes_are_named);
	WG_TEST(help_is_printed);
	WG_TEST(frames_need_no_terminal);
	WG_TEST(a_plain_locale_gets_ascii);
	WG_TEST(a_pipe_gets_one_screen);
	WG_TEST(the_screens_of_the_readmes_are_what_is_printed);
}
