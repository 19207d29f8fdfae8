/*
 * page_hist.h: the gaps of one trace or two as a histogram, drawn as SVG elements.
 */
#ifndef TRACES_PICTURE_PAGE_HIST_H
#define TRACES_PICTURE_PAGE_HIST_H

#include <stdbool.h>
#include <stdio.h>

#include "traces/picture/picture.h"

/* An <svg>, 720 wide; false, and nothing written, if there was no gap at all. */
bool wg_page_hist(FILE *out, const struct wg_picture *picture);

#endif
