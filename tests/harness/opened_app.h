/*
 * opened_app.h: the viewer on two small traces, a polling loop's and one that is notified, for the
 * suites that press keys.
 */
#ifndef TESTS_HARNESS_OPENED_APP_H
#define TESTS_HARNESS_OPENED_APP_H

#include "viz/app/app.h"

/* Opened at this size, then these keys pressed. The traces are made once. */
struct wg_app wg_opened_app(int cols, int rows, const char *keys);

/* The two traces; borrowed. */
struct wg_trace *const *wg_opened_traces(void);

/* Free the traces; no app that was opened is used any more. */
void wg_opened_apps_done(void);

#endif
