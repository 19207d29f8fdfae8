/*
 * say.h: how the grader speaks: one line on standard error, `wakegap lab: ...`.
 */
#ifndef LABS_GRADE_BASE_SAY_H
#define LABS_GRADE_BASE_SAY_H

#include "traces/base/error.h"
#include "traces/base/say.h"

void wg_lab_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Say what failed. Returns WG_EXIT_FAILED. */
int wg_lab_failed(const struct wg_error *err);

#endif
