/*
 * runner.h: many suites, side by side.
 */
#ifndef TESTS_HARNESS_RUNNER_H
#define TESTS_HARNESS_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/harness/suite.h"

struct wg_run {
	const struct wg_suite **suites;
	size_t count;
	int jobs; /* so many at a time */
	bool may_use_namespaces;
};

/* The processors that this process may use. */
int wg_runner_processors(void);

/*
 * Run them all and print the results. Returns the exit status: 0, or 1 if something failed. After a
 * SIGINT, SIGTERM or SIGHUP it ends the suites, waits for their ends and dies of the same signal.
 */
int wg_runner_run(const struct wg_run *r);

#endif
