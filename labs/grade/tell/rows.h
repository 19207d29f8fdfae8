/*
 * rows.h: the results of a class as one CSV file (RFC 4180), a row for each submission.
 */
#ifndef LABS_GRADE_TELL_ROWS_H
#define LABS_GRADE_TELL_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A text in quotes, of printable UTF-8 only, then `after`. What a spreadsheet would take for a
 * formula gets a mark. */
void wg_rows_cell(FILE *out, const char *text, const char *after);

/* has_facts: columns about the learner's way as well, as a course may ask for. */
void wg_rows_begin(FILE *out, bool has_facts);

struct wg_row {
	const char *student, *file; /* any bytes */
	const json_t *record;	    /* as of check.h */
	const json_t *state;	    /* what the learner's state file says, or NULL */
};

void wg_rows_add(FILE *out, const struct wg_row *row, bool has_facts);

#endif
