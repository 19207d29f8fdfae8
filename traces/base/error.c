/*
 * error.c: see error.h.
 */
#include "traces/base/error.h"

#include <stdarg.h>
#include <stdio.h>

int wg_error_set(struct wg_error *err, int code, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		err->code = code;
		va_start(ap, fmt);
		(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return code;
}
