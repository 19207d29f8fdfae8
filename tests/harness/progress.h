/*
 * progress.h: what a person sees of a run: a line that moves on a terminal, blocks of TAP lines on
 * a pipe, and the summary.
 */
#ifndef TESTS_HARNESS_PROGRESS_H
#define TESTS_HARNESS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/harness/suite.h"

enum wg_stage { WG_WAITS, WG_RUNS, WG_ENDED };

/* One suite of a run. The runner writes it, the progress reads it. */
struct wg_job {
	const struct wg_suite *suite;
	enum wg_stage stage;
	pid_t keeper;
	int out_fd;		  /* what the suite prints */
	struct wg_report *report; /* shared with the suite */
	int64_t start_ns, ns;	  /* when it started; how long it took */
	int64_t cpu_ns;		  /* of all its processes */
};

struct wg_progress {
	const struct wg_job *jobs;
	size_t count;
	bool is_terminal;
	int64_t start_ns;
	int passed, failed, skipped;
	FILE *failures; /* for the end: whoever reads only that finds them */
};

int64_t wg_now_ns(void);

/* Terminal only: rewrite the line, or remove it. */
void wg_progress_draw(const struct wg_progress *p);
void wg_progress_clear(const struct wg_progress *p);

/* A suite has ended: show its lines, count them, keep its failures. */
void wg_progress_end(struct wg_progress *p, const struct wg_job *job);

/* The failures again, the slowest suites, and `N passed, N failed, N skipped`. */
void wg_progress_sum_up(struct wg_progress *p);

#endif
