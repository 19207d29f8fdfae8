/*
 * test_export_html.c: the page works without a script, loads nothing, has the measures' numbers in
 * its tables and data, is bounded, and escapes hostile names; and how a browser shows it.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/picture_test.h"
#include "tests/harness/support.h"
#include "traces/picture/page.h"
#include "traces/base/units.h"

/* The page's data, parsed. */
static json_t *data_of(const char *page)
{
	const char *begin = strstr(page, "id=\"data\">"), *end;
	json_t *root;

	CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
	begin += strlen("id=\"data\">");
	end = strstr(begin, "</script>");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	root = json_loadb(begin, (size_t)(end - begin), 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

static json_t *trace_of(json_t *root, size_t i)
{
	return json_array_get(json_object_get(root, "traces"), i);
}

/* The time that the page draws as wasted. */
static int64_t wasted_in(json_t *trace)
{
	json_t *lane, *length, *part;
	int64_t sum = 0;
	size_t i, k;

	json_array_foreach(json_object_get(trace, "lanes"), i, lane)
	{
		const char *state = json_string_value(json_object_get(lane, "state"));

		length = json_object_get(lane, "length");
		part = json_object_get(lane, "part");
		CU_ASSERT_EQUAL(strlen(state), json_array_size(length));
		for (k = 0; state[k]; k++) {
			if (state[k] == '1')
				sum += json_integer_value(
					part ? json_array_get(part, k) : json_array_get(length, k));
		}
	}
	return sum;
}

/* A sleep without an end is no gap, in no place of the page. */
static void a_stuck_loop_is_counted_apart(void)
{
	struct fake *fake = fake_create();
	struct wg_trace *a;
	char *page;

	fake_loop(fake, 0, 1, "condvar", 0);
	fake_submit(fake, 0, 1, 1);
	fake_wait(fake, 1000, 1, -1, 0);
	fake_done(fake, 2000, 1, 1);
	fake_wake(fake, 4000, 1, WG_REASON_NOTIFIED, 1);
	fake_deliver(fake, 4100, 1, 1);
	fake_submit(fake, 4200, 1, 2);
	fake_wait(fake, 4300, 1, -1, 0);
	fake_done(fake, 5000, 1, 2);
	fake_submit(fake, 10000, 1, 3);
	a = fake_finish(fake, "a");
	page = picture_draw(wg_export_html, a, NULL, NULL);
	CU_ASSERT(wg_has(page, ", 1 gap<"));
	CU_ASSERT(wg_has(page, ": 1 stuck, then all 1 gap<"));
	CU_ASSERT(wg_has(page, ">20&#160;% wasted<") && wg_has(page, ">50&#160;% stuck<"));
	CU_ASSERT(wg_has(page, ">20 %<")); /* the figure of the same name */
	free(page);
	fake_trace_free(a);
}

static void nothing_is_loaded(void)
{
	struct wg_trace *a = fake_reads("tick", 40, 3, 10000000);
	char *page = picture_draw(wg_export_html, a, NULL, NULL);

	CU_ASSERT(wg_has(page, "default-src 'none'; style-src 'unsafe-inline'; script-src "
			       "'unsafe-inline'; img-src data:"));
	CU_ASSERT(!wg_has(page, "src=\"") && !wg_has(page, "@import") && !wg_has(page, "https:"));
	CU_ASSERT_EQUAL(picture_count(page, "http:"), 1); /* the name of SVG, fetched by nobody */
	CU_ASSERT_EQUAL(picture_count(page, "href=\""), picture_count(page, "href=\"data:,\""));
	CU_ASSERT_EQUAL(picture_count(page, "url("), picture_count(page, "url(#wg-"));
	CU_ASSERT(!wg_has(page, "fetch(") && !wg_has(page, "XMLHttp") && !wg_has(page, "eval("));
	free(page);
	fake_trace_free(a);
}

static void it_is_whole_without_a_script(void)
{
	struct wg_trace *a = fake_reads("tick", 40, 3, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 40, 3, 0);
	char *page = picture_draw(wg_export_html, a, b, NULL), wasted[64], time[32];
	struct wg_figures f;

	*strstr(page, "<script") = '\0';
	CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, a), 0);
	(void)snprintf(wasted, sizeof(wasted), "<td class=\"bad\">%s</td>",
		wg_format_time(time, sizeof(time), f.wasted_ns));
	CU_ASSERT(wg_has(page, wasted));
	CU_ASSERT(wg_has(page, "times less</h1>"));
	CU_ASSERT_EQUAL(picture_count(page, "<article"), 2);
	CU_ASSERT_EQUAL(picture_count(page, "class=\"lane\""), 8);
	CU_ASSERT_EQUAL(picture_count(page, "class=\"longest\""), 2);
	CU_ASSERT_EQUAL(picture_count(page, "<tr data-from"), 24);
	CU_ASSERT(wg_has(page, ": 40 gaps</title>")); /* a histogram */
	CU_ASSERT(wg_has(page, "the longest 12 of 40"));
	free(page);
	fake_trace_free(a);
	fake_trace_free(b);
}

