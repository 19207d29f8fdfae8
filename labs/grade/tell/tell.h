/*
 * tell.h: a record, in words for the learner.
 */
#ifndef LABS_GRADE_TELL_TELL_H
#define LABS_GRADE_TELL_TELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "labs/grade/course/course.h"

/*
 * The verdict; each check as measured and allowed; what you did, with file and line; the threads
 * side by side; one idea. `next` is the last line: what to do now.
 */
void wg_tell(FILE *out, const struct wg_lab *lab, const json_t *record, const char *next);

/* The steps of the schedule that fails, one a line. */
void wg_tell_steps(FILE *out, const json_t *record);

/* A terminal that only prints? TERM is dumb, or not set. */
bool wg_tell_is_dumb(void);

/* Is out a terminal that wants colour? NO_COLOR and TERM=dumb say no. */
int wg_tell_has_colour(FILE *out);

#endif
