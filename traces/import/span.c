/*
 * span.c: see span.h.
 */
#include "traces/import/span.h"

#define NS_MAX (INT64_C(1) << 62)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool wg__span_number(struct wg__span *s, int64_t *ret)
{
	const char *p = s->p;
	int64_t value = 0;

	if (p == s->end || !is_digit(*p))
		return false;
	for (; p < s->end && is_digit(*p); p++) {
		if (__builtin_mul_overflow(value, INT64_C(10), &value) ||
			__builtin_add_overflow(value, (int64_t)(*p - '0'), &value))
			return false;
	}
	s->p = p;
	*ret = value;
	return true;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool hex(struct wg__span *s, int64_t *ret)
{
	const char *p = s->p + 2;
	uint64_t value = 0;

	if (p >= s->end || hex_value(*p) < 0)
		return false;
	for (; p < s->end && hex_value(*p) >= 0; p++) {
		if (value >> 60)
			return false;
		value = value << 4 | (unsigned)hex_value(*p);
	}
	s->p = p;
	*ret = (int64_t)value;
	return true;
}

bool wg__span_integer(struct wg__span *s, int64_t *ret)
{
	struct wg__span rest = *s;

	if (wg__span_begins(*s, "0x"))
		return hex(s, ret);
	if (!wg__span_take(&rest, "-"))
		return wg__span_number(s, ret);
	if (!wg__span_number(&rest, ret))
		return false;
	*ret = -*ret;
	*s = rest;
	return true;
}

bool wg__span_seconds(struct wg__span *s, int64_t *ret_ns)
{
	struct wg__span rest = *s;
	int64_t seconds, part = 0, unit = 1000000000;

	if (!wg__span_number(&rest, &seconds) || seconds >= NS_MAX / 1000000000)
		return false;
	if (rest.p < rest.end && *rest.p == '.') {
		for (rest.p++; rest.p < rest.end && is_digit(*rest.p); rest.p++) {
			unit /= 10;
			part += unit * (*rest.p - '0');
		}
	}
	*s = rest;
	*ret_ns = seconds * 1000000000 + part;
	return true;
}
