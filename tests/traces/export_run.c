/*
 * export_run.c: see export_run.h.
 */
#include "tests/traces/export_run.h"

#include <stddef.h>

#include "tests/harness/harness.h"

int wg_export_argv(char **out, char **err, const char *const arguments[])
{
	const char *argv[20] = { wg_build_path("wakegap"), "export" };
	size_t i;

	for (i = 0; i < 17 && arguments[i]; i++)
		argv[i + 2] = arguments[i];
	return wg_run(out, err, argv);
}
