/*
 * golden.c: see golden.h.
 */
#include "tests/harness/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "viz/app/app.h"
#include "viz/canvas/canvas.h"
#include "viz/screen/screen.h"
#include "viz/app/script.h"

char *wg_slurp(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = calloc(1, 1 << 17);

	if (in && text)
		(void)!fread(text, 1, (1 << 17) - 1, in);
	if (in)
		(void)fclose(in);
	return text;
}

char *wg_app_text(const struct wg_app *app)
{
	struct wg_canvas canvas;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	CU_ASSERT_FATAL(out != NULL);
	CU_ASSERT_FATAL(wg_canvas_init(&canvas, app->cols, app->rows, app->ascii) == 0);
	CU_ASSERT(wg_screen_draw(app, &canvas) == 0);
	wg_canvas_print(&canvas, out);
	wg_canvas_fini(&canvas);
	(void)fclose(out);
	return text;
}

char *wg_screen_text(struct wg_trace *const *traces, size_t count, int cols, int rows, bool ascii,
	const char *keys)
{
	const struct wg_trace *borrowed[2] = { traces[0], count > 1 ? traces[1] : NULL };
	struct wg_app app;
	char bad[64];

	CU_ASSERT_FATAL(wg_app_init(&app, borrowed, count, cols, rows, ascii) == 0);
	CU_ASSERT(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return wg_app_text(&app);
}

void wg_golden_compare(const char *name, const char *text)
{
	const char *path = wg_golden(name), *update = getenv("WG_GOLDEN_UPDATE");
	char *want;

	if (update && *update) {
		FILE *out = fopen(path, "we");

		CU_ASSERT_FATAL(out != NULL);
		(void)fputs(text, out);
		(void)fclose(out);
	}
	want = wg_slurp(path);
	CU_ASSERT_FATAL(want != NULL);
	CU_ASSERT(strcmp(want, text) == 0);
	if (strcmp(want, text) != 0)
		fprintf(stderr, "# %s differs; the screen is now:\n%s", name, text);
	free(want);
}
