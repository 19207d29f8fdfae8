/*
 * explorer.h: run wakegap-explore from a test, and read its report.
 */
#ifndef TESTS_LABS_EXPLORER_H
#define TESTS_LABS_EXPLORER_H

#include <jansson.h>

/* Run it on build/labs/LAB.so; arguments end with NULL. The report, to be json_decref()ed. */
json_t *wg_explorer_run(const char *lab, const char *const *args, int *ret_status);

#define EXPLORE(lab, status, ...)                                                                  \
	wg_explorer_run(lab, (const char *const[]){ __VA_ARGS__, NULL }, status)

/* Of a report: a scenario by name, a check of it by id; NULL if absent. */
const json_t *wg_explorer_scenario(const json_t *report, const char *name);
const json_t *wg_explorer_check(const json_t *scenario, const char *id);

long long wg_json_number(const json_t *o, const char *key);
const char *wg_json_text(const json_t *o, const char *key); /* "" if absent */

#endif
