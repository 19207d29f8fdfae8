/*
 * report.h: the findings, as JSON for programs or as text for people.
 */
#ifndef LABS_EXPLORE_REPORT_REPORT_H
#define LABS_EXPLORE_REPORT_REPORT_H

#include <stdbool.h>

#include "labs/explore/engine/shared.h"

struct lx_report;

struct lx_report *lx_report_create(const char *lab);
void lx_report_destroy(struct lx_report *r);

/* Add the findings of one scenario, or of one schedule. 0 or -errno. */
int lx_report_findings(
	struct lx_report *r, const struct lx_about *about, const struct lx_shared *s);

/* The broken check with the shortest schedule; NULL: none is broken. */
const struct lx_check *lx_report_shortest(const struct lx_shared *s);

/* Add the steps of this schedule to the scenario added last. */
void lx_report_steps(struct lx_report *r, const char *id, const struct lx_shared *s);

/* Say why there is nothing to report. */
void lx_report_trouble(struct lx_report *r, const char *why);

/* False: memory was short, so something is missing. */
bool lx_report_is_whole(const struct lx_report *r);

/* Places of the lab; borrowed. */
struct lx_where *lx_report_where(const struct lx_report *r);

bool lx_report_is_broken(const struct lx_report *r);

/* JSON to this descriptor; fd < 0: text to standard output. 0, or -1 and errno. */
int lx_report_print(const struct lx_report *r, int fd);

#endif
