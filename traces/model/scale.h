/*
 * scale.h: time to column and back, and the marks of the axis.
 *
 * One column is a whole number of nanoseconds, so every border between columns is exact and an
 * event can be said to lie in one column and no other. Times are relative to a pane's t=0; both
 * panes share one scale, which is what makes them comparable by eye.
 */
#ifndef TRACES_MODEL_SCALE_H
#define TRACES_MODEL_SCALE_H

#include <stddef.h>
#include <stdint.h>

struct wg_scale {
	int64_t from_ns; /* left border of column 0 */
	int64_t step_ns; /* width of a column, at least 1 */
	int cols;
};

/* Times beyond this are clipped: sums of a few of them must not overflow. */
#define WG_SCALE_LIMIT_NS (INT64_MAX / 8)
int64_t wg_scale_clip(int64_t t);

/* The smallest step that shows all of [begin_ns, end_ns]. */
int64_t wg_scale_fit_step(int64_t begin_ns, int64_t end_ns, int cols);

int64_t wg_scale_time(const struct wg_scale *scale, int64_t col);
/* The column that holds t, clipped to -1 (before) and cols (after). */
int wg_scale_col(const struct wg_scale *scale, int64_t t);
int64_t wg_scale_end(const struct wg_scale *scale); /* right border of the last column */

/* A step of 1, 2 or 5 times a power of ten with room for a label between two ticks. */
int64_t wg_scale_tick(const struct wg_scale *scale);

/*
 * The label of time t, exact for multiples of tick_ns: "0", "1.5 ms", "1.234567891 s". The unit is
 * that of the largest time on screen, so that neighbours compare. Returns buf.
 */
char *wg_scale_label(
	const struct wg_scale *scale, char *buf, size_t len, int64_t t, int64_t tick_ns);

/* Time to the nanosecond, without trailing zeros: "1.5 ms", "-320 ns". Returns buf. */
char *wg_scale_exact(char *buf, size_t len, int64_t t);

#endif
