/*
 * golden.h: screens as text, and the files they are compared with.
 *
 * WG_GOLDEN_UPDATE=1 rewrites the files; look at the difference before committing it.
 */
#ifndef TESTS_HARNESS_GOLDEN_H
#define TESTS_HARNESS_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/model/model.h"

struct wg_app;

/* The screen of an app as text; the caller frees it. */
char *wg_app_text(const struct wg_app *app);

/* The screen after keys, as text; the caller frees it. */
char *wg_screen_text(struct wg_trace *const *traces, size_t count, int cols, int rows, bool ascii,
	const char *keys);

/* A file's text, "" if there is none; the caller frees it. NULL without memory. */
char *wg_slurp(const char *path);

/* Assert that text is what the golden file holds. */
void wg_golden_compare(const char *name, const char *text);

#endif
