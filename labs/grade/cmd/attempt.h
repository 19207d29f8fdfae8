/*
 * attempt.h: one check of the learner's files, noted in the learner's state.
 */
#ifndef LABS_GRADE_CMD_ATTEMPT_H
#define LABS_GRADE_CMD_ATTEMPT_H

#include "labs/grade/cmd/open.h"

/*
 * Check the files and, if it counts, note the result. It is an attempt unless it did not compile or
 * was inconclusive. 0 and *ret_record, or an exit status after one line. If the state cannot be
 * written, that is said, and the verdict counts.
 */
int wg_attempt(struct wg_open *o, int wall_ms, bool counts, json_t **ret_record);

/* The exit status that a record stands for. */
int wg_record_status(const json_t *record);

#endif
