/*
 * test_export_svg.c: the picture is well-formed, right at every width and bounded, and escapes
 * hostile names.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/picture_test.h"
#include "tests/harness/support.h"
#include "traces/base/columns.h"
#include "traces/picture/markup.h"
#include "traces/picture/svg.h"
#include "traces/base/units.h"

/* Every tag closed in order, attributes quoted, text without bare marks. */
static bool is_balanced(const char *p)
{
	char open[32][16];
	size_t depth = 0, n;

	for (p = strstr(p, "<svg"); p && *p; p++) {
		if (*p == '&' && strncmp(p, "&lt;", 4) && strncmp(p, "&gt;", 4) &&
			strncmp(p, "&amp;", 5) && strncmp(p, "&quot;", 6) && strncmp(p, "&#39;", 5))
			return false;
		if (*p != '<')
			continue;
		n = strcspn(++p, " />\n");
		if (*p == '/') {
			n = strcspn(++p, ">");
			if (depth == 0 || strlen(open[depth - 1]) != n ||
				strncmp(open[--depth], p, n) != 0)
				return false;
			p += n;
			continue;
		}
		if (n == 0 || n >= sizeof(open[0]) || depth == 32 || !isalpha((unsigned char)*p))
			return false;
		memcpy(open[depth], p, n);
		open[depth++][n] = '\0';
		for (; *p && *p != '>'; p++) {
			if (*p == '<')
				return false;
			if (*p == '"')
				p += 1 + strcspn(p + 1, "\"");
		}
		if (p[-1] == '/')
			depth--;
	}
	return depth == 0;
}

static bool lint(const char *text)
{
	const char *const argv[] = { "xmllint", "--noout", "--nonet",
		picture_file("picture.svg", text), NULL };

	return wg_run(NULL, NULL, argv) == 0;
}

static void pictures_are_well_formed(void)
{
	const char *const which[] = { "sh", "-c", "command -v xmllint", NULL };
	struct wg_trace *list[] = { fake_reads("tick", 40, 3, 10000000),
		fake_reads("eventfd", 40, 3, 0), picture_hostile(), picture_random(7, 100) };
	bool has_xmllint = wg_run(NULL, NULL, which) == 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		char *text = picture_draw(wg_export_svg, list[i], list[(i + 1) % 4], NULL);

		CU_ASSERT(is_balanced(text));
		CU_ASSERT(!has_xmllint || lint(text));
		CU_ASSERT_EQUAL(picture_count(text, "<svg"), 1);
		free(text);
	}
	CU_ASSERT(!is_balanced("<svg><a></svg></a>") && !is_balanced("<svg>&nbsp;</svg>"));
	for (i = 0; i < 4; i++)
		fake_trace_free(list[i]);
	if (!has_xmllint)
		wg_skip("xmllint is not here: only the tags were checked");
}

/* Mark the columns that are drawn wasted in the lane that begins at text. */
static void mark_wasted(const char *text, char *covered, const struct wg_svg *svg)
{
	const char *end = strstr(text, "</g>"), *p;
	int x, w, i;

	memset(covered, 0, (size_t)svg->scale.cols);
	for (p = text; (p = strstr(p, "class=\"w\"")) && p < end; p++) {
		const char *stop = strpbrk(p, ">");
		const char *at = p;

		if (sscanf(p, "class=\"w\" x=\"%d\" y=\"%*d\" width=\"%d\"", &x, &w) == 2) {
			for (i = 0; i < w; i++)
				covered[x - svg->plot_x + i] = 1;
			continue;
		}
		for (; (at = strchr(at, 'M')) && at < stop; at++) {
			CU_ASSERT_FATAL(sscanf(at, "M%d %*dh%d", &x, &w) == 2);
			for (i = 0; i < w; i++)
				covered[x - svg->plot_x + i] = 1;
		}
	}
}

static void check_lane(const struct wg_svg *svg, const struct wg_lane *lane, const char *text)
{
	int64_t origin = svg->picture->origin_ns[0];
	char *covered = malloc((size_t)svg->scale.cols);
	int missing = 0;
	size_t i;

	mark_wasted(text, covered, svg);
	for (i = 0; i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);
		int col = wg_scale_col(&svg->scale, span->begin_ns - origin);
		int last = wg_scale_col(&svg->scale, span->end_ns - 1 - origin);

		if (span->state != WG_SPAN_WASTED)
			continue;
		for (col = col < 0 ? 0 : col; col <= last && col < svg->scale.cols; col++)
			missing += !covered[col];
	}
	CU_ASSERT_EQUAL(missing, 0);
	free(covered);
}

