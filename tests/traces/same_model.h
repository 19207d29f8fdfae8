/*
 * same_model.h: two models that must be one and the same, to the last row and the last cell of the
 * screen.
 */
#ifndef TESTS_TRACES_SAME_MODEL_H
#define TESTS_TRACES_SAME_MODEL_H

#include <stdbool.h>

#include "traces/model/model.h"

/* Names and spans. */
bool wg_same_lane(const struct wg_lane *a, const struct wg_lane *b);

/* All rows, all that is looked up, and the figures. */
void wg_same_model(const struct wg_trace *a, const struct wg_trace *b);

/* Some screens after some keys. */
void wg_same_screens(struct wg_trace *a, struct wg_trace *b);

#endif