static void its_data_are_the_measures(void)
{
	unsigned seed = wg_seed(), round;

	for (round = 0; round < 20; round++) {
		struct wg_trace *trace = picture_random(seed + round, 100);
		char *page = picture_draw(wg_export_html, trace, NULL, NULL);
		json_t *root = data_of(page), *one = trace_of(root, 0);
		struct wg_figures f;

		CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, trace), 0);
		CU_ASSERT_EQUAL(wasted_in(one), f.wasted_ns);
		CU_ASSERT_EQUAL(json_array_size(json_object_get(one, "lanes")), trace->lane_count);
		CU_ASSERT_EQUAL(json_array_size(json_object_get(one, "ops")), trace->op_count);
		CU_ASSERT_EQUAL(json_integer_value(json_object_get(one, "merged")), 0);
		json_decref(root);
		free(page);
		fake_trace_free(trace);
	}
}

static void too_much_is_merged_and_said(void)
{
	struct wg_trace *trace = fake_reads("big", 30000, 6, 0);
	struct wg_picture_options part = { .has_range = true, .from_ns = 0, .to_ns = 100000000 };
	char *page = picture_draw(wg_export_html, trace, NULL, NULL);
	json_t *root = data_of(page), *one = trace_of(root, 0);
	struct wg_figures f;

	CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, trace), 0);
	CU_ASSERT(wg_has(page, "no wasted one is left out"));
	CU_ASSERT(wg_has(page, "A has more than 6000 operations"));
	CU_ASSERT(json_integer_value(json_object_get(one, "merged")) > 0);
	CU_ASSERT(json_is_null(json_object_get(one, "ops")));
	CU_ASSERT_EQUAL(wasted_in(one), f.wasted_ns);
	CU_ASSERT(strlen(page) < 3000000);
	json_decref(root);
	free(page);
	page = picture_draw(wg_export_html, trace, NULL, &part);
	CU_ASSERT(!wg_has(page, "are drawn as one"));
	CU_ASSERT(wg_has(page, "the figures are those of the whole recording"));
	free(page);
	fake_trace_free(trace);
}

static void names_stay_names(void)
{
	struct wg_trace *trace = picture_hostile();
	char *page = picture_draw(wg_export_html, trace, NULL, NULL);
	json_t *root = data_of(page), *lane;

	CU_ASSERT_EQUAL(picture_count(page, "<script"), 2);
	CU_ASSERT_EQUAL(picture_count(page, "</script"), 2);
	CU_ASSERT(!wg_has(page, "<img") && !wg_has(page, "<!--") && !wg_has(page, "<svg onload"));
	CU_ASSERT(!strpbrk(page, "\x01\x1b\xff"));
	lane = json_array_get(json_object_get(trace_of(root, 0), "lanes"), 0);
	CU_ASSERT(wg_has(
		json_string_value(json_object_get(lane, "name")), "</script><script>alert(1)//"));
	/* An id that a double cannot hold travels as text. */
	CU_ASSERT(wg_has(page, "[\"18446744073709551615\",\"read\""));
	json_decref(root);
	free(page);
	fake_trace_free(trace);
}

/* The page with a script of ours before this tag; frees the page. */
static char *with_script(char *page, const char *tag, const char *script)
{
	char *at = strstr(page, tag), *whole = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_FATAL(asprintf(&whole, "%.*s<script>%s</script>%s", (int)(at - page), page,
				script, at) > 0);
	free(page);
	return whole;
}

/* Without a single frame, as in a tab that is not in sight: what is drawn first is there at once.
 */
static void a_browser_runs_it(void)
{
	struct wg_trace *a = fake_reads("tick", 40, 3, 10000000);
	struct wg_trace *b = fake_reads("eventfd", 40, 3, 0);
	char *page = with_script(picture_draw(wg_export_html, a, b, NULL), "</head>",
		     "requestAnimationFrame=()=>0"),
	     *dom;

	dom = picture_browse(picture_file("page.html", page), "#l");
	if (dom) {
		CU_ASSERT(wg_has(dom, "data-ready=\"1\"") && !wg_has(dom, "data-error"));
		CU_ASSERT(wg_has(dom, "data-lanes=\"8\"") && wg_has(dom, "data-wasted=\"1\""));
		CU_ASSERT(wg_has(dom, "id=\"live\"") && !wg_has(dom, "id=\"still\""));
		CU_ASSERT(wg_has(dom, ">loop 1 eventfd</text>"));
		CU_ASSERT(wg_has(dom, "of 80: A loop 1 tick; wasted: asleep with a result ready"));
		CU_ASSERT(wg_has(dom, "no notify for it"));
	}
	free(dom);
	free(page);
	fake_trace_free(a);
	fake_trace_free(b);
}

