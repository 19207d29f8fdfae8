/*
 * columns.c: see columns.h.
 *
 * Width is decided here and not by wcwidth(3), because that depends on the locale of the day, and
 * neither a golden frame nor a picture may.
 */
#include "traces/base/columns.h"

#include "traces/base/text_out.h"

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t ch)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return true;
	}
	return false;
}

#define IS_IN(ranges, ch) is_in(ranges, sizeof(ranges) / sizeof((ranges)[0]), ch)

/* Two columns: Chinese, Japanese, Korean, fullwidth forms; and the faces, wide since Unicode 9. */
static const struct range wide[] = {
	{ 0x2e80, 0x2e99 },
	{ 0x2e9b, 0x2ef3 },
	{ 0x2f00, 0x2fd5 },
	{ 0x3001, 0x3029 },
	{ 0x3030, 0x303e },
	{ 0x3041, 0x3096 },
	{ 0x309b, 0x30ff },
	{ 0x3105, 0x312f },
	{ 0x3131, 0x318e },
	{ 0x3190, 0x31ba },
	{ 0x31f0, 0x321e },
	{ 0x3220, 0x3247 },
	{ 0x3250, 0x4dbf },
	{ 0x4e00, 0x9ffc },
	{ 0xa000, 0xa48c },
	{ 0xa490, 0xa4c6 },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfa6d },
	{ 0xff01, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f600, 0x1f64f },
	{ 0x20000, 0x2a6dd },
};

/* No column of their own: they stand on the character before. */
static const struct range combining[] = { { 0x300, 0x36f }, { 0x483, 0x487 }, { 0x1dc0, 0x1df9 },
	{ 0x20d0, 0x20dc }, { 0x3099, 0x309a }, { 0xfe20, 0xfe2f } };

int wg_columns_of(uint32_t ch, bool has_before)
{
	return IS_IN(wide, ch) ? 2 : has_before && IS_IN(combining, ch) ? 0 : 1;
}

size_t wg_columns(const char *text)
{
	size_t columns = 0;

	while (*text)
		columns += (size_t)wg_columns_of(wg_utf8_next(&text), columns > 0);
	return columns;
}

size_t wg_columns_break(const char *text, size_t columns)
{
	const char *at = text, *blank = NULL, *next;
	size_t used = 0;

	for (; *at && *at != '\n'; at = next) {
		next = at;
		used += (size_t)wg_columns_of(wg_utf8_next(&next), used > 0);
		if (*at == ' ')
			blank = at;
		else if (used > columns)
			return (size_t)((blank && blank > text ? blank
						: at > text    ? at
							       : next) -
					text);
	}
	return (size_t)(at - text);
}
