/*
 * picture_test.c: see picture_test.h.
 */
#include "tests/harness/picture_test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"

char *picture_draw(picture_fn draw, const struct wg_trace *a, const struct wg_trace *b,
	const struct wg_picture_options *options)
{
	const struct wg_trace *traces[] = { a, b };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	CU_ASSERT_EQUAL(draw(out, traces, b ? 2 : 1, options), 0);
	if (fclose(out) != 0)
		abort();
	return text;
}

const char *picture_file(const char *name, const char *text)
{
	static char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", wg_tmpdir(), name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fputs(text, file) >= 0);
	CU_ASSERT_EQUAL(fclose(file), 0);
	return path;
}

/* A step of any size, from a nanosecond to a second: each digit as likely as the next. */
static int64_t step(unsigned *seed)
{
	int64_t t = 1 + rand_r(seed) % 9;
	int digits = rand_r(seed) % 9;

	while (digits-- > 0)
		t = t * 10 + rand_r(seed) % 10;
	return t;
}

struct wg_trace *picture_random(unsigned seed, int ops)
{
	struct fake *fake = fake_create();
	uint32_t loops = 1 + (uint32_t)rand_r(&seed) % 2, loop;
	int64_t t = 1000;
	int op;

	for (loop = 1; loop <= loops; loop++)
		fake_loop(fake, t, loop, loop == 1 ? "tick" : "eventfd", 0);
	for (op = 1; op <= ops; op++) {
		bool ready = rand_r(&seed) % 4 != 0;

		loop = 1 + (uint32_t)rand_r(&seed) % loops;
		fake_submit(fake, t += step(&seed), loop, (uint64_t)op);
		fake_start(fake, t += step(&seed), loop, (uint64_t)op, (uint32_t)op % 3);
		fake_wait(fake, t += step(&seed), loop, -1, 0);
		if (ready)
			fake_done(fake, t += step(&seed), loop, (uint64_t)op);
		if (rand_r(&seed) % 20 == 0)
			fake_lost(fake, t, t + 5, 3);
		fake_wake(fake, t += step(&seed), loop,
			ready ? WG_REASON_TIMEOUT : WG_REASON_NOTIFIED, ready);
		fake_poll(fake, t += 1, loop, ready);
		if (ready)
			fake_deliver(fake, t += 1, loop, (uint64_t)op);
	}
	return fake_finish(fake, "random");
}

struct wg_trace *picture_hostile(void)
{
	struct fake *fake = fake_create();

	fake_loop(fake, 10, 1, "</script><script>alert(1)//", 0);
	fake_loop(fake, 11, 2, "\"'><img src=x onerror=y>&amp;]]>", 0);
	fake_loop(fake, 12, 3,
		"half \xe2\x82 \xff\xc0\x80 a\x01"
		"b\x1b[31m \xe2\x80\xae",
		0);
	fake_loop(fake, 13, 4, "<!--", 0);
	fake_submit(fake, 20, 1, UINT64_C(18446744073709551615));
	fake_wait(fake, 30, 1, -1, 0);
	fake_done(fake, 40, 1, UINT64_C(18446744073709551615));
	fake_wake(fake, 90, 1, WG_REASON_NOTIFIED, 1);
	fake_wait(fake, 95, 2, -1, 0);
	fake_wake(fake, 99, 2, WG_REASON_SPURIOUS, 0);
	fake_note(fake, "<b>note</b> & \xfe");
	return fake_finish(fake, "/tmp/<svg onload=z>");
}

size_t picture_count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

static const char *browser(void)
{
	static const char *const names[] = { "chromium", "chromium-browser", "google-chrome" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *const argv[] = { "sh", "-c", "command -v \"$0\" >/dev/null", names[i],
			NULL };

		if (wg_run(NULL, NULL, argv) == 0)
			return names[i];
	}
	return NULL;
}

char *picture_browse(const char *path, const char *fragment)
{
	const char *name = browser();
	char profile[600], url[600], *dom = NULL;
	const char *const argv[] = { name, "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--window-size=1000,1400", "--virtual-time-budget=2000", "--dump-dom", profile, url,
		NULL };

	if (!name) {
		wg_skip("no Chromium");
		return NULL;
	}
	(void)snprintf(profile, sizeof(profile), "--user-data-dir=%s", wg_tmpdir());
	(void)snprintf(url, sizeof(url), "file://%s%s", path, fragment);
	if (wg_run(&dom, NULL, argv) != 0) {
		free(dom);
		wg_skip("Chromium does not run here");
		return NULL;
	}
	return dom;
}
