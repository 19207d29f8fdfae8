/*
 * say.c: see say.h.
 */
#include "labs/grade/base/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "labs/grade/cmd/cmd.h"

void wg_lab_say(const char *fmt, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("wakegap lab: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

int wg_lab_usage(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("wakegap lab: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputs(" (see wakegap lab --help)\n", stderr);
	return WG_LAB_USAGE;
}

const char *wg_lab_folder_flag(int argc, char **argv, const char *flag, bool *ret_is_given)
{
	const char *folder = NULL;
	bool are_options = true;
	int i;

	*ret_is_given = false;
	for (i = 1; i < argc; i++) {
		bool is_option = are_options && argv[i][0] == '-' && argv[i][1];

		if (is_option && strcmp(argv[i], "--") == 0) {
			are_options = false;
		} else if (is_option && flag && strcmp(argv[i], flag) == 0) {
			*ret_is_given = true;
		} else if (is_option) {
			(void)wg_lab_usage("%s has no option '%s'; it takes %s%sa folder", argv[0],
				argv[i], flag ? flag : "", flag ? " and " : "");
			return NULL;
		} else if (folder) {
			(void)wg_lab_usage("%s takes one folder; '%s' is one argument too many",
				argv[0], argv[i]);
			return NULL;
		} else {
			folder = argv[i];
		}
	}
	return folder ? folder : ".";
}

const char *wg_lab_folder(int argc, char **argv)
{
	bool none;

	return wg_lab_folder_flag(argc, argv, NULL, &none);
}
