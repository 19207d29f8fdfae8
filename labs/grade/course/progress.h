/*
 * progress.h: the learner's progress: a JSON file in the lab's folder, and a list of the folders.
 *
 * The file (.wakegap-lab.json) goes with the folder, so a lab that was moved or packed up keeps its
 * state. Where the labs were started is noted in $XDG_STATE_HOME/wakegap/labs.json (or below
 * WAKEGAP_STATE), for `list`; losing it loses nothing else.
 */
#ifndef LABS_GRADE_COURSE_PROGRESS_H
#define LABS_GRADE_COURSE_PROGRESS_H

#include <jansson.h>

#include "labs/grade/course/course.h"

#define WG_STATE_FILE ".wakegap-lab.json"

struct wg_progress {
	char dir[4096]; /* the learner's */
	json_t *root;	/* owned: lab, status, attempts, hints, started, passed, answers, ... */
};

/* Of a folder that `start` made. -ENOENT with a line: it is none. */
int wg_progress_load(const char *dir, struct wg_progress *ret, struct wg_error *err);
int wg_progress_create(
	const char *dir, const struct wg_lab *lab, struct wg_progress *ret, struct wg_error *err);
int wg_progress_save(const struct wg_progress *state, struct wg_error *err);
void wg_progress_fini(struct wg_progress *state);

const char *wg_progress_text(const struct wg_progress *state, const char *key); /* "" if absent */
long long wg_progress_number(const struct wg_progress *state, const char *key); /* 0 if absent */
void wg_progress_set_text(struct wg_progress *state, const char *key, const char *text);
void wg_progress_set_number(struct wg_progress *state, const char *key, long long n);

/*
 * The learner's folder of a lab: where it was last used, or below the current folder if it was
 * moved there. 0, or -ENOENT and an empty state whose dir is the last known folder, or "".
 */
int wg_progress_find(const struct wg_lab *lab, struct wg_progress *ret);

/* Commands in this folder will find it: it may have been moved here. */
void wg_progress_note(const struct wg_progress *state);

/* The folder in which a lab was last started: 0 and dir, or -ENOENT. */
int wg_progress_where(const struct wg_lab *lab, char *dir, size_t len);

#endif
