/*
 * test_bookmarks.c: bookmarks: set, kept beside the trace, found again, and never in its way.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "viz/app/app.h"
#include "viz/app/script.h"

static struct wg_app opened(struct wg_trace *trace, const char *keys)
{
	const struct wg_trace *borrowed[1] = { trace };
	struct wg_app app;
	char bad[64] = "";

	CU_ASSERT_FATAL(wg_app_init(&app, borrowed, 1, 120, 40, false) == 0);
	CU_ASSERT_FATAL(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return app;
}

static void bookmarks_are_kept_beside_the_trace(void)
{
	char *dir = wg_tmpdir(), path[300];
	struct wg_trace *t = fake_reads(dir, 20, 4, 10000000);
	struct wg_app app = opened(t, "w m w w M Type:here,it,waits Enter");
	struct stat st;
	FILE *out;

	CU_ASSERT(app.panes[0].bookmarks.count == 2);
	wg_app_save(&app);
	CU_ASSERT(wg_has(app.status, "2 bookmarks kept in"));
	app = opened(t, "");
	wg_app_load(&app);
	CU_ASSERT_FATAL(app.panes[0].bookmarks.count == 2);
	CU_ASSERT_STRING_EQUAL(app.panes[0].bookmarks.v[1].name, "here,it,waits");
	(void)wg_app_key(&app, '\'', 0);
	(void)wg_app_key(&app, '\'', 0);
	CU_ASSERT(wg_has(app.status, "bookmark 2 of 2: here,it,waits"));
	(void)wg_app_key(&app, 'm', 0); /* takes it away */
	CU_ASSERT(app.panes[0].bookmarks.count == 1);
	(void)wg_app_key(&app, '"', 0);
	CU_ASSERT(wg_has(app.status, "bookmark 1 of 1"));
	/* A file that is not ours stays, and a line says so. */
	(void)snprintf(path, sizeof(path), "%s/%s", dir, WG_BOOKMARKS_FILE);
	out = fopen(path, "we");
	CU_ASSERT_FATAL(out != NULL);
	(void)fputs("12 fine\nnot a bookmark\n", out);
	(void)fclose(out);
	app = opened(t, "");
	wg_app_load(&app);
	CU_ASSERT(app.panes[0].bookmarks.count == 0);
	CU_ASSERT(wg_has(app.status, "not a file of bookmarks"));
	(void)snprintf(path, sizeof(path), "%s/%s.new", dir, WG_BOOKMARKS_FILE);
	CU_ASSERT(stat(path, &st) < 0); /* no half of a file */
	fake_trace_free(t);
	t = fake_reads("/no/such/folder", 2, 1, 10000000);
	app = opened(t, "w m");
	wg_app_save(&app);
	CU_ASSERT(wg_has(app.status, "bookmarks will be lost"));
	fake_trace_free(t);
}

static void a_folder_with_bookmarks_is_still_a_trace(void)
{
	const char *copy = wg_copy_sample("tick");
	struct wg_bookmarks marks = { 0 };
	struct wg_trace *t = NULL;
	struct wg_error err;

	CU_ASSERT(wg_bookmarks_set(&marks, 5, "x"));
	CU_ASSERT(wg_trace_load(copy, &t, &err) == 0);
	if (t && wg_bookmarks_save(&marks, copy) == 0) {
		struct wg_trace *again = NULL;
		CU_ASSERT(wg_trace_load(copy, &again, &err) == 0);
		CU_ASSERT(again && again->event_count == t->event_count);
		CU_ASSERT(again && again->note_count == t->note_count);
		wg_trace_free(again);
	}
	wg_trace_free(t);
}

/* To open a FIFO for reading waits for a writer: such a folder would hold the viewer. */
static void only_a_file_is_opened(void)
{
	struct wg_bookmarks marks = { .count = 0 };
	char *dir = wg_tmpdir(), path[300];

	(void)snprintf(path, sizeof(path), "%s/" WG_BOOKMARKS_FILE, dir);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(wg_bookmarks_load(&marks, dir), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(unlink(path), 0);
	CU_ASSERT_EQUAL_FATAL(mknod(path, S_IFREG | 0600, 0), 0);
	CU_ASSERT_EQUAL(wg_bookmarks_load(&marks, dir), 0);
	CU_ASSERT_EQUAL_FATAL(truncate(path, INT64_C(1) << 33), 0);
	CU_ASSERT_EQUAL(wg_bookmarks_load(&marks, dir), -EFBIG);
}

void suite_bookmarks(void)
{
	WG_TEST(bookmarks_are_kept_beside_the_trace);
	WG_TEST(a_folder_with_bookmarks_is_still_a_trace);
	WG_TEST(only_a_file_is_opened);
}
