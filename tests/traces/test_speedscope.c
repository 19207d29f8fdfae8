/*
 * test_speedscope.c: the chrome file in a program that is not ours: speedscope (npm), in headless
 * Chromium, without a server. What its importer complains of is caught; the names of its lanes and
 * of the slices in its table are looked for in the page.
 *
 *     npm install --prefix build speedscope        or WG_SPEEDSCOPE=FOLDER of the package
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/traces/export_run.h"
#include "tests/harness/harness.h"
#include "tests/harness/picture_test.h"

/*
 * speedscope loads #localProfilePath as a script, which is how its own command line hands files
 * over. Ours listens first, and asks for the table of slices by a key.
 */
static const char ears[] =
	"const d=document.documentElement.dataset;d.complaints='';"
	"const tell=(...a)=>{d.complaints+='! '+a.map(String).join(' ')};"
	"console.warn=console.error=window.alert=tell;"
	"window.addEventListener('error',e=>tell(e.message));"
	"window.addEventListener('unhandledrejection',e=>tell(e.reason));"
	"setTimeout(()=>window.dispatchEvent(new KeyboardEvent('keypress',{key:'3'})),800);"
	"speedscope.loadFileFromBase64('trace.json','";

/* Its page, or NULL and the test is skipped. */
static const char *page_of_speedscope(void)
{
	static char path[1024];
	const char *given = getenv("WG_SPEEDSCOPE");

	(void)snprintf(path, sizeof(path), "%s/dist/release/index.html",
		given ? given : wg_build_path("node_modules/speedscope"));
	if (access(path, R_OK) < 0 && !given)
		(void)snprintf(path, sizeof(path),
			"build/node_modules/speedscope/dist/release/index.html");
	if (access(path, R_OK) == 0)
		return realpath(path, NULL);
	wg_skip("speedscope (npm install --prefix build speedscope)");
	return NULL;
}

static char *base64(const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(text), i;
	char *ret = calloc(len / 3 + 2, 4), *to = ret;

	if (!ret)
		abort();
	for (i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;
		size_t left = len - i;

		if (left > 1)
			bits |= (uint32_t)(unsigned char)text[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)text[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[bits & 63] : '=';
	}
	return ret;
}

/* What speedscope's page shows of this file, malloced; NULL: skipped. */
static char *open_in_speedscope(const char *json)
{
	char *page = (char *)(uintptr_t)page_of_speedscope(), *bytes, *script, fragment[600], *dom;

	if (!page)
		return NULL;
	bytes = base64(json);
	if (asprintf(&script, "{%s%s')}", ears, bytes) < 0)
		abort();
	(void)snprintf(fragment, sizeof(fragment), "#localProfilePath=%s",
		picture_file("trace.js", script));
	dom = picture_browse(page, fragment);
	free(script);
	free(bytes);
	free(page);
	return dom;
}

static void it_opens_without_a_complaint(void)
{
	char *out = NULL, *dom;

	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), "--format", "chrome", NULL), 0);
	dom = open_in_speedscope(out);
	if (dom) {
		CU_ASSERT(wg_has(dom, "data-complaints=\"\""));
		CU_ASSERT(wg_has(dom, "<title>trace.json - speedscope</title>"));
		CU_ASSERT(wg_has(dom, ">wakegap-workloa (pid 12825), loop 1 tick (tid 12825)<"));
		CU_ASSERT(wg_has(dom, ">wakegap-workloa (pid 12825), worker 3 (tid 12831)<"));
		CU_ASSERT(wg_has(dom, "(1/5)")); /* lanes */
		CU_ASSERT(wg_has(dom, ">wasted {\"op\":11,\"reason\":\"timeout\"}<") ||
			  wg_has(dom, ">wasted {&quot;op&quot;:11"));
	}
	free(dom);
	free(out);
}

static void two_traces_have_names_of_their_own(void)
{
	char *out = NULL, *dom;

	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), wg_sample("eventfd"), "--format",
				"chrome", NULL),
		0);
	dom = open_in_speedscope(out);
	if (dom) {
		CU_ASSERT(wg_has(dom, "data-complaints=\"\""));
		CU_ASSERT(wg_has(dom, "(1/10)"));
		CU_ASSERT(wg_has(dom, ">tick: wakegap-workloa (pid 12825), loop 1 tick"));
		CU_ASSERT(wg_has(dom, ">eventfd: wakegap-workloa (pid 12842), loop 1 eventfd"));
	}
	free(dom);
	free(out);
}

/* That there are no complaints means something only if complaints arrive. */
static void a_complaint_is_heard(void)
{
	char *dom =
		open_in_speedscope("[{\"ph\":\"B\",\"name\":\"a\",\"pid\":1,\"tid\":1,\"ts\":1},"
				   "{\"ph\":\"B\",\"name\":\"b\",\"pid\":1,\"tid\":1,\"ts\":2},"
				   "{\"ph\":\"E\",\"name\":\"b\",\"pid\":1,\"tid\":1,\"ts\":3}]");

	if (dom)
		CU_ASSERT(wg_has(dom, "data-complaints=\"! "));
	free(dom);
}

void suite_speedscope(void)
{
	WG_TEST(it_opens_without_a_complaint);
	WG_TEST(two_traces_have_names_of_their_own);
	WG_TEST(a_complaint_is_heard);
}
