/*
 * report_impl.h: what report.c, which makes a report, and merge.c, which joins several, share.
 */
#ifndef LABS_EXPLORE_REPORT_REPORT_IMPL_H
#define LABS_EXPLORE_REPORT_REPORT_IMPL_H

#include <jansson.h>
#include <stdbool.h>

#include "labs/explore/report/report.h"

struct lx_report {
	json_t *root, *scenarios, *last;
	struct lx_where *where;
	bool is_broken;
};

#endif
