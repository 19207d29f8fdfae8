/*
 * figure_rows.h: the figures of one or two traces as rows: a name, a value for each, the ratio, and
 * what to search for to see where a figure comes from.
 */
#ifndef VIZ_APP_FIGURE_ROWS_H
#define VIZ_APP_FIGURE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/model/figures.h"

/* How many rows there are, and the name of one. */
size_t wg_figure_row_count(void);
const char *wg_figure_row_name(size_t row);

/* "1.60 s", "none". Returns buf. */
char *wg_figure_row_value(char *buf, size_t len, const struct wg_figures *f, size_t row);

/* a against b, as "1590x", "1/12", "same"; "" where that says nothing. Returns buf. */
char *wg_figure_row_ratio(
	char *buf, size_t len, const struct wg_figures *a, const struct wg_figures *b, size_t row);

/* An expression of filter.h that finds what the figure counts or measures; "" if nothing does. */
char *wg_figure_row_find(char *buf, size_t len, const struct wg_figures *f, size_t row);

/* Is it bad news that this is not 0? */
bool wg_figure_row_alarms(const struct wg_figures *f, size_t row);

#endif
