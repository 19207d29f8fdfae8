/*
 * svg.h: the timeline as SVG elements, for a file of its own and for the inside of a page.
 *
 *     names | axis            0 ........ 0.5 s ........ 1 s
 *           | A tick          one lane a row, as in the viewer
 *           | B eventfd
 *
 * Each pixel of width is a column of traces/model/bins.h, so however long the trace, a picture has
 * at most a few elements a pixel and lane, and a wasted interval is drawn however short it is.
 * Equal neighbours are one shape; what is wide enough to be pointed at carries a <title>.
 *
 * A class says what an element is (look_class() in svg_lane.c); the colours are in the style sheet.
 * Every state also has a height or a pattern of its own, so it is readable in grey.
 */
#ifndef TRACES_PICTURE_SVG_H
#define TRACES_PICTURE_SVG_H

#include <stdio.h>

#include "traces/model/bins.h"
#include "traces/picture/picture.h"
#include "traces/model/scale.h"

#define WG_SVG_WIDTH	 960
#define WG_SVG_WIDTH_MIN 320
#define WG_SVG_WIDTH_MAX 8000
#define WG_SVG_MARGIN	 20
/* Loops are always drawn, of the workers of a trace so many: the first ones are the busiest. */
#define WG_SVG_WORKERS_MAX 24

struct wg_svg {
	FILE *out;
	const struct wg_picture *picture;
	int width;	       /* of the whole */
	int plot_x;	       /* left border of column 0 */
	struct wg_scale scale; /* a column a pixel */
	struct wg_bin *bins;   /* scratch */
	struct wg_bin *holes;  /* those of this trace, or NULL: not filled yet */
	const struct wg_trace *holes_of;
	struct wg_svg_run *run; /* scratch */
};

/* Sizes everything for the picture. 0 or -ENOMEM. Write errors stay in out (ferror). */
int wg_svg_init(struct wg_svg *svg, FILE *out, const struct wg_picture *picture);
void wg_svg_fini(struct wg_svg *svg);

/* <defs>: the patterns. Once a document, before all else. */
void wg_svg_defs(FILE *out);

/* The axis and the panes, from y on; returns the y below them. */
int wg_svg_timeline(struct wg_svg *svg, int y);
int wg_svg_timeline_height(const struct wg_svg *svg);

/* One entry of the legend: a sample of a look, 28 x 18 at x, y. */
void wg_svg_sample(FILE *out, enum wg_look look, int x, int y);

#define WG__SVG_CHAR_W 7 /* of a name or a label at 11 px, in the widest common font */

/* Inside the library: a lane of height h at y, and room for its runs (NULL without memory). */
void wg__svg_lane(struct wg_svg *svg, size_t index, const struct wg_lane *lane, int y, int h);
struct wg_svg_run *wg__svg_runs(int cols);

#endif
