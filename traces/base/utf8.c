/*
 * utf8.c: see utf8.h.
 */
#include "traces/base/utf8.h"

#include <string.h>

#define BROKEN 0xfffdu

uint32_t wg_utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t ch = *p;
	int length, i;

	length = ch < 0x80 ? 1 : ch >> 5 == 6 ? 2 : ch >> 4 == 14 ? 3 : ch >> 3 == 30 ? 4 : 0;
	(*text)++;
	if (length == 1)
		return ch;
	if (length == 0)
		return BROKEN;
	ch &= 0x7fu >> length;
	for (i = 1; i < length; i++) {
		if (p[i] >> 6 != 2)
			return BROKEN; /* also at the terminating zero */
		ch = ch << 6 | (p[i] & 0x3fu);
	}
	*text += length - 1;
	if (ch < least[length] || ch > 0x10ffff || (ch >= 0xd800 && ch <= 0xdfff))
		return BROKEN;
	return ch;
}

size_t wg_utf8_len(const char *text)
{
	const char *end = text;

	if (!*text || (wg_utf8_next(&end) == BROKEN && strncmp(text, "\xef\xbf\xbd", 3) != 0))
		return 0;
	return (size_t)(end - text);
}
