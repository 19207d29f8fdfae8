/*
 * live_any.h: the program planted, followed by the preload library or in the kernel.
 */
#ifndef TESTS_VIZ_LIVE_ANY_H
#define TESTS_VIZ_LIVE_ANY_H

#include <stdbool.h>

#include "tests/viz/live_run.h"
#include "traces/preload/arena.h"

/* A command by one of the two, up to the moment before it runs. */
struct live_any {
	struct live_run run;		    /* command, live, and the view where a test has one */
	struct wg_preload_control *control; /* of the library's memory */
	int out;			    /* what the command prints */
};

/* Is something missing? Then the test is skipped for want of it. */
bool live_any_lacks_planted(void);
bool live_any_lacks_kernel(void);

/* Up to that moment; what: the argument of planted. follows: live time is the program's. */
void live_any_prepare(struct live_any *any, const char *what, bool in_kernel, bool follows);
/* Now it runs. */
void live_any_release(struct live_any *any);
/* The reader is closed; the command goes on, if it has not ended. */
void live_any_leave(struct live_any *any);

#endif
