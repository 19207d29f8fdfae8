/*
 * explorer.c: see explorer.h.
 */
#include "tests/labs/explorer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

#define ARGS 16

json_t *wg_explorer_run(const char *lab, const char *const *args, int *ret_status)
{
	const char *argv[ARGS] = { wg_build_path("wakegap-explore") };
	char path[512], *out = NULL, *err = NULL;
	json_t *report;
	int i;

	(void)snprintf(path, sizeof(path), "%s/%s.so", wg_build_path("labs"), lab);
	argv[1] = path;
	argv[2] = "--fd";
	argv[3] = "1";
	for (i = 0; args[i] && i + 5 < ARGS; i++)
		argv[4 + i] = args[i];
	*ret_status = wg_run(&out, &err, argv);
	report = json_loads(out ? out : "", 0, NULL);
	if (!report)
		printf("# %s: exit %d, no report: %s\n", lab, *ret_status, err ? err : "");
	free(out);
	free(err);
	return report;
}

const json_t *wg_explorer_scenario(const json_t *report, const char *name)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(report, "scenarios"), i, each)
	{
		if (strcmp(wg_json_text(each, "name"), name) == 0)
			return each;
	}
	return NULL;
}

const json_t *wg_explorer_check(const json_t *scenario, const char *id)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(scenario, "checks"), i, each)
	{
		if (strcmp(wg_json_text(each, "id"), id) == 0)
			return each;
	}
	return NULL;
}

long long wg_json_number(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

const char *wg_json_text(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}
