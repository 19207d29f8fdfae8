/*
 * class.h: verify, for the folder of a whole class: one CSV file, and a text for each student.
 */
#ifndef LABS_GRADE_CMD_CLASS_H
#define LABS_GRADE_CMD_CLASS_H

struct wg_lab_call;
struct wg_open;

/* words[0] is the folder. An exit status: 0, all have a row, whatever it says. */
int wg_class_verify(const struct wg_lab_call *call, struct wg_open *o);

#endif
