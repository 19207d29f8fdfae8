/*
 * span.h: a piece of a line, as the parsers of foreign logs take it apart.
 *
 * A log may hold any bytes, NULs among them, so nothing here is a C string. No function reads
 * behind the end, and a number that does not fit is refused, not clipped. Private to traces/import.
 */
#ifndef TRACES_IMPORT_SPAN_H
#define TRACES_IMPORT_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wg__span {
	const char *p, *end;
};

static inline size_t wg__span_len(struct wg__span s)
{
	return (size_t)(s.end - s.p);
}

static inline bool wg__span_is(struct wg__span s, const char *text)
{
	size_t len = strlen(text);

	return wg__span_len(s) == len && memcmp(s.p, text, len) == 0;
}

static inline bool wg__span_begins(struct wg__span s, const char *text)
{
	size_t len = strlen(text);

	return wg__span_len(s) >= len && memcmp(s.p, text, len) == 0;
}

/* Where text first is in s, or NULL. */
static inline const char *wg__span_find(struct wg__span s, const char *text)
{
	return wg__span_len(s) ? memmem(s.p, wg__span_len(s), text, strlen(text)) : NULL;
}

static inline bool wg__span_has(struct wg__span s, const char *text)
{
	return wg__span_find(s, text) != NULL;
}

/* Take text off the front, if it is there. */
static inline bool wg__span_take(struct wg__span *s, const char *text)
{
	if (!wg__span_begins(*s, text))
		return false;
	s->p += strlen(text);
	return true;
}

static inline void wg__span_skip_blanks(struct wg__span *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

static inline struct wg__span wg__span_trim(struct wg__span s)
{
	wg__span_skip_blanks(&s);
	while (s.p < s.end && (s.end[-1] == ' ' || s.end[-1] == '\t' || s.end[-1] == '\r'))
		s.end--;
	return s;
}

/* Up to the first of these characters, which is taken off too; false if it is not there. */
static inline bool wg__span_until(struct wg__span *s, char c, struct wg__span *ret)
{
	const char *at = wg__span_len(*s) ? memchr(s->p, c, wg__span_len(*s)) : NULL;

	if (!at)
		return false;
	*ret = (struct wg__span){ s->p, at };
	s->p = at + 1;
	return true;
}

/* Decimal digits off the front. False, and s as it was, without one or beyond 2^63 - 1. */
bool wg__span_number(struct wg__span *s, int64_t *ret);

/* The same with a sign, or hexadecimal after 0x (then all 64 bits). */
bool wg__span_integer(struct wg__span *s, int64_t *ret);

/* "12.000345" in ns; the decimals may be missing. False beyond 2^62 ns. */
bool wg__span_seconds(struct wg__span *s, int64_t *ret_ns);

#endif