/* A script at the page's end plays the wheel, a drag, keys and the pointer. The browser's clock
 * here is virtual and does not drive its frames, so the script does. */
static const char hands[] =
	"const s=document.getElementById('live'),b=s.getBoundingClientRect();"
	"const at=(x,y)=>({clientX:b.left+b.width*x,clientY:b.top+y,bubbles:true,cancelable:true,"
	"pointerId:1});const d=document.documentElement.dataset;const seen=[];"
	"const tell=()=>new "
	"Promise(r=>setTimeout(()=>{seen.push((d.to-d.from).toFixed(0));r()},50));"
	"s.setPointerCapture=()=>{};requestAnimationFrame=(f)=>setTimeout(f,16);"
	"(async()=>{await tell();"
	"s.dispatchEvent(new WheelEvent('wheel',{...at(.5,80),deltaY:-1}));await tell();"
	"s.dispatchEvent(new KeyboardEvent('keydown',{key:'+'}));await tell();"
	"const f=+d.from;s.dispatchEvent(new PointerEvent('pointerdown',at(.5,80)));"
	"s.dispatchEvent(new PointerEvent('pointermove',at(.4,80)));"
	"s.dispatchEvent(new PointerEvent('pointerup',at(.4,80)));await tell();d.moved=+d.from>f;"
	"s.dispatchEvent(new PointerEvent('pointermove',at(.5,75)));"
	"d.tip=document.getElementById('tip').textContent;"
	"s.dispatchEvent(new KeyboardEvent('keydown',{key:'0'}));await tell();"
	"d.zoomed=+seen[1]<+seen[0]&&+seen[2]<+seen[1]&&seen[3]===seen[2]&&seen[4]===seen[0];})()";

static void a_browser_lets_it_be_moved(void)
{
	struct wg_trace *trace = fake_reads("tick", 40, 3, 10000000);
	char *page = with_script(picture_draw(wg_export_html, trace, NULL, NULL), "</body>", hands),
	     *dom;

	dom = picture_browse(picture_file("page.html", page), "");
	if (dom) {
		CU_ASSERT(
			wg_has(dom, "data-zoomed=\"true\"") && wg_has(dom, "data-moved=\"true\""));
		CU_ASSERT(
			wg_has(dom, "data-tip=\"A loop 1 tickwasted: asleep with a result ready"));
		CU_ASSERT(!wg_has(dom, "data-error"));
	}
	free(dom);
	free(page);
	fake_trace_free(trace);
}

static void a_browser_runs_a_merged_one(void)
{
	struct wg_trace *trace = fake_reads("big", 30000, 6, 0);
	char *page = picture_draw(wg_export_html, trace, NULL, NULL), *dom;

	dom = picture_browse(picture_file("page.html", page), "#l");
	if (dom) {
		CU_ASSERT(wg_has(dom, "data-ready=\"1\"") && !wg_has(dom, "data-error"));
		CU_ASSERT(wg_has(dom, "data-lanes=\"7\"") && wg_has(dom, "data-wasted=\"1\""));
	}
	free(dom);
	free(page);
	fake_trace_free(trace);
}

static void a_browser_runs_no_name(void)
{
	struct wg_trace *trace = picture_hostile();
	char *page = picture_draw(wg_export_html, trace, NULL, NULL), *dom;

	dom = picture_browse(picture_file("page.html", page), "");
	if (dom) {
		CU_ASSERT(wg_has(dom, "data-ready=\"1\"") && !wg_has(dom, "data-error"));
		CU_ASSERT(wg_has(dom, "data-lanes=\"4\""));
		CU_ASSERT(!wg_has(dom, "<img") && picture_count(dom, "<script") == 2);
	}
	free(dom);
	free(page);
	fake_trace_free(trace);
}

void suite_export_html(void)
{
	WG_TEST(a_stuck_loop_is_counted_apart);
	WG_TEST(nothing_is_loaded);
	WG_TEST(it_is_whole_without_a_script);
	WG_TEST(its_data_are_the_measures);
	WG_TEST(too_much_is_merged_and_said);
	WG_TEST(names_stay_names);
	WG_TEST(a_browser_runs_it);
	WG_TEST(a_browser_lets_it_be_moved);
	WG_TEST(a_browser_runs_a_merged_one);
	WG_TEST(a_browser_runs_no_name);
}
