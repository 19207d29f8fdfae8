/*
 * formats.c: `wakegap formats`: the formats of `wakegap export`, for scripts.
 */
#include <stdio.h>

#include "traces/formats.h"
#include "viz/cmd/commands.h"

static error_t take(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		return wg_option_fail(state, "'%s' is one argument too many", arg);
	return ARGP_ERR_UNKNOWN;
}

static const struct argp *table(void)
{
	static const struct argp table = { NULL, take, "",
		"Lists the formats of `wakegap export`, one a line.\v"
		"Exit status: 0 done, 2 usage",
		NULL, NULL, NULL };

	return &table;
}

static int run(int argc, char **argv)
{
	const struct wg_export_format *format;
	int rc = wg_options_parse(&wg_cmd_formats, argc, argv, 0, NULL);
	size_t i;

	if (rc >= 0)
		return rc;
	for (i = 0; (format = wg_export_format_at(i)); i++)
		printf("%s\t%s\n", format->name, format->does);
	return wg_say_flushed(WG_EXIT_OK);
}

const struct wg_cmd wg_cmd_formats = {
	.name = "wakegap formats",
	.does = "list the formats of export",
	.main = run,
	.table = table,
};
