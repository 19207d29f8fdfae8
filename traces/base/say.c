/*
 * say.c: see say.h.
 */
#include "traces/base/say.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is this byte one of a control character that a terminal would obey? (C1 are two in UTF-8.) */
static bool is_control(const unsigned char *text, size_t at, size_t len)
{
	unsigned char c = text[at];

	if (c < 0x80)
		return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
	if (c == 0xc2)
		return at + 1 < len && text[at + 1] >= 0x80 && text[at + 1] < 0xa0;
	return c < 0xa0 && at > 0 && text[at - 1] == 0xc2;
}

char *wg_shell_word(char *buf, const char *fmt, ...)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_./:=@%+,";
	char text[PATH_MAX], *to = buf;
	const unsigned char *bytes = (const unsigned char *)text;
	bool is_safe, has_control = false;
	size_t len, i;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = strlen(text);
	if (text[0] == '-') /* no command takes it for an option then */
		to += sprintf(to, "./");
	is_safe = len > 0;
	for (i = 0; i < len; i++) {
		has_control = has_control || bytes[i] < ' ' || is_control(bytes, i, len);
		is_safe = is_safe && !has_control && (bytes[i] >= 0x80 || strchr(plain, text[i]));
	}
	if (!is_safe)
		to += sprintf(to, has_control ? "$'" : "'");
	/* Room for the longest piece, the closing quote and the 0. */
	for (i = 0; i < len && to - buf < WG_SHELL_MAX - 6; i++) {
		if (has_control && (bytes[i] < ' ' || is_control(bytes, i, len)))
			to += sprintf(to, "\\x%02x", bytes[i]);
		else if (text[i] == '\'' && !is_safe)
			to += sprintf(to, has_control ? "\\'" : "'\\''");
		else if (text[i] == '\\' && has_control)
			to += sprintf(to, "\\\\");
		else
			*to++ = text[i];
	}
	if (!is_safe)
		*to++ = '\'';
	*to = '\0';
	return buf;
}

/* As a stream writes it; 0: it failed. */
static ssize_t write_plainly(void *to, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i, from = 0;

	for (i = 0; i <= len; i++) {
		if (i < len && !is_control(bytes, i, len))
			continue;
		if (i > from && fwrite(text + from, 1, i - from, to) != i - from)
			return 0;
		if (i < len && fprintf(to, "\\x%02x", bytes[i]) < 0)
			return 0;
		from = i + 1;
	}
	return fflush(to) == 0 ? (ssize_t)len : 0;
}

FILE *wg_say_plain(FILE *to)
{
	FILE *plain = fopencookie(to, "w", (cookie_io_functions_t){ .write = write_plainly });

	if (!plain)
		return to;
	if (isatty(fileno(to)) || to == stderr)
		(void)setvbuf(plain, NULL, _IOLBF, 0);
	return plain;
}

void wg_say_plainly(void)
{
	stdout = wg_say_plain(stdout);
}

void wg_say_v(const char *fmt, va_list ap)
{
	char room[PATH_MAX], *text = room; /* the lack of memory must be said without memory */
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(room, sizeof(room), fmt, ap);
	if (len >= (int)sizeof(room) && vasprintf(&text, fmt, again) < 0) {
		text = room;
		len = (int)sizeof(room) - 1;
	}
	va_end(again);
	if (len >= 0)
		(void)write_plainly(stderr, text, (size_t)len);
	if (text != room)
		free(text);
}

int wg_say(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("wakegap: ", stderr);
	va_start(ap, fmt);
	wg_say_v(fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return WG_EXIT_FAILED;
}

int wg_say_usage_v(const char *who, const char *fmt, va_list ap)
{
	const char *space = strrchr(who, ' ');

	(void)fprintf(stderr, "%.*s: ", (int)(space ? space - who : (ptrdiff_t)strlen(who)), who);
	wg_say_v(fmt, ap);
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
	if (fflush(stdout) == 0 && !failed)
		return exit_code;
	if (errno == EPIPE)
		return exit_code ? exit_code : WG_EXIT_PIPE;
	wg_say("cannot write to standard output: %s",
		errno ? strerror(errno) : "an earlier write failed");
	return exit_code ? exit_code : WG_EXIT_FAILED;
}
