/*
 * canvas.h: a grid of cells, each one glyph and one style; what the viewer draws on.
 *
 * The canvas knows no terminal. It prints itself as plain text (frames, golden files, pipes), and
 * term.c copies it to a real one. So every screen can be tested without a terminal, and what a test
 * saw is what a person sees.
 *
 *     struct wg_canvas canvas;
 *     if (wg_canvas_init(&canvas, 80, 24, false) < 0) ...
 *     wg_canvas_text(&canvas, 0, 0, 80, WG_STYLE_TITLE, "wakegap");
 *     wg_canvas_print(&canvas, stdout);
 *     wg_canvas_fini(&canvas);
 *
 * Drawing outside the grid is clipped in silence: callers lay out first and need not check again.
 * Text comes from traces too, so whatever could move a terminal's cursor (control characters, those
 * of which terminals disagree, broken UTF-8) becomes one '?'. Wide characters take two columns.
 */
#ifndef VIZ_CANVAS_CANVAS_H
#define VIZ_CANVAS_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum wg_style {
	WG_STYLE_PLAIN,
	WG_STYLE_DIM,
	WG_STYLE_STRONG,
	WG_STYLE_TITLE,
	WG_STYLE_WASTED,
	WG_STYLE_ASLEEP,
	WG_STYLE_AWAKE,
	WG_STYLE_WORKING,
	WG_STYLE_IDLE,
	WG_STYLE_LOST,
	WG_STYLE_EMPTY,
	WG_STYLE_IN_COND, /* in what a thread sleeps */
	WG_STYLE_IN_LOCK,
	WG_STYLE_IN_SLEEP,
	WG_STYLE_IN_OTHER,
	WG_STYLE_MARK,
	WG_STYLE_KEY,
	WG_STYLE_ALERT,
	WG_STYLE_COUNT
};

#define WG_STYLE_REVERSED 0x80u /* or'ed in: the cursor, the chosen lane */

#define WG_CELL_REST 0u /* the second half of a wide character */

struct wg_cell {
	uint32_t ch;   /* one code point; a wide one has WG_CELL_REST in the cell behind it */
	uint32_t mark; /* a combining one that stands on it, or 0 */
	uint8_t style;
};

struct wg_canvas {
	int cols, rows;
	bool ascii;	       /* text is forced into ASCII as it comes in */
	struct wg_cell *cells; /* rows * cols, owned */
};

/* 0 or -ENOMEM; cols and rows are at least 1. The memory of *canvas is the caller's. */
int wg_canvas_init(struct wg_canvas *canvas, int cols, int rows, bool ascii);
void wg_canvas_fini(struct wg_canvas *canvas); /* fine on a zeroed or finished one */

void wg_canvas_clear(struct wg_canvas *canvas);
void wg_canvas_put(struct wg_canvas *canvas, int x, int y, unsigned style, uint32_t ch);
void wg_canvas_fill(struct wg_canvas *canvas, int x, int y, int width, unsigned style, uint32_t ch);

/* Reverse what stands in a cell. */
void wg_canvas_reverse(struct wg_canvas *canvas, int x, int y);

/* Put UTF-8 text into at most width columns (its last column says if text was cut). Returns the
 * columns used. */
int wg_canvas_text(
	struct wg_canvas *canvas, int x, int y, int width, unsigned style, const char *text);
int wg_canvas_textf(struct wg_canvas *canvas, int x, int y, int width, unsigned style,
	const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Columns that text would take. */
int wg_canvas_width(const char *text);

/* What stands at x, y; a blank outside the grid. */
struct wg_cell wg_canvas_at(const struct wg_canvas *canvas, int x, int y);

/* Do two canvases of one size show the same in row y? */
bool wg_canvas_same_row(const struct wg_canvas *a, const struct wg_canvas *b, int y);

/* The whole canvas as text, rows ended by a newline, without blanks at their ends. */
void wg_canvas_print(const struct wg_canvas *canvas, FILE *out);

#endif
