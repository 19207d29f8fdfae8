/*
 * predict.h: the questions that a lab asks before one looks, and what the answers were worth.
 *
 * lab.conf gives alternatives between bars, the first of which is shown: `1|one`. One that begins
 * with a digit or a minus is a number, or several; so are the answers to it: "7,4 ms" meets
 * `7.3 +-20%`, "4, 1" meets `4 and 1`, "1 of 3" meets `1`. Others are words: one must begin the
 * answer ("yes, since ..."), several must be in it. Upper case, punctuation and articles count for
 * nothing.
 */
#ifndef LABS_GRADE_CMD_PREDICT_H
#define LABS_GRADE_CMD_PREDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "labs/grade/course/course.h"
#include "labs/grade/cmd/open.h"

bool wg_predict_is_right(const struct wg_lab_question *question, const char *given);

/* "right: REASON", or "you said X; it is Y because REASON". One line. */
void wg_predict_tell(FILE *out, const struct wg_lab_question *question, const char *given);

struct wg_predicted {
	size_t of, answered, right;
};

/* Of the answers in a learner's state, which may be NULL or anything. */
struct wg_predicted wg_predict_count(const struct wg_lab *lab, const json_t *state);

/* The same for a record: { "of", "answered", "right" }. */
json_t *wg_predict_json(const struct wg_lab *lab, const json_t *state);

/* Questions that wait for an answer; ask them on the terminal. 0, or an exit status. */
int wg_predict_open(const struct wg_open *o);
int wg_predict_ask(struct wg_open *o);

/* One line, if there are such questions. dir: as the learner names the folder. */
void wg_predict_remind(FILE *out, const struct wg_open *o, const char *dir);

/* All of them again, with the answers that were given. */
void wg_predict_review(FILE *out, const struct wg_open *o);

#endif
