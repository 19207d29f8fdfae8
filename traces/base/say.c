/*
 * say.c: see say.h.
 */
#include "traces/base/say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stddef.h>
#include <string.h>

int wg_say(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("wakegap: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return WG_EXIT_FAILED;
}

int wg_say_usage_v(const char *who, const char *fmt, va_list ap)
{
	const char *space = strrchr(who, ' ');

	(void)fprintf(stderr, "%.*s: ", (int)(space ? space - who : (ptrdiff_t)strlen(who)), who);
	(void)vfprintf(stderr, fmt, ap);
	(void)fprintf(stderr, " (see `%s --help`)\n", who);
	return WG_EXIT_USAGE;
}

int wg_say_usage(const char *who, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)wg_say_usage_v(who, fmt, ap);
	va_end(ap);
	return WG_EXIT_USAGE;
}

void wg_say_pipes(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
}

int wg_say_flushed(int exit_code)
{
	int failed = ferror(stdout);

	errno = 0;
	if (failed) { /* the reason is lost: write again to learn it */
		clearerr(stdout);
		(void)fputc('\n', stdout);
	}
	if (fflush(stdout) != 0 || failed) {
		wg_say("cannot write to standard output: %s",
			errno ? strerror(errno) : "an earlier write failed");
		return exit_code ? exit_code : WG_EXIT_FAILED;
	}
	return exit_code;
}
