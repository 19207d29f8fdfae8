/*
 * page.h: the parts of the html export: its style sheet, its script, the histogram of gaps, and
 * what the script draws from: the lanes of a picture as JSON.
 *
 * One object: {"from","to","traces":[{"tag","name","begin","end","merged","lanes":[…],"ops":[…],
 * "holes":[[begin,end,count]…]}]}; times are nanoseconds from t=0.
 * A lane is {"name","worker","process","begin":[…],"length":[…],"state":"0120…","op":[…]}: begin is
 * counted from the end of the span before; a state is a digit of enum wg_span_state; op stands for
 * wasted and working spans only; "empty" lists the times of empty wakes.
 *
 * A page stays small enough to be opened and mailed: above WG_PAGE_SPANS_MAX spans a trace, spans
 * of a lane are merged, the worst state winning as in any picture, and "part" (in place of "op")
 * says how much of each was spent in its state; "merged" is the grain in ns, 0 if nothing was
 * merged. Above WG_PAGE_OPS_MAX operations they are left out ("ops" is null).
 */
#ifndef TRACES_PICTURE_PAGE_H
#define TRACES_PICTURE_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "traces/picture/picture.h"

#define WG_PAGE_SPANS_MAX 60000
#define WG_PAGE_OPS_MAX	  6000

/* 0 or -ENOMEM. */
int wg_page_data(FILE *out, const struct wg_picture *picture);

/* The grain of a trace in that JSON: 0 if every span is there as it was. */
int64_t wg_page_grain(const struct wg_picture *picture, size_t index);
bool wg_page_has_ops(const struct wg_picture *picture, size_t index);

/* The gaps as an <svg>, 720 wide; false, and nothing written, if there was no gap at all. */
bool wg_page_hist(FILE *out, const struct wg_picture *picture);

/* Files that are linked into the program, with a 0 behind each. */
extern const char wg__page_css[]; /* export_html.css */
extern const char wg__page_js[];  /* export_html.js */

#endif
