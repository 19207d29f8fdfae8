/*
 * checks.h: the checks of a record: which hold, which are broken, and what they are worth.
 *
 * A check is "skip" until it is known to hold or to be broken, so what was not tried has no points.
 */
#ifndef LABS_GRADE_JUDGE_CHECKS_H
#define LABS_GRADE_JUDGE_CHECKS_H

#include <jansson.h>
#include <stdbool.h>

#include "labs/grade/course/course.h"

/* The check called id; made if it is not there. Borrowed. */
json_t *wg_checks_find(json_t *record, const struct wg_lab *lab, const char *id);

/* The first check with this verdict, or NULL. Borrowed. */
const json_t *wg_checks_with(const json_t *record, const char *verdict);

/* It is broken; the first message stays. */
void wg_checks_break(json_t *check, const char *message);

/* What the explorer found about one check in one scenario. */
void wg_checks_take(
	json_t *record, const struct wg_lab *lab, const json_t *scenario, const json_t *found);

/*
 * All scenarios are taken. is_whole: every schedule was tried, so a check that was reached and not
 * broken holds.
 */
void wg_checks_finish(json_t *record, const struct wg_lab *lab, long long schedules, bool is_whole);

/* The points of each check, and "score" and "max" of the record. */
void wg_checks_score(json_t *record, const struct wg_lab *lab);

#endif
