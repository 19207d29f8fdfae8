/*
 * markup.c: see markup.h. What each language wants escaped.
 */
#include "traces/picture/markup.h"

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/columns.h"
#include "traces/base/text_out.h"

#define REPLACEMENT  0xfffdu
#define NO_CHARACTER 0x80000000u /* and the byte that is part of none */

/* XML 1.0 has no controls but tab and line ends; C1, bidirectional overrides and line separators
 * would change how the rest is read. */
static bool is_shown(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return !(c >= 0x7f && c <= 0x9f) && !(c >= 0x202a && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069) && c != 0x2028 && c != 0x2029 && c != 0xfffe &&
	       c != 0xffff;
}

/* The next code point of *text, which moves; or NO_CHARACTER. Not at the end. */
static uint32_t next(const char **text)
{
	uint32_t c;

	if (wg_utf8_len(*text) == 0)
		return NO_CHARACTER | (unsigned char)*(*text)++;
	c = wg_utf8_next(text);
	if (!is_shown(c))
		return REPLACEMENT;
	return c < 0x20 ? ' ' : c;
}

static void put_utf8(FILE *out, uint32_t c)
{
	char buf[8];

	(void)fputs(wg_utf8_encode(buf, c), out);
}

static void put_text(FILE *out, uint32_t c)
{
	if (c & NO_CHARACTER) {
		(void)fprintf(out, "\\x%02x", (unsigned)(c & 0xff));
		return;
	}
	switch (c) {
	case '&': (void)fputs("&amp;", out); break;
	case '<': (void)fputs("&lt;", out); break;
	case '>': (void)fputs("&gt;", out); break;
	case '"': (void)fputs("&quot;", out); break;
	case '\'': (void)fputs("&#39;", out); break;
	default: put_utf8(out, c);
	}
}

void wg_markup_text(FILE *out, const char *text)
{
	while (*text)
		put_text(out, next(&text));
}

/* Of the next character, which is taken off *text; *ret_ch is that. */
static size_t take_columns(const char **text, size_t before, uint32_t *ret_ch)
{
	*ret_ch = next(text);
	return *ret_ch & NO_CHARACTER ? 4 : (size_t)wg_columns_of(*ret_ch, before > 0);
}

size_t wg_markup_width(const char *text)
{
	size_t n = 0;
	uint32_t c;

	while (*text)
		n += take_columns(&text, n, &c);
	return n;
}

void wg_markup_clipped(FILE *out, const char *text, size_t columns)
{
	bool clipped = wg_markup_width(text) > columns;
	size_t used = 0, most = clipped ? columns - 1 : columns;
	uint32_t c;

	while (*text) {
		used += take_columns(&text, used, &c);
		if (used > most)
			break;
		put_text(out, c);
	}
	if (clipped)
		put_utf8(out, 0x2026);
}

void wg_markup_json(FILE *out, const char *text)
{
	(void)putc('"', out);
	while (*text) {
		uint32_t c = next(&text);

		if (c & NO_CHARACTER)
			(void)fprintf(out, "\\\\x%02x", (unsigned)(c & 0xff));
		else if (c >= 0x10000)
			(void)fprintf(
				out, "\\u%04x\\u%04x", 0xd7c0u + (c >> 10), 0xdc00u + (c & 0x3ff));
		else if (c > 0x7e || c == '<' || c == '>' || c == '&' || c == '"' || c == '\\' ||
			 c == '\'')
			(void)fprintf(out, "\\u%04x", c);
		else
			(void)putc((int)c, out);
	}
	(void)putc('"', out);
}
