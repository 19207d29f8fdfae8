/*
 * lab_run.h: `wakegap lab` on the small course of tests/data/course, for the suites about it.
 */
#ifndef TESTS_LABS_LAB_RUN_H
#define TESTS_LABS_LAB_RUN_H

#include <jansson.h>
#include <stdbool.h>

#define WG_COURSE "tests/data/course/01-first"

/* The learner of a test: his folder, and what was printed last. */
struct wg_learner {
	char home[200];
	char dir[240];
	char *out, *err; /* owned; wg_learner_fini() */
};

extern struct wg_learner learner;

/* A started lab, with nothing known of others: the first of tests/data/course, or of another one.
 */
void wg_learner_init(void);
void wg_learner_init_in(const char *course);
void wg_learner_fini(void);

/* wakegap lab WORDS; its status. */
int wg_lab_run(const char *const *words);
#define LAB(...) wg_lab_run((const char *const[]){ __VA_ARGS__, NULL })

/*
 * Did the last call print this on standard output? Lines are wrapped for the screen, at a place
 * that depends on the length of paths and numbers; so a line break with its indent counts as a
 * blank.
 */
bool wg_learner_says(const char *text);

/* Put a file of the repository in the place of the learner's; behind it `more`, or NULL. */
void wg_learner_writes(const char *from, const char *more);
bool wg_learner_has(const char *file);

/* Does `list` say so? */
bool wg_lab_lists(const char *what);

/* The record of the learner's folder; a JSON one. */
json_t *wg_learner_grade(const char *format);

#endif
