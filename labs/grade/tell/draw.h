/*
 * draw.h: a failing schedule as a picture: the threads side by side, time downwards.
 */
#ifndef LABS_GRADE_TELL_DRAW_H
#define LABS_GRADE_TELL_DRAW_H

#include <jansson.h>
#include <stdio.h>

#include "labs/grade/course/course.h"

/*
 * The record's evidence, up to the step in which its evidence_check broke. First the learner's step
 * that broke it ("you: cond_wait at loop.c:41, in 'loop'"), then the picture. Its last lines are
 * the threads that cannot go on, if there are any.
 */
void wg_draw(FILE *out, const struct wg_lab *lab, const json_t *record);

#endif
