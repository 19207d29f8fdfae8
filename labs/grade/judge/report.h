/*
 * report.h: what the explorer said of a program in the box, as a verdict and checks of the record
 * (check.h).
 */
#ifndef LABS_GRADE_JUDGE_REPORT_H
#define LABS_GRADE_JUDGE_REPORT_H

#include <jansson.h>

#include "labs/grade/box/box.h"
#include "labs/grade/course/course.h"

/* "verdict" and "reason" of the record. */
void wg_report_verdict(json_t *record, const char *verdict, const char *reason);

/*
 * Judge what came back. The learner's program was close to it, so it may be anything. replay: NULL,
 * or the one schedule that was asked for. 0; -EINVAL with a line: there is no such schedule.
 */
int wg_report_take(json_t *record, const struct wg_lab *lab, const char *replay,
	const struct wg_box_result *result, struct wg_error *err);

#endif
