/*
 * wrap.h: text for a screen: broken between words, never wider.
 */
#ifndef LABS_GRADE_TELL_WRAP_H
#define LABS_GRADE_TELL_WRAP_H

#include <stdio.h>

/* How wide `out` is: of a terminal 40 to 80 columns; 80 of all else. */
int wg_tell_width(FILE *out);

/*
 * Write text on from column `at`, and a line break. Where a word does not fit, a new line begins at
 * column `indent`. A word that is wider than the screen, as a path, stays whole.
 */
void wg_tell_wrap(FILE *out, int at, int indent, const char *text);

/* The same with a text that printf makes, from column 0. */
void wg_tell_wrapf(FILE *out, int indent, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
