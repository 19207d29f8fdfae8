/*
 * story.h: the schedule of a failure, reduced to what its reader needs: the steps up to the one in
 * which the check broke, which of them to tell, and which of the learner's steps broke it.
 */
#ifndef LABS_GRADE_TELL_STORY_H
#define LABS_GRADE_TELL_STORY_H

#include <jansson.h>
#include <stdbool.h>

#include "labs/grade/course/course.h"

struct wg_story {
	const struct wg_lab *lab;
	json_t *steps;	       /* owned */
	const json_t *blocked; /* threads that cannot go on; NULL: the check is another one */
	const json_t *you;     /* the learner's step that broke the check, or NULL */
	const json_t *named;   /* the step that lab.conf says the check is about, or NULL */
};

/* The story is the caller's to finish, and lives no longer than the record. */
void wg_story_read(const struct wg_lab *lab, const json_t *record, struct wg_story *ret);
void wg_story_fini(struct wg_story *story);

/* Is this step shown? All of the learner's file but silent unlocks; the end of the program; and of
 * the scenario what becomes of operations, joins, and remarks. */
bool wg_story_tells(const struct wg_lab *lab, const json_t *step);

/* The name of the step's file, if it is the learner's; else NULL. Borrowed. */
const char *wg_story_file(const struct wg_lab *lab, const json_t *step);

/* "mutex_lock" for "pthread_mutex_lock": a call as a person says it. */
const char *wg_short_call(const char *call);

/* How much of a step's note is its own, and not the message of a check. */
int wg_own_note(const char *note);

#endif
