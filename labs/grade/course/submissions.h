/*
 * submissions.h: what a class handed in: the submissions in a folder, and in folders of it.
 *
 *     class/ann.tar.gz             an archive is a submission
 *     class/bob/loop.c             so is a folder with a file of a lab in it
 *     class/cem/lab02/loop.c       one student, several labs
 *     class/lab03/ann.zip          one lab, several students
 *
 * A folder called lab3, lab-03 or 03-while-not-if says which lab, for those that do not say it
 * themselves. The first other part of the path is the student. Whoever handed in nothing that can
 * be read gets a submission too, with the reason. Hidden files, and *.csv and *.yml beside the
 * submissions, belong to the course.
 */
#ifndef LABS_GRADE_COURSE_SUBMISSIONS_H
#define LABS_GRADE_COURSE_SUBMISSIONS_H

#include <stdbool.h>

#include "labs/grade/course/course.h"

struct wg_submission {
	char *file;		  /* below the folder */
	char *student;		  /* never empty */
	const struct wg_lab *lab; /* that a part of the path names, or NULL */
	const char *why;	  /* NULL, or why there is nothing to take; static */
};

struct wg_submissions {
	struct wg_submission *v; /* by file, in the order of bytes; owned */
	size_t count;
};

/* Links are not followed. A negative errno with a line: the folder itself cannot be read. */
int wg_submissions_find(const char *dir, const struct wg_course *course, struct wg_submissions *ret,
	struct wg_error *err);
void wg_submissions_fini(struct wg_submissions *s);

/* Is this folder one submission: is a file of a lab, or a learner's state, directly in it? */
bool wg_submission_is(const char *dir, const struct wg_course *course);

#endif
