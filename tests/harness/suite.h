/*
 * suite.h: the table of suites, and one of them run in this process.
 */
#ifndef TESTS_HARNESS_SUITE_H
#define TESTS_HARNESS_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Facts about a suite that decide when it runs; suites.def names them without the prefix. */
enum {
	WG_SUITE_LTTNG = 1u << 0,  /* records with the session daemon of its user */
	WG_SUITE_QUIET = 1u << 1,  /* runs alone */
	WG_SUITE_NAMED = 1u << 2,  /* runs only when it is named */
	WG_SUITE_SLEEPS = 1u << 3, /* waits for most of its time, so it leaves its processor idle */
};

struct wg_suite {
	const char *name;
	void (*build)(void);
	int limit_s; /* it is ended after so long */
	int needs_s; /* on an idle machine; the longest start first */
	unsigned flags;
};

extern const struct wg_suite wg_suites[];
extern const size_t wg_suite_count;

/* NULL if there is none. */
const struct wg_suite *wg_suite_find(const char *name);

/*
 * What is known of a suite while it runs and afterwards. The runner, the keeper and the suite share
 * this memory: each field has one writer, and the others read it once the writer has ended.
 */
struct wg_report {
	/* written by the suite */
	int passed, failed, skipped;
	bool is_complete; /* it came to its end */
	char test[96];	  /* the test that runs */
	/* written by the keeper */
	bool is_late;
	bool used_lttng;
	bool is_kept; /* the keeper could start it */
	int status;   /* as of waitpid(2) */
};

/*
 * Run the suite here, or only one test of it (NULL: all), and print a line for each test. Returns
 * the exit status: 0, 1 if a test failed, 2 if there is no such test.
 */
int wg_suite_run(const struct wg_suite *suite, const char *test, struct wg_report *report);

#endif
