/*
 * handed.h: what a learner handed in, taken out of an archive or a folder without trusting it.
 *
 * libarchive reads tar, compressed or not, and zip. Nothing is extracted: we read the entries one
 * by one and take only regular files that the lab lists by name, as text, up to a size. Paths,
 * links, owners, modes and devices are ignored. A folder's files are taken in the same way.
 */
#ifndef LABS_GRADE_COURSE_HANDED_H
#define LABS_GRADE_COURSE_HANDED_H

#include <jansson.h>

#include "labs/grade/course/course.h"

/*
 * lab may be NULL: then the state file inside says which. The files go to dir. *ret_state is what
 * the state file says, or NULL. Errors, each with a line: no archive or an empty one, beyond a
 * limit, a listed file is missing or there twice.
 */
int wg_handed_take(const char *path, const struct wg_course *course, const struct wg_lab **lab,
	const char *dir, json_t **ret_state, struct wg_error *err);

#endif
