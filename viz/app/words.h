/*
 * words.h: what a screen shows, in lines of words: for --text, and for the screen that shows whole
 * what the others cut at their right edge (key x).
 */
#ifndef VIZ_APP_WORDS_H
#define VIZ_APP_WORDS_H

#include <stdio.h>

#include "viz/app/app.h"

/* A part of a line, or one that ends with the format's newline. Whatever names are in it, it stays
 * one line: their control characters are written as \xNN. */
void wg_words_print(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Everything on this screen; no line depends on columns or on what stands above it. */
void wg_words_of(const struct wg_app *app, enum wg_view view, FILE *out);

/* What may be cut on the screen from which x was pressed. Owned by the caller; NULL: no memory. */
char *wg_words_here(const struct wg_app *app);

/* How many lines that takes on the screen. */
int wg_words_lines(const struct wg_app *app);

/* A line of the text, broken to width columns: its first byte, length and indent. NULL: past the
 * last one. */
const char *wg_words_line(const char *text, int width, int line, int *ret_len, int *ret_indent);

#endif
