/*
 * formats.c: `wakegap formats`: the formats of `wakegap export`, for scripts.
 */
#include <stdio.h>
#include <string.h>

#include "traces/formats.h"
#include "viz/cmd/commands.h"

int cmd_formats(int argc, char **argv)
{
	const struct wg_export_format *format;
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("wakegap formats: list the formats of `wakegap export`\n\n"
		     "usage: wakegap formats\n\n"
		     "exit status: 0 done, 2 usage");
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (argc > 1)
		return wg_say_usage("wakegap formats", "'%s' is one argument too many", argv[1]);
	for (i = 0; (format = wg_export_format_at(i)); i++)
		printf("%s\t%s\n", format->name, format->does);
	return wg_say_flushed(WG_EXIT_OK);
}
