/*
 * races.h: data races in words: which variable, where, and what is missing.
 */
#ifndef LABS_EXPLORE_REPORT_RACES_H
#define LABS_EXPLORE_REPORT_RACES_H

#include <jansson.h>
#include <stddef.h>

#include "labs/explore/engine/shared.h"
#include "labs/explore/report/where.h"

/* "`changes` is read at loop.c:36 without its lock, and written at loop.c:20" */
void lx_races_text(struct lx_where *w, const struct lx_race *race, char *ret, size_t len);

/* text with every {#N} as the text of race N. */
void lx_races_expand(
	struct lx_where *w, const struct lx_shared *s, const char *text, char *ret, size_t len);

/* All of them, for the report. */
json_t *lx_races_json(struct lx_where *w, const struct lx_shared *s);

#endif
