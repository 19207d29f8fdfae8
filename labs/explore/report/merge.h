/*
 * merge.h: the reports of all shards become the report of the whole.
 *
 *   Counts add up. It is complete if all shards are. A check's message and schedule are those of
 *   the shard with the shortest one, and so are the steps.
 *   Refused: reports of different labs or scenarios, a shard that is missing or there twice, shards
 *   of different cuts: then they would not be disjoint, or not complete.
 */
#ifndef LABS_EXPLORE_REPORT_MERGE_H
#define LABS_EXPLORE_REPORT_MERGE_H

#include <stddef.h>

#include "labs/explore/report/report.h"

/* Merge the reports in these files (JSON, of --fd) into r. 0; or -1 and a line in why. */
int lx_merge(struct lx_report *r, char *const *files, size_t count, char *why, size_t len);

#endif
