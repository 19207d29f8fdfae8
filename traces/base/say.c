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

#include "traces/base/utf8.h"

size_t wg_say_shown(const char *text, size_t len)
{
	unsigned char c = (unsigned char)*text;
	char one[5] = "";
	size_t n;

	if (c < 0x80)
		return (c >= ' ' || c == '\n' || c == '\t') && c != 0x7f;
	memcpy(one, text, len < 4 ? len : 4);
	n = wg_utf8_len(one);
	return c == 0xc2 && (unsigned char)one[1] < 0xa0 ? 0 : n;
}

size_t wg_say_shown_in_line(const char *text, size_t len)
{
	return *text == '\n' || *text == '\t' ? 0 : wg_say_shown(text, len);
}

char *wg_shell_word(char *buf, const char *fmt, ...)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_./:=@%+,";
	char text[PATH_MAX], *to = buf;
	bool is_safe, is_odd = false;
	size_t len, i, n;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = strlen(text);
	if (text[0] == '-') /* no command takes it for an option then */
		to += sprintf(to, "./");
	is_safe = len > 0;
	for (i = 0; i < len; i += n ? n : 1) {
		n = wg_say_shown_in_line(text + i, len - i);
		is_odd = is_odd || n == 0;
		is_safe = is_safe && !is_odd && (n > 1 || strchr(plain, text[i]));
	}
	if (!is_safe)
		to += sprintf(to, is_odd ? "$'" : "'");
	/* Room for the longest piece, the closing quote and the 0. */
	for (i = 0; i < len && to - buf < WG_SHELL_MAX - 6; i += n ? n : 1) {
		n = wg_say_shown_in_line(text + i, len - i);
		if (n == 0)
			to += sprintf(to, "\\x%02x", (unsigned char)text[i]);
		else if (text[i] == '\'' && !is_safe)
			to += sprintf(to, is_odd ? "\\'" : "'\\''");
		else if (text[i] == '\\' && is_odd)
			to += sprintf(to, "\\\\");
		else
			to = mempcpy(to, text + i, n);
	}
	if (!is_safe)
		*to++ = '\'';
	*to = '\0';
	return buf;
}

typedef size_t (*shown_fn)(const char *text, size_t len);

/* A control character of two bytes. */
static bool is_control(const char *text, size_t len)
{
	return len > 1 && text[0] == '\xc2' && (unsigned char)text[1] >> 5 == 4;
}

/* In JSON, a character that is not shown has an escape of its own, and stays what it is. */
static size_t escape(FILE *to, const char *text, size_t len, bool is_json)
{
	unsigned char c = (unsigned char)*text;
	bool is_two = is_json && is_control(text, len);

	if (is_two)
		c = (unsigned char)text[1];
	if (fprintf(to, is_json ? "\\u%04x" : "\\x%02x", c) < 0)
		return 0;
	return is_two ? 2 : 1;
}

/* 0, or -1: it failed. */
static int write_shown(FILE *to, const char *text, size_t len, shown_fn shown, bool is_json)
{
	size_t i, from = 0, n;

	for (i = 0; i < len; i += n) {
		n = shown(text + i, len - i);
		if (n)
			continue;
		if (fwrite(text + from, 1, i - from, to) != i - from)
			return -1;
		n = escape(to, text + i, len - i, is_json);
		if (n == 0)
			return -1;
		from = i + n;
	}
	return fwrite(text + from, 1, i - from, to) == i - from ? 0 : -1;
}

/* A stream in front of another, and the bytes of a character whose end has not come yet. */
struct plain {
	FILE *to, *plain;
	char begun[4];
	size_t count;
	bool is_json;
};

static struct plain streams[2]; /* standard output, and where a report goes instead */

static int write_plainly(const struct plain *p, const char *text, size_t len)
{
	return write_shown(p->to, text, len, wg_say_shown, p->is_json);
}

/* Can more bytes make a character of these? */
static bool is_begun(const char *text, size_t len)
{
	unsigned char c = (unsigned char)*text;
	size_t wanted = c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, i;

	for (i = 1; i < len && ((unsigned char)text[i] & 0xc0) == 0x80; i++)
		;
	return i == len && len < wanted;
}

/* What was begun goes on with text. Returns the bytes of it that were used; all: not over yet. */
static size_t go_on(struct plain *p, const char *text, size_t len)
{
	size_t used = 0;

	while (p->count && used < len && is_begun(p->begun, p->count))
		p->begun[p->count++] = text[used++];
	if (p->count == 0 || is_begun(p->begun, p->count))
		return used;
	/* The last one may begin another. */
	if (wg_say_shown(p->begun, p->count) == 0 && !is_control(p->begun, p->count)) {
		p->count--;
		used--;
	}
	return used;
}

/* As a stream writes it; 0: it failed. */
static ssize_t write_plain(void *cookie, const char *text, size_t len)
{
	struct plain *p = cookie;
	size_t used = go_on(p, text, len), tail = 1;

	if (used == len && p->count && is_begun(p->begun, p->count))
		return (ssize_t)len;
	if (write_plainly(p, p->begun, p->count) < 0)
		return 0;
	p->count = 0;
	while (tail < 4 && tail <= len - used && !is_begun(text + len - tail, tail))
		tail++;
	if (tail < 4 && tail <= len - used) {
		memcpy(p->begun, text + len - tail, tail);
		p->count = tail;
	}
	return write_plainly(p, text + used, len - used - p->count) == 0 && fflush(p->to) == 0
		       ? (ssize_t)len
		       : 0;
}

static int close_plain(void *cookie)
{
	struct plain *p = cookie;
	int rc = write_plainly(p, p->begun, p->count) == 0 && fflush(p->to) == 0 ? 0 : -1;

	*p = (struct plain){ .to = NULL };
	return rc;
}

FILE *wg_say_plain(FILE *to)
{
	struct plain *p = streams[0].to && streams[0].to != to ? &streams[1] : &streams[0];

	if (to == streams[0].plain || to == streams[1].plain)
		return to;
	if (p->to)
		return p->to == to ? p->plain : to;
	p->plain = fopencookie(
		p, "w", (cookie_io_functions_t){ .write = write_plain, .close = close_plain });
	if (!p->plain)
		return to;
	p->to = to;
	if (isatty(fileno(to)) || to == stderr)
		(void)setvbuf(p->plain, NULL, _IOLBF, 0);
	return p->plain;
}

void wg_say_plainly(void)
{
	stdout = wg_say_plain(stdout);
}

void wg_say_json(FILE *plain)
{
	size_t i;

	for (i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		streams[i].is_json |= streams[i].plain == plain;
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
		(void)write_shown(stderr, text, (size_t)len, wg_say_shown_in_line, false);
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
