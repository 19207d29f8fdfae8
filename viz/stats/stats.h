/*
 * stats.h: what the outputs of `wakegap stats` share.
 *
 * A trace is cut into groups: a loop each, a process, a kind of operation, or all of it as one. A
 * group is a sum of measured loops, and all that is shown is read from it.
 */
#ifndef VIZ_STATS_STATS_H
#define VIZ_STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/measure/part.h"
#include "traces/measure/summary.h"

struct stats_trace {
	const char *path;
	struct wg_summary *summary;
};

enum stats_by { STATS_BY_TRACE, STATS_BY_LOOP, STATS_BY_PROCESS, STATS_BY_KIND };

struct stats_options {
	enum stats_by by;
	bool where, histogram;
	bool ascii;   /* bars of '#' */
	int cols;     /* of the terminal */
	uint64_t top; /* threads and findings at most */
	struct wg_part part;
};

struct stats_group {
	char key[96];	 /* groups of two traces with one key stand side by side */
	char title[128]; /* "read 4242, loop 1, tick (10.0 ms)" */
	struct wg_loop_stats sum;
	size_t loops;
	int64_t duration_ns, life_ns; /* as in struct wg_figures */
};

struct stats_groups {
	struct stats_group *group;
	size_t count;
};

/* 0 or -ENOMEM. Free with fini, whatever it returned. */
int wg_stats_groups_init(
	struct stats_groups *groups, const struct stats_trace *trace, enum stats_by by);
void wg_stats_groups_fini(struct stats_groups *groups);

/* One trace: a block a group. Several: a column each, with ratios to the first. 0 or -ENOMEM. */
int wg_stats_print(
	const struct stats_trace *traces, size_t count, const struct stats_options *options);

/* Many traces: a line each, all of a trace as one, and a line for all of them. 0 or -ENOMEM. */
int wg_stats_print_lines(
	const struct stats_trace *traces, size_t count, const struct stats_options *options);

/* What makes the figures of a trace incomplete, a line each. */
void wg_stats_print_faults(const struct stats_trace *trace);

/* "only from 10.0 ms, kinds read", if the part is not all. */
void wg_stats_print_part(const struct wg_part *part);

/* The JSON of `stats --json`, with a newline. 0 or -ENOMEM. */
int wg_stats_print_json(
	const struct stats_trace *traces, size_t count, const struct stats_options *options);

/* The table of figures; an absent group is NULL. by decides which rows make sense. */
void wg_stats_print_rows(const struct stats_group *const *groups, size_t count, enum stats_by by);

/* A cell of a table with a column each trace, at the end of a line that has its name already. The
 * ratio is that to the first trace; NULL in its own column. */
void wg_stats_column(const char *value, const char *ratio, bool is_last);

/* "1447x less", "1.3x more", or "" where there is no ratio. */
void wg_stats_ratio(char *buf, size_t len, double first, double value);

/* Where the time of the operations of a group went, with percentiles. */
void wg_stats_print_where(const struct stats_group *group);

/* Gaps and service times as bars, on one scale for all groups. */
void wg_stats_print_histograms(
	const struct stats_group *const *groups, size_t count, const struct stats_options *options);

#endif
