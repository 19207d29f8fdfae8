/*
 * say.h: how the grader's programs speak: one line on standard error, `wakegap lab: ...`.
 */
#ifndef LABS_GRADE_BASE_SAY_H
#define LABS_GRADE_BASE_SAY_H

enum { WG_LAB_OK = 0, WG_LAB_FAILED = 1, WG_LAB_USAGE = 2, WG_LAB_SKIPPED = 77 };

void wg_lab_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, with where to read more. Returns WG_LAB_USAGE. */
int wg_lab_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
