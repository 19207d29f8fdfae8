/*
 * junit.h: what a check found as JUnit XML, which every CI server reads.
 */
#ifndef VIZ_STATS_JUNIT_H
#define VIZ_STATS_JUNIT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "traces/base/error.h"

enum junit_outcome { JUNIT_PASSED, JUNIT_FAILED, JUNIT_SKIPPED, JUNIT_ERROR };

struct junit_case {
	size_t suite; /* index */
	const char *class_name, *name;
	const char *message; /* why it did not pass; NULL if it did */
	enum junit_outcome outcome;
};

/* All zero but for the first two. */
struct junit_suite {
	const char *name;
	int64_t duration_ns;
	size_t count[JUNIT_ERROR + 1]; /* by outcome */
	FILE *cases;		       /* grows in text; both owned */
	char *text;
	size_t len;
};

struct junit {
	const char *name; /* of the command */
	struct junit_suite *suites;
	size_t suite_count;
	int rc; /* -ENOMEM: a case is missing */
};

/* Without memory, junit_write() will fail. */
void junit_add(struct junit *junit, const struct junit_case *c);
void junit_fini(struct junit *junit); /* frees the cases, not the suites */

/* Write to path, which appears when it is whole (out.h). 0, or a negative errno with a line. */
int junit_write(const struct junit *junit, const char *path, struct wg_error *err);

#endif
