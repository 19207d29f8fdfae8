/*
 * safe.h: a record that a terminal can show.
 */
#ifndef LABS_GRADE_TELL_SAFE_H
#define LABS_GRADE_TELL_SAFE_H

#include <jansson.h>

/*
 * A copy of a JSON value in which no text has control characters but tabs and line breaks: ESC
 * becomes the four characters \x1b. A compiler quotes a learner's file, and assert() its text, byte
 * for byte. The caller's.
 */
json_t *wg_safe(const json_t *value);

#endif
