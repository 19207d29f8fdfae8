/*
 * text.h: every screen of the viewer in lines of words, for screen readers, pipes and diffs. The
 * same state, the same figures; no line depends on columns or on what stands above it.
 */
#ifndef VIZ_SCREEN_TEXT_H
#define VIZ_SCREEN_TEXT_H

#include <stdio.h>

struct wg_app;

void wg_text_print(const struct wg_app *app, FILE *out);

/* The title of a live screen in one line; defined beside the drawn one, in live_title.c. */
struct wg_live_title;
void wg_live_title_text(char *buf, size_t len, const struct wg_live_title *title);

#endif
