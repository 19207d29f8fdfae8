/*
 * markup.h: text from a trace, made harmless for XML, HTML and for JSON inside a page.
 *
 * Names in a trace may be any bytes: quotes, tags, half a UTF-8 sequence. A byte that is part of no
 * character is written as \xNN, as in the other exports (text_out.h); a control character, or one
 * that turns the direction of text, as U+FFFD. Nothing is dropped silently.
 */
#ifndef TRACES_PICTURE_MARKUP_H
#define TRACES_PICTURE_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* For element content and for attributes in double quotes. */
void wg_markup_text(FILE *out, const char *text);

/* The same, at most so many columns, the last of them an ellipsis if there were more. */
void wg_markup_clipped(FILE *out, const char *text, size_t columns);

/* A JSON string with its quotes, in ASCII, that may stand in a <script>: no <, > or &. */
void wg_markup_json(FILE *out, const char *text);

/* How many columns wg_markup_text() takes (traces/base/columns.h). */
size_t wg_markup_width(const char *text);

#endif
