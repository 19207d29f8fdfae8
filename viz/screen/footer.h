/*
 * footer.h: the bottom line: what the last key answered, and the keys that do something here. The
 * same layout serves drawing and the mouse, which presses the key it points at.
 */
#ifndef VIZ_SCREEN_FOOTER_H
#define VIZ_SCREEN_FOOTER_H

#include <stddef.h>

#include "viz/app/app.h"

struct wg_label {
	const struct wg_key_row *row;
	const char *word;
	int x, key_width, width;
};

#define WG_LABELS_MAX 32

/* The labels that fit. Returns how many; none while something is typed. */
size_t wg_footer_labels(const struct wg_app *app, struct wg_label labels[WG_LABELS_MAX]);

/* The key whose label is at a cell; false if there is none. */
bool wg_footer_hit(const struct wg_app *app, int x, int y, uint32_t *ret_key);

#endif
