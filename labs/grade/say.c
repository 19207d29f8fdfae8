/*
 * say.c: see say.h.
 */
#include "labs/grade/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "labs/grade/cmd.h"

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

const char *wg_lab_folder(int argc, char **argv)
{
	if (argc <= 1)
		return ".";
	if (argc == 2 && argv[1][0] != '-')
		return argv[1];
	(void)wg_lab_usage("%s takes a folder, not '%s'", argv[0], argv[argc == 2 ? 1 : 2]);
	return NULL;
}
