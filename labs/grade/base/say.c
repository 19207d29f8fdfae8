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
	wg_say_v(fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

int wg_lab_failed(const struct wg_error *err)
{
	wg_lab_say("%s", err->text);
	return WG_EXIT_FAILED;
}
