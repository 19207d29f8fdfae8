/*
 * fold.h: a text of markdown for a screen of 80 columns. It says the same to a renderer.
 */
#ifndef LABS_GRADE_COURSE_FOLD_H
#define LABS_GRADE_COURSE_FOLD_H

#include <stdio.h>

/*
 * Sentences are broken between words, never within `code`; a table that is too wide becomes a list.
 * What is indented or fenced stays, and so does a word that is wider than the screen, as a link.
 */
void wg_fold(FILE *out, const char *text);

#endif
