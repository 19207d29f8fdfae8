/*
 * schedule.h: the name of a schedule, SCENARIO/ID, as people see it.
 *
 * An id says every change of plan, so that of a long schedule fills a screen. What is shown then is
 * its beginning and a hash of the whole, `two/b1a1b1a1b1a1..5f0c92e7`: the same everywhere, and no
 * id by itself, as two dots never follow each other in one. The learner's state keeps the latest
 * that were shown, so what is shown can be copied to `replay`.
 */
#ifndef LABS_GRADE_JUDGE_SCHEDULE_H
#define LABS_GRADE_JUDGE_SCHEDULE_H

#include <stddef.h>

#include "labs/grade/course/progress.h"

#define WG_SCHEDULE_TEXT 160 /* a name as it is shown, with its end */

/* Whole if the id has at most 24 characters, or shortened. Returns buf. */
const char *wg_schedule_text(const char *schedule, char *buf, size_t len);

/* It was shown; kept if that was shortened. Not saved yet. */
void wg_schedule_note(struct wg_progress *state, const char *schedule);

/* The whole of what was shown: itself, or one of those in state. NULL: shortened, and not there. */
const char *wg_schedule_whole(const struct wg_progress *state, const char *shown);

#endif
