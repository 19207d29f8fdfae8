/*
 * say.c: see say.h.
 */
#include "labs/grade/base/say.h"

#include <stdarg.h>
#include <stdio.h>

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
