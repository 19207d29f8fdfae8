/*
 * readme.h: a lab's README in the learner's folder.
 */
#ifndef LABS_GRADE_COURSE_README_H
#define LABS_GRADE_COURSE_README_H

#include "traces/base/error.h"

/*
 * Copy README.md, after the other files. A link to a file that stays behind would be dead there: it
 * names the whole path, or, where this installation does not have the file, becomes plain text.
 */
int wg_readme_copy(const char *from, const char *to, struct wg_error *err);

#endif
