/*
 * junit.h: what a check found as JUnit XML, which every CI server reads.
 */
#ifndef VIZ_STATS_JUNIT_H
#define VIZ_STATS_JUNIT_H

#include <stddef.h>
#include <stdint.h>

enum junit_outcome { JUNIT_PASSED, JUNIT_FAILED, JUNIT_SKIPPED, JUNIT_ERROR };

struct junit_case {
	size_t suite; /* index; cases come in the order of suites */
	char *class_name, *name;
	char *message; /* why it did not pass; NULL if it did */
	enum junit_outcome outcome;
};

struct junit_suite {
	const char *name;
	int64_t duration_ns;
};

struct junit {
	struct junit_suite *suites;
	size_t suite_count;
	struct junit_case *cases; /* owned, with their strings */
	size_t case_count, case_cap;
};

/* Copies the strings. 0 or -ENOMEM. */
int junit_add(struct junit *junit, const struct junit_case *c);
void junit_fini(struct junit *junit); /* frees the cases, not the suites */

/*
 * Write to a file beside path, which then gets its name: there is never half a report. "-" is
 * standard output. 0 or a negative errno.
 */
int junit_write(const struct junit *junit, const char *path);

#endif
