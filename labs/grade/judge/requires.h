/*
 * requires.h: what a lab needs of the machine, beyond what wakegap needs.
 */
#ifndef LABS_GRADE_JUDGE_REQUIRES_H
#define LABS_GRADE_JUDGE_REQUIRES_H

#include <stddef.h>

#include "labs/grade/course/course.h"

/* What is missing of lab.conf's `requires`, in words, or NULL. Unknown words are ignored. */
const char *wg_lab_lacks(const struct wg_lab *lab, char *text, size_t len);

#endif
