/*
 * open.h: what most commands begin with: the course, the learner's folder, and which lab it is.
 */
#ifndef LABS_GRADE_CMD_OPEN_H
#define LABS_GRADE_CMD_OPEN_H

#include "labs/grade/judge/check.h"
#include "labs/grade/course/progress.h"

struct wg_open {
	struct wg_course course;
	const struct wg_lab *lab; /* in course */
	struct wg_progress state;
};

/* 0, or an exit status after one line; wg_close() in either case. dir: the learner's folder, or the
 * number or name of a lab: then the folder in which it was last started. */
int wg_open_course(struct wg_open *o);
/* With the lab of this number or name; what: NULL, and there is no lab. */
int wg_open_course_at(struct wg_open *o, const char *what);
int wg_open(struct wg_open *o, const char *dir);
void wg_close(struct wg_open *o);

/* How the folder is shown: dir if that is a path, else the whole path. */
const char *wg_open_shown(const struct wg_open *o, const char *dir);

/* Save the state; 0, or an exit status after one line. */
int wg_open_save(struct wg_open *o);

#endif
