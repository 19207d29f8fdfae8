/*
 * races.h: data races that the explorer saw in the learner's file, as "races" of the record: a list
 * of { "name", "message", "places", "scenario", "schedule" } (labs/explore/README.md).
 */
#ifndef LABS_GRADE_JUDGE_RACES_H
#define LABS_GRADE_JUDGE_RACES_H

#include <jansson.h>

#include "labs/grade/course/course.h"

/* Those of one scenario of the explorer's report; each pair of places once. */
void wg_races_take(json_t *record, const struct wg_lab *lab, const json_t *scenario);

#endif