static void no_width_hides_a_wasted_interval(void)
{
	unsigned seed = wg_seed();
	int round;

	for (round = 0; round < 60; round++) {
		struct wg_trace *trace = picture_random(seed + (unsigned)round, 120);
		const struct wg_trace *traces[] = { trace };
		struct wg_picture_options options = { .width = 320 + rand_r(&seed) % 2000 };
		struct wg_picture picture;
		struct wg_svg svg;
		const char *at;
		char *text;
		size_t i;

		if (round % 2) {
			int64_t whole = trace->end_ns - trace->begin_ns;

			options.has_range = true;
			options.from_ns = whole / 100 * (rand_r(&seed) % 50);
			options.to_ns = options.from_ns + 1 + whole / (1 + rand_r(&seed) % 1000);
		}
		text = picture_draw(wg_export_svg, trace, NULL, &options);
		CU_ASSERT_EQUAL_FATAL(wg_picture_init(&picture, traces, 1, &options), 0);
		CU_ASSERT_EQUAL_FATAL(wg_svg_init(&svg, NULL, &picture), 0);
		for (i = 0, at = text; i < trace->lane_count; i++) {
			at = strstr(at, "<g class=\"lane\">");
			CU_ASSERT_PTR_NOT_NULL_FATAL(at);
			check_lane(&svg, &trace->lanes[i], at++);
		}
		wg_svg_fini(&svg);
		free(text);
		fake_trace_free(trace);
	}
}

static void labels_keep_apart(void)
{
	struct wg_trace *trace = fake_reads("tick", 200, 2, 10000000);
	unsigned seed = wg_seed();
	int round;

	for (round = 0; round < 40; round++) {
		struct wg_picture_options options = { .width = 320 + rand_r(&seed) % 1500,
			.has_range = true,
			.from_ns = rand_r(&seed) % 1000000000,
			.to_ns = 0 };
		char *text, *p;
		int free_x = 0, x, labels = 0;

		options.to_ns = options.from_ns + 1 + rand_r(&seed) % (1 << (round % 30));
		text = picture_draw(wg_export_svg, trace, NULL, &options);
		for (p = text; (p = strstr(p, "class=\"m t\" x=\"")); p++, labels++) {
			int half;

			CU_ASSERT_EQUAL_FATAL(sscanf(p, "class=\"m t\" x=\"%d\"", &x), 1);
			half = (int)strcspn(strchr(p, '>') + 1, "<") * 7 / 2;
			CU_ASSERT(x - half >= free_x);
			CU_ASSERT(x + half <= options.width);
			free_x = x + half + 1;
		}
		CU_ASSERT(labels >= 1);
		free(text);
	}
	fake_trace_free(trace);
}

static void it_says_what_was_measured(void)
{
	struct wg_trace *a = fake_reads("tick", 40, 3, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 40, 3, 0);
	struct wg_picture_options few = { .has_range = true, .to_ns = 30000000 };
	char *text = picture_draw(wg_export_svg, a, b, NULL), wasted[32];
	struct wg_figures f;

	CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, a), 0);
	(void)wg_format_time(wasted, sizeof(wasted), f.wasted_ns);
	CU_ASSERT(wg_has(text, wasted));
	CU_ASSERT(wg_has(text, "times less"));
	CU_ASSERT(wg_has(text, ">loop 1 tick</text>") && wg_has(text, ">worker 2</text>"));
	CU_ASSERT(wg_has(text, "ends at ")); /* the shorter one */
	CU_ASSERT(wg_has(text, "empty wake") && wg_has(text, "gap p99"));
	free(text);
	text = picture_draw(wg_export_svg, a, b, &few);
	CU_ASSERT(wg_has(text, "loop 1 tick: wasted: asleep, result ready for 10.0 ms, from "));
	CU_ASSERT(wg_has(text, ", operation 2<"));
	free(text);
	fake_trace_free(a);
	fake_trace_free(b);
}

static void names_stay_names(void)
{
	struct wg_trace *trace = picture_hostile();
	char *text = picture_draw(wg_export_svg, trace, NULL, NULL);

	CU_ASSERT(!wg_has(text, "<script") && !wg_has(text, "<img") && !wg_has(text, "<b>"));
	CU_ASSERT(wg_has(text, "&lt;b&gt;note&lt;/b&gt; &amp; \\xfe"));
	CU_ASSERT(!strpbrk(text, "\x01\x1b\xff"));
	CU_ASSERT(!wg_has(text, "\xe2\x80\xae"));
	free(text);
	fake_trace_free(trace);
}

static void size_does_not_grow_with_the_trace(void)
{
	struct wg_trace *some = fake_reads("some", 5000, 8, 0), *more;
	struct wg_picture_options wide = { .width = WG_SVG_WIDTH_MAX };
	char *a = picture_draw(wg_export_svg, some, NULL, NULL), *b;

	more = fake_reads("more", 40000, 8, 0);
	b = picture_draw(wg_export_svg, more, NULL, NULL);
	CU_ASSERT(strlen(b) < strlen(a) + strlen(a) / 4 + 4096);
	CU_ASSERT(strlen(b) < 600000);
	free(b);
	b = picture_draw(wg_export_svg, more, NULL, &wide);
	CU_ASSERT(strlen(b) < 6000000);
	free(a);
	free(b);
	fake_trace_free(some);
	fake_trace_free(more);
}

