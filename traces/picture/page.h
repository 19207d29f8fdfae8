/*
 * page.h: the parts of the html export that are not C: its style sheet and its script, as text that
 * is linked into the program.
 */
#ifndef TRACES_PICTURE_PAGE_H
#define TRACES_PICTURE_PAGE_H

extern const char wg__page_css[]; /* export_html.css, with a 0 behind it */
extern const char wg__page_js[];  /* export_html.js */

#endif
