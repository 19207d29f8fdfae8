/*
 * report.h: what was found, as JSON for programs or as text for people.
 */
#ifndef LABS_EXPLORE_REPORT_REPORT_H
#define LABS_EXPLORE_REPORT_REPORT_H

#include <stdbool.h>

#include "labs/explore/engine/shared.h"

struct lx_report;

struct lx_report *lx_report_create(const char *lab);
void lx_report_destroy(struct lx_report *r);

/* Of the search of one scenario, or of one schedule. 0 or -errno. */
int lx_report_findings(
	struct lx_report *r, const struct lx_about *about, const struct lx_shared *s);

/* The broken check whose schedule is the shortest; NULL: none is. */
const struct lx_check *lx_report_shortest(const struct lx_shared *s);

/* The steps of this schedule, for the scenario reported last. */
void lx_report_steps(struct lx_report *r, const char *id, const struct lx_shared *s);

/* Why there is nothing to report. */
void lx_report_trouble(struct lx_report *r, const char *why);

/* False: memory was short, and it does not say all. */
bool lx_report_is_whole(const struct lx_report *r);

bool lx_report_is_broken(const struct lx_report *r);

/* JSON to this descriptor; fd < 0: text to standard output. 0, or -1 and errno. */
int lx_report_print(const struct lx_report *r, int fd);

#endif
