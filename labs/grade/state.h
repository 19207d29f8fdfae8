/*
 * state.h: how far a learner is: one small JSON file in the lab's folder, and a list of the
 * folders.
 *
 * The file (.wakegap-lab.json) goes with the folder, so a lab that was moved or packed up keeps its
 * state. Where the labs were started is noted in $XDG_STATE_HOME/wakegap/labs.json (or below
 * WAKEGAP_STATE), for `list`; losing it loses nothing else.
 */
#ifndef LABS_GRADE_STATE_H
#define LABS_GRADE_STATE_H

#include <jansson.h>

#include "labs/grade/course.h"

#define WG_STATE_FILE ".wakegap-lab.json"

struct wg_state {
	char dir[4096]; /* the learner's */
	json_t *root;	/* owned: lab, status, attempts, hints, started, passed, answers, last */
};

/* Of a folder that `start` made. -ENOENT with a line: it is none. */
int wg_state_load(const char *dir, struct wg_state *ret, struct wg_error *err);
int wg_state_create(
	const char *dir, const struct wg_lab *lab, struct wg_state *ret, struct wg_error *err);
int wg_state_save(const struct wg_state *state, struct wg_error *err);
void wg_state_fini(struct wg_state *state);

const char *wg_state_text(const struct wg_state *state, const char *key); /* "" if absent */
long long wg_state_number(const struct wg_state *state, const char *key); /* 0 if absent */
void wg_state_set_text(struct wg_state *state, const char *key, const char *text);
void wg_state_set_number(struct wg_state *state, const char *key, long long n);

/* The folder in which a lab was last started: 0 and dir, or -ENOENT. */
int wg_state_where(const struct wg_lab *lab, char *dir, size_t len);

#endif
