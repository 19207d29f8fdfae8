/*
 * say.c: what a workload says to people: one line on stderr.
 */
#include <stdarg.h>
#include <stdio.h>

#include "core/workload/workload.h"

int wg_workload_fail(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("wakegap: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return 1;
}
