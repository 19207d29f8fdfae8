/*
 * overview.h: a trace from end to end in one row, so that a person who has zoomed in knows where.
 *
 * It takes a pass over the trace, so it is kept in the pane and made anew only when the screen's
 * width, the alignment or the trace changes.
 */
#ifndef VIZ_APP_OVERVIEW_H
#define VIZ_APP_OVERVIEW_H

#include "viz/app/app.h"
#include "viz/canvas/canvas.h"

void wg_overview_build(struct wg_app *app);

/* The scale of the strip: everything on the screen's columns. */
struct wg_scale wg_overview_scale(const struct wg_app *app);

/* What is drawn in a column of pane's strip. */
struct wg_cell wg_overview_cell(const struct wg_app *app, size_t pane, int col);

#endif
