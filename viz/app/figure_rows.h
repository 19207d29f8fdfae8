/*
 * figure_rows.h: the figures of one or two traces as rows: a name, a value for each, the ratio, and
 * what to search for to see where a figure comes from.
 */
#ifndef VIZ_APP_FIGURE_ROWS_H
#define VIZ_APP_FIGURE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/model/figures.h"

struct wg_figure_row {
	const char *name; /* a part of the row above begins with blanks */
	struct wg_figure is;
	const char *find; /* an expression of filter.h, or "" */
	bool alarm;	  /* bad news if it is not 0 */
};

/* How many rows there are; the i-th, NULL past the last. */
size_t wg_figure_row_count(void);
const struct wg_figure_row *wg_figure_row(size_t i);

/* a against b, as "1590x", "1/12", "same"; "" where that says nothing. Returns buf. */
char *wg_figure_row_ratio(
	char *buf, size_t len, const struct wg_figures *a, const struct wg_figures *b, size_t row);

/* An expression of filter.h that finds what the figure counts or measures; "" if nothing does. */
char *wg_figure_row_find(char *buf, size_t len, const struct wg_figures *f, size_t row);

#endif
