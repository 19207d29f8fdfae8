/*
 * text_out.c: see text_out.h.
 *
 * Names are nearly always a few plain letters: these take one scan and one copy.
 */
#include "traces/base/text_out.h"

#include <stdbool.h>
#include <string.h>

#define EXACT_MAX (UINT64_C(1) << 53) /* integers up to here survive a double */

static const char pairs[] = "00010203040506070809"
			    "10111213141516171819"
			    "20212223242526272829"
			    "30313233343536373839"
			    "40414243444546474849"
			    "50515253545556575859"
			    "60616263646566676869"
			    "70717273747576777879"
			    "80818283848586878889"
			    "90919293949596979899";

/* --- numbers --- */

/* Decimal digits of value, at least one. */
static unsigned digits_of(uint64_t value)
{
	static const uint64_t powers[] = { 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
		100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
		100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
		1000000000000000000, 10000000000000000000u };
	unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
	unsigned least = bits * 1233 >> 12; /* 1233 / 4096: log10(2), from below */

	return least + (value >= powers[least]);
}

char *wg_put_u64(char *to, uint64_t value)
{
	char *end, *at;

	if (value < 10) {
		*to = (char)('0' + value);
		return to + 1;
	}
	at = end = to + digits_of(value);
	for (; value >= 100; value /= 100) {
		at -= 2;
		memcpy(at, pairs + value % 100 * 2, 2);
	}
	if (value >= 10)
		memcpy(at - 2, pairs + value * 2, 2);
	else
		at[-1] = (char)('0' + value);
	return end;
}

char *wg_put_i64(char *to, int64_t value)
{
	if (value >= 0)
		return wg_put_u64(to, (uint64_t)value);
	*to = '-';
	return wg_put_u64(to + 1, -(uint64_t)value);
}

static char *put_three(char *to, uint32_t value)
{
	*to = (char)('0' + value / 100);
	memcpy(to + 1, pairs + (size_t)2 * (value % 100), 2);
	return to + 3;
}

char *wg_put_us(char *to, int64_t ns)
{
	uint64_t all = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*to++ = '-';
	to = wg_put_u64(to, all / 1000);
	*to++ = '.';
	return put_three(to, all % 1000);
}

char *wg_put_us_of_ms(char *to, uint32_t ns)
{
	to = put_three(to, ns / 1000);
	*to++ = '.';
	return put_three(to, ns % 1000);
}

char *wg_put_json_u64(char *to, uint64_t value)
{
	if (value <= EXACT_MAX)
		return wg_put_u64(to, value);
	*to = '"';
	to = wg_put_u64(to + 1, value);
	*to = '"';
	return to + 1;
}

char *wg_put_json_i64(char *to, int64_t value)
{
	if (value >= 0)
		return wg_put_json_u64(to, (uint64_t)value);
	if (value >= -(int64_t)EXACT_MAX)
		return wg_put_i64(to, value);
	*to = '"';
	to = wg_put_i64(to + 1, value);
	*to = '"';
	return to + 1;
}

/* --- characters --- */

char *wg_utf8_encode(char *buf, uint32_t ch)
{
	char *p = buf;

	if (ch < 0x80) {
		*p++ = (char)ch;
	} else if (ch < 0x800) {
		*p++ = (char)(0xc0 | ch >> 6);
		*p++ = (char)(0x80 | (ch & 0x3f));
	} else if (ch < 0x10000) {
		*p++ = (char)(0xe0 | ch >> 12);
		*p++ = (char)(0x80 | (ch >> 6 & 0x3f));
		*p++ = (char)(0x80 | (ch & 0x3f));
	} else {
		*p++ = (char)(0xf0 | (ch >> 18 & 0x07));
		*p++ = (char)(0x80 | (ch >> 12 & 0x3f));
		*p++ = (char)(0x80 | (ch >> 6 & 0x3f));
		*p++ = (char)(0x80 | (ch & 0x3f));
	}
	*p = '\0';
	return buf;
}

static char *put_hex(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*to++ = hex[c >> 4];
	*to++ = hex[c & 15];
	return to;
}

/* Letters, digits and harmless marks: nothing that any format treats in its own way. */
static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= ':') ||
	       c == '_';
}

/* Copy text if all of it is plain and it is short enough; false and nothing done otherwise. */
static bool copy_plain(struct wg_out *out, const char *text, const char *quote)
{
	char *begin = wg_out_room(out, WG_OUT_ROOM_MAX), *to = begin;
	size_t i;

	if (*quote)
		*to++ = *quote;
	for (i = 0; i < WG_OUT_ROOM_MAX - 2 && is_plain((unsigned char)text[i]); i++)
		*to++ = text[i];
	if (text[i])
		return false;
	if (*quote)
		*to++ = *quote;
	wg_out_took(out, to);
	return true;
}

/* One character, or one byte that is none, as UTF-8; returns the bytes of text that it was. */
static size_t put_clean(char **to, const char *text)
{
	size_t len = wg_utf8_len(text);

	if (len) {
		memcpy(*to, text, len);
		*to += len;
		return len;
	}
	*(*to)++ = '\\';
	*(*to)++ = 'x';
	*to = put_hex(*to, (unsigned char)*text);
	return 1;
}

void wg_out_csv(struct wg_out *out, const char *text)
{
	bool quoted;

	if (copy_plain(out, text, ""))
		return;
	quoted = strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[strlen(text) - 1] == ' ';
	if (quoted)
		wg_out_char(out, '"');
	while (*text) {
		char *to = wg_out_room(out, 8);

		if (*text == '"')
			*to++ = '"';
		text += put_clean(&to, text);
		wg_out_took(out, to);
	}
	if (quoted)
		wg_out_char(out, '"');
}

void wg_out_json(struct wg_out *out, const char *text)
{
	if (copy_plain(out, text, "\""))
		return;
	wg_out_char(out, '"');
	while (*text) {
		unsigned char c = (unsigned char)*text;
		char *to = wg_out_room(out, 8);

		if (c < 0x20 || c == 0x7f) {
			/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a piece */
			memcpy(to, "\\u00", 4);
			to = put_hex(to + 4, c);
			text++;
		} else {
			/* What introduces a byte that is none is a backslash of the text, too. */
			if (c == '"' || c == '\\' || wg_utf8_len(text) == 0)
				*to++ = '\\';
			text += put_clean(&to, text);
		}
		wg_out_took(out, to);
	}
	wg_out_char(out, '"');
}

size_t wg_utf8_clean(const char *text, char *ret, size_t len)
{
	char part[8], *end;
	size_t used = 0;

	while (*text) {
		end = part;
		text += put_clean(&end, text);
		if (used + (size_t)(end - part) >= len)
			break;
		memcpy(ret + used, part, (size_t)(end - part));
		used += (size_t)(end - part);
	}
	if (len)
		ret[used] = '\0';
	return used;
}
