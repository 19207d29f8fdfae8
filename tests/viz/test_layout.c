/*
 * test_layout.c: svg and html as headless Chromium lays them out: no label over another or over a
 * bar, nothing cut off, nothing wider than the window. The page measures itself: a script at its
 * end asks the browser where everything came to lie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/picture_test.h"
#include "tests/harness/support.h"

/* `ends at` stands in the lane on purpose, behind the last bar. */
static const char ruler[] =
	"<script>setTimeout(()=>{const d=document.documentElement.dataset,out=[];let bars=0;"
	"const hit=(a,b)=>Math.min(a.right,b.right)-Math.max(a.left,b.left)>1&&"
	"Math.min(a.bottom,b.bottom)-Math.max(a.top,b.top)>2;"
	"for(const s of document.querySelectorAll('svg')){const v=s.getBoundingClientRect();"
	"const t=[...s.querySelectorAll('text')].filter(e=>e.textContent.trim())"
	".map(e=>[e.getBoundingClientRect(),e.textContent]).filter(([r])=>r.width>0);"
	"t.forEach(([r,x],i)=>{if(r.left<v.left-1||r.right>v.right+1||r.top<v.top-1||"
	"r.bottom>v.bottom+1)out.push('cut: '+x);"
	"for(const [q,y] of t.slice(i+1))if(hit(r,q))out.push(x+' over '+y);});"
	"for(const b of s.querySelectorAll('.lane rect,.lane path,rect.ha,rect.hb')){"
	"const r=b.getBoundingClientRect();if(r.width)bars++;"
	"for(const [q,x] of t)if(r.width&&hit(r,q)&&!/ends at/.test(x))out.push('bar on '+x);}}"
	"if(document.documentElement.scrollWidth>innerWidth+1)out.push('wider than the window');"
	"d.bars=bars;d.layout=out.slice(0,8).join('; ')||'clean';},500)</script>";

/* The document with the ruler at its end; frees it. */
static char *measured(char *text)
{
	char *end = strstr(text, "</body>"), *svg = strstr(text, "<svg"), *whole = NULL;
	int len;

	if (end)
		len = asprintf(&whole, "%.*s%s%s", (int)(end - text), text, ruler, end);
	else
		len = asprintf(&whole, "<!doctype html><body>%s%s</body>", svg, ruler);
	CU_ASSERT_FATAL(len > 0);
	free(text);
	return whole;
}

static void expect_order(char *text, const char *what)
{
	char *whole = measured(text), *dom, *at;

	dom = picture_browse(picture_file("page.html", whole), "");
	if (dom) {
		at = strstr(dom, "data-layout=\"");
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		if (strncmp(at, "data-layout=\"clean\"", 19) != 0)
			(void)fprintf(stderr, "# %s: %.300s\n", what, at);
		CU_ASSERT_EQUAL(strncmp(at, "data-layout=\"clean\"", 19), 0);
		CU_ASSERT(!wg_has(dom, "data-bars=\"0\""));
	}
	free(dom);
	free(whole);
}

/* Draw a and b and look where all of it is; frees them. */
static void look_at(picture_fn draw, struct wg_trace *a, struct wg_trace *b,
	const struct wg_picture_options *options, const char *what)
{
	expect_order(picture_draw(draw, a, b, options), what);
	fake_trace_free(a);
	fake_trace_free(b);
}

static void a_picture_is_in_order(void)
{
	struct wg_picture_options part = { .has_range = true, .from_ns = 100000000 },
				  narrow = { .width = 420 };
	unsigned seed = wg_seed();

	part.to_ns = 160000000;
	look_at(wg_export_svg, fake_reads("tick", 40, 3, 10000000), fake_reads("eventfd", 40, 3, 0),
		NULL, "two");
	look_at(wg_export_svg, fake_reads("tick", 40, 3, 10000000), NULL, &part, "a part");
	look_at(wg_export_svg, picture_random(seed, 300), picture_random(seed + 1, 50), &narrow,
		"narrow");
	look_at(wg_export_svg, picture_hostile(), NULL, NULL, "odd names");
}

static void a_page_is_in_order(void)
{
	unsigned seed = wg_seed();

	look_at(wg_export_html, fake_reads("tick", 40, 3, 10000000),
		fake_reads("eventfd", 40, 3, 0), NULL, "two");
	/* Gaps of all lengths, thousands of a sort: what a histogram can be asked for. */
	look_at(wg_export_html, picture_random(seed, 9000), picture_random(seed + 1, 20000), NULL,
		"many gaps");
	look_at(wg_export_html, fake_reads("long", 20000, 4, 0), fake_reads("short", 9000, 4, 0),
		NULL, "narrow bars");
	look_at(wg_export_html, picture_hostile(), NULL, NULL, "odd names");
}

void suite_layout(void)
{
	WG_TEST(a_picture_is_in_order);
	WG_TEST(a_page_is_in_order);
}
