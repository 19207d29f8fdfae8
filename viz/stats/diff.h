/*
 * diff.h: one run of `wakegap diff`: two sets of recordings, their figures compared.
 *
 * A recording is one run of a program, and gives one value of each figure: all its loops added up,
 * all its threads added up. The figures are those that `wakegap check` bounds.
 */
#ifndef VIZ_STATS_DIFF_H
#define VIZ_STATS_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "traces/measure/check.h"
#include "traces/measure/check_threads.h"
#include "traces/measure/compare.h"
#include "traces/measure/part.h"

enum { DIFF_FIGURES = WG_BOUND_COUNT + WG_THREAD_BOUND_COUNT, DIFF_LIMITS_MAX = 64 };

/* "gap-p99+10%": broken if this figure rises by more than 10 % of A. */
struct diff_limit {
	const char *text;
	int figure;
	bool is_fall, is_percent;
	double by; /* 0.1 for 10 %; else ns or a count */
	enum wg_limit_answer answer;
	bool is_unanswered; /* too few runs, or not observable */
};

struct diff_side {
	const char *path;
	size_t found, count; /* recordings there, and those that are whole */
	char wait[32];	     /* the strategy of their loops; "" before the first */
	double *value[DIFF_FIGURES];
	size_t seen[DIFF_FIGURES]; /* runs in which the figure is observable */
};

struct diff {
	struct diff_side side[2]; /* A, B */
	struct diff_limit limit[DIFF_LIMITS_MAX];
	size_t limit_count;
	struct wg_part part;
	struct wg_compared compared[DIFF_FIGURES];
	const char *junit_path; /* NULL: none */
	bool json;
	FILE *out; /* for the table; stderr while the JUnit report goes to stdout */
};

/* "gap-p99", as in a limit; static. NULL past the last. */
const char *wg_diff_figure_option(int figure);
/* "gap p99", for people. */
const char *wg_diff_figure_name(int figure);
bool wg_diff_figure_is_time(int figure);

/* A limit as it is typed. 0, or -EINVAL with why, in buf: no such figure, no such limit. */
int wg_diff_limit_parse(const char *text, struct diff_limit *ret, char *buf, size_t len);

/* Is the figure observable in all runs of both sides? */
bool wg_diff_is_seen(const struct diff *diff, int figure);

/* Reads, compares, shows. The exit status. */
int wg_diff_run(struct diff *diff);

/* What was compared, as a table or as JSON; the latter returns 0 or -ENOMEM. */
void wg_diff_print(const struct diff *diff);
int wg_diff_print_json(const struct diff *diff);

/* "gap p99 rose by +11 % to +24 %: more than +10 %": what became of a limit. Returns buf. */
char *wg_diff_limit_words(
	char *buf, size_t len, const struct diff *diff, const struct diff_limit *limit);

#endif
