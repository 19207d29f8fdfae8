/*
 * layout.h: which row holds what. Rows go first to what matters most:
 * one lane of each trace, the sentence, the legend; then details, figures, more lanes.
 */
#ifndef VIZ_APP_LAYOUT_H
#define VIZ_APP_LAYOUT_H

#include <stddef.h>

#include "viz/app/app.h"

struct wg_band {
	int y, h; /* h is 0 for what has no room */
};

enum wg_row_kind { WG_ROW_LANE, WG_ROW_MARKS, WG_ROW_CHAIN, WG_ROW_PROCESS };

/* One screen row of a pane: a lane or several folded into one, what stands below a loop's lane, or
 * a process's heading. */
struct wg_row {
	enum wg_row_kind kind;
	size_t entry;	/* of the pane's lane list */
	size_t lane;	/* its first */
	size_t members; /* lanes it stands for */
};

struct wg_layout {
	struct wg_band title, sentence, notes, legend, overview, axis, marks, figures, details,
		footer;
	struct wg_band pane[WG_PANES_MAX]; /* the first row is the pane's header */
	/* Rows under each loop lane: 0, 1 marks, 2 marks and chain; 1 under the chosen thread. */
	int below[WG_PANES_MAX];
};

/* The screen must not be too small (wg_app_too_small()). */
void wg_layout_init(struct wg_layout *layout, const struct wg_app *app);

/* The i-th row of a pane with that many rows below each loop; false past the last. */
bool wg_layout_row(const struct wg_pane *pane, int below, size_t i, struct wg_row *ret_row);

/* What stands at row y of the screen: the pane's index and row. False for anything else. */
bool wg_layout_hit(const struct wg_app *app, const struct wg_layout *layout, int y,
	size_t *ret_pane, struct wg_row *ret_row);

/* The first row to show, so that the chosen lane is in sight. */
size_t wg_layout_top(const struct wg_pane *pane, const struct wg_layout *layout, size_t index);

#endif
