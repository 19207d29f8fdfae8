/*
 * programs.c: see programs.h.
 */
#include "tests/programs/programs.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/harness.h"
#include "traces/kernel/kernel.h"

int programs_shell(const char *here, const char *line, char **out, char **err)
{
	static const char start[] = "HERE=$1 BUILD=$2 SOURCES=$PWD/tests/data/programs\n"
				    "PATH=/usr/bin:/usr/sbin:$PATH\n"
				    "export HERE BUILD SOURCES PATH\n"
				    "eval \"$3\"";
	char build[512];
	const char *argv[] = { "sh", "-c", start, "sh", here, build, line, NULL };

	(void)snprintf(build, sizeof(build), "%s", wg_build_path("."));
	return wg_run(out, err, argv);
}

bool programs_lack_kernel(void)
{
	static struct wg_error err;

	if (wg_kernel_check(&err) == 0)
		return false;
	wg_skip(err.text);
	return true;
}

bool programs_lack(const char *line, const char *what)
{
	static const char *here; /* one folder is enough for all */

	here = here ? here : wg_tmpdir();
	if (programs_shell(here, line, NULL, NULL) == 0)
		return false;
	wg_skip(what);
	return true;
}
