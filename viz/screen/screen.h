/*
 * screen.h: the viewer's screen, drawn from its state onto a canvas. Reads the state, changes
 * nothing, so that drawing twice gives the same picture.
 */
#ifndef VIZ_SCREEN_SCREEN_H
#define VIZ_SCREEN_SCREEN_H

#include "viz/app/app.h"
#include "viz/canvas/canvas.h"
#include "viz/app/layout.h"

/* Draw all of it. The canvas has the app's size. 0 or -ENOMEM. */
int wg_screen_draw(const struct wg_app *app, struct wg_canvas *canvas);

/* ---- parts, private to the files of the screen ---- */

/* What every part needs to draw itself. */
struct wg_pen {
	const struct wg_app *app;
	struct wg_canvas *canvas;
	const struct wg_layout *layout;
	struct wg_bin *bins; /* scratch, scale.cols of them */
};

void wg_draw_overview(const struct wg_pen *pen);
void wg_draw_live_title(const struct wg_pen *pen);
void wg_draw_axis(const struct wg_pen *pen);
void wg_draw_mark_line(const struct wg_pen *pen);
void wg_draw_pane(const struct wg_pen *pen, size_t index);
/* The rows under a loop's lane. */
void wg_draw_marks(const struct wg_pen *pen, size_t index, const struct wg_lane *lane, int y);
bool wg_draw_chain(const struct wg_pen *pen, size_t index, const struct wg_lane *lane, int y);
/* From the chain at row y down to the worker; after the lanes are drawn. */
void wg_draw_chain_down(const struct wg_pen *pen, size_t index, int y);
/* Who woke whom, over the lanes. */
void wg_draw_pairs(const struct wg_pen *pen, size_t index);
void wg_draw_figures(const struct wg_pen *pen);
void wg_draw_details(const struct wg_pen *pen);
void wg_draw_legend(const struct wg_pen *pen);
void wg_draw_footer(const struct wg_pen *pen);
void wg_draw_help(const struct wg_pen *pen);
void wg_draw_figure_view(const struct wg_pen *pen);
void wg_draw_findings(const struct wg_pen *pen);
int wg_draw_words(const struct wg_pen *pen); /* 0 or -ENOMEM */

/* The bytes of text that go into width columns, broken at a blank; all of it if is_last. */
int wg_wrap(const char *text, int width, bool is_last);

#endif