static void ranges_are_kept_or_refused(void)
{
	struct wg_trace *trace = fake_reads("tick", 40, 3, 10000000);
	const struct wg_trace *three[] = { trace, trace, trace };
	struct wg_picture_options part = {
		.has_range = true, .from_ns = 100000000, .to_ns = 150000000
	};
	struct wg_picture_options after = {
		.has_range = true, .from_ns = INT64_C(9000000000), .to_ns = INT64_MAX
	};
	char *text = picture_draw(wg_export_svg, trace, NULL, &part);
	struct wg_picture picture;

	CU_ASSERT(wg_has(text, "Shown: 100 ms to 150 ms."));
	CU_ASSERT(wg_has(text, ">120 ms</text>") && !wg_has(text, ">90 ms</text>"));
	CU_ASSERT_EQUAL(wg_picture_init(&picture, three, 1, &after), -ERANGE);
	CU_ASSERT_EQUAL(wg_picture_init(&picture, three, 3, NULL), -EINVAL);
	CU_ASSERT_EQUAL(wg_picture_init(&picture, three, 0, NULL), -EINVAL);
	free(text);
	fake_trace_free(trace);
}

static void the_command_draws(void)
{
	const char *const two[] = { wg_build_path("wakegap"), "export", wg_sample("tick"),
		wg_sample("eventfd"), "--format", "svg", NULL };
	char *out = NULL;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, two), 0);
	CU_ASSERT(is_balanced(out) && wg_has(out, "tick slept 121 ms with a result ready"));
	free(out);
}

static void the_command_refuses_an_empty_range(void)
{
	const char *const late[] = { wg_build_path("wakegap"), "export", wg_sample("tick"),
		"--format", "svg", "--range", "100s..", NULL };
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(wg_run(&out, &err, late), 1);
	CU_ASSERT(wg_has(err, "nothing was recorded in that range"));
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	free(err);
}

static void a_browser_shows_it(void)
{
	struct wg_trace *a = fake_reads("tick", 40, 3, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 40, 3, 0);
	char *text = picture_draw(wg_export_svg, a, b, NULL), *dom;

	dom = picture_browse(picture_file("picture.svg", text), "");
	if (dom) {
		CU_ASSERT(!wg_has(dom, "parsererror"));
		CU_ASSERT_EQUAL(picture_count(dom, "class=\"lane\""), 8);
		CU_ASSERT(wg_has(dom, ">loop 1 eventfd</text>"));
	}
	free(dom);
	free(text);
	fake_trace_free(a);
	fake_trace_free(b);
}

/* As on the canvas of the viewer: a name takes the columns that its characters have. */
static void names_have_the_width_of_their_characters(void)
{
	static const struct {
		const char *name;
		size_t columns;
		const char *in_three;
	} names[] = {
		{ "abc", 3, "abc" }, { "abcd", 4, "ab\xe2\x80\xa6" },
		{ "\xe4\xb8\xad\xe6\x96\x87", 4, "\xe4\xb8\xad\xe2\x80\xa6" }, /* two wide ones */
		{ "a\xe4\xb8\xad\xe6\x96\x87", 5, "a\xe2\x80\xa6" },
		{ "e\xcc\x81"
		  "e\xcc\x81"
		  "e\xcc\x81",
			3,
			"e\xcc\x81"
			"e\xcc\x81"
			"e\xcc\x81" }, /* accents of their own */
		{ "a\x1b"
		  "b",
			3,
			"a\xef\xbf\xbd"
			"b" },
		{ "\xff", 4, "\xe2\x80\xa6" }, /* shown as \xff */
	};
	size_t i, len;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *text = NULL;
		FILE *out = open_memstream(&text, &len);

		wg_markup_clipped(out, names[i].name, 3);
		(void)fclose(out);
		CU_ASSERT_EQUAL(wg_markup_width(names[i].name), names[i].columns);
		CU_ASSERT_STRING_EQUAL(text, names[i].in_three);
		CU_ASSERT(wg_columns(text) <= 3);
		free(text);
	}
}

static void text_is_broken_between_characters(void)
{
	CU_ASSERT_EQUAL(wg_columns_break("one two", 80), 7);
	CU_ASSERT_EQUAL(wg_columns_break("one two", 5), 3);
	CU_ASSERT_EQUAL(wg_columns_break("one two", 3), 3);
	CU_ASSERT_EQUAL(wg_columns_break("abcdef", 4), 4);
	CU_ASSERT_EQUAL(wg_columns_break("\xe4\xb8\xad\xe6\x96\x87", 3), 3);
	CU_ASSERT_EQUAL(wg_columns_break("\xe4\xb8\xad", 1), 3); /* at least one */
	CU_ASSERT_EQUAL(wg_columns_break("a\nb", 9), 1);
}

void suite_export_svg(void)
{
	WG_TEST(pictures_are_well_formed);
	WG_TEST(no_width_hides_a_wasted_interval);
	WG_TEST(labels_keep_apart);
	WG_TEST(it_says_what_was_measured);
	WG_TEST(names_stay_names);
	WG_TEST(size_does_not_grow_with_the_trace);
	WG_TEST(ranges_are_kept_or_refused);
	WG_TEST(the_command_draws);
	WG_TEST(the_command_refuses_an_empty_range);
	WG_TEST(a_browser_shows_it);
	WG_TEST(names_have_the_width_of_their_characters);
	WG_TEST(text_is_broken_between_characters);
}
